"""The tutorial of the README, run exactly as printed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.harness import ROOT, Sandbox

_PORT = "127.0.0.1:8350"
_OTHER_TERMINAL = "reconciler sandbox"
_INSTALL = "python3 -m venv"
_TIMEOUT_SECONDS = 300
_COUNTING = """\
reconciler() {
    command reconciler "$@"
    local code=$?
    echo "$code $1" >> "$CODES"
    return $code
}
"""


def _typed() -> str:
    """The commands of the second terminal, in order."""
    page = (ROOT / "README.md").read_text()
    tutorial = page.partition("## A ten-minute tutorial")[2].partition("\n## ")[0]
    blocks = ["\n".join(lines) for lines in _blocks(tutorial.splitlines())]
    return "\n".join(
        block for block in blocks if _OTHER_TERMINAL not in block and _INSTALL not in block
    )


def _blocks(lines: list[str]) -> list[list[str]]:
    """The indented blocks, without their indentation."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("    "):
            found[-1].append(line[4:])
        elif line and found[-1]:
            found.append([])
    return [block for block in found if block]


@pytest.mark.skipif(
    shutil.which("curl") is None and os.environ.get("CI") != "true",
    reason="the tutorial uses curl, which is not installed",
)
def test_the_tutorial_works_as_printed(tmp_path: Path) -> None:
    platform = Sandbox.start(tmp_path / "sandbox", "empty")
    typed = _typed()
    assert typed.count(_PORT) == 3
    codes = tmp_path / "codes"
    folder = tmp_path / "reader"
    folder.mkdir()
    try:
        done = subprocess.run(
            ["bash", "-c", _COUNTING + typed.replace(f"http://{_PORT}", platform.url)],
            cwd=folder,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(folder),
                "LANG": "C.UTF-8",
                "USER": "reader",
                "CODES": str(codes),
            },
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    finally:
        platform.stop()
    said = done.stdout + done.stderr
    assert "Traceback" not in said, said
    assert codes.read_text().splitlines() == [
        "0 validate",
        "0 plan",
        "0 plan",
        "0 apply",
        "0 plan",
        "0 drift",
        "0 explain",
        "3 plan",
        "0 plan",
        "0 apply",
        "3 plan",
        "0 plan",
        "0 apply",
        "0 history",
        "0 export",
    ], said
    for told in ("Nothing to do.", "conflict", "1 agent is in it now", '"merged into Break"'):
        assert told in said, said
    assert (folder / "tutorial-export" / "reconciler.yaml").is_file()

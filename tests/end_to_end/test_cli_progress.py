"""Progress: a bar on a terminal, plain lines elsewhere, always on stderr."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tests.end_to_end.harness import ROOT, Workspace

_TIMEOUT_SECONDS = 60


@contextmanager
def _terminal() -> Iterator[tuple[int, list[bytes]]]:
    """The writable end of a terminal, and all its output after exit."""
    shown, written = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        try:
            while data := os.read(shown, 65536):
                seen.append(data)
        except OSError:  # Linux reports the exit of the last writer as an error
            return

    reader = Thread(target=read, daemon=True)
    reader.start()
    try:
        yield written, seen
    finally:
        os.close(written)
        reader.join(_TIMEOUT_SECONDS)
        os.close(shown)


def _on_terminal(workspace: Workspace, *words: str | Path, **more: str) -> tuple[str, str]:
    """The standard output of a command, and its output on the terminal."""
    variables = {**os.environ, **workspace.variables, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    for name in ("CI", "NO_COLOR"):
        variables.pop(name, None)
    with _terminal() as (terminal, seen):
        done = subprocess.run(
            [sys.executable, "-m", "reconciler", *map(str, words)],
            cwd=workspace.folder,
            env={**variables, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=terminal,
            timeout=_TIMEOUT_SECONDS,
            check=True,
        )
    return done.stdout.decode(), b"".join(seen).decode()


def test_a_terminal_shows_the_progress_of_an_apply(workspace: Workspace) -> None:
    workspace.saved_plan()
    out, seen = _on_terminal(workspace, "apply", workspace.plan_file)
    assert "Applying" in seen
    assert "✓" in seen
    assert "created statuses/Lunch" in seen
    assert "\x1b" not in out
    assert "Applying" not in out


def test_a_terminal_shows_the_status_of_a_plan_on_stderr(
    workspace: Workspace,
) -> None:
    out, seen = _on_terminal(workspace, "plan", "--format", "json")
    assert "Reading the platform" in seen
    assert out.startswith("{")


def test_ci_gets_plain_lines_on_a_terminal(workspace: Workspace) -> None:
    workspace.saved_plan()
    _, seen = _on_terminal(workspace, "apply", workspace.plan_file, CI="yes")
    assert "created statuses/Lunch" in seen
    assert "Applying" not in seen
    assert "\x1b" not in seen

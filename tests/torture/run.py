"""`make torture`: every kill point and many random stories within a few minutes, and a table.

python tests/torture/run.py            another seed each time, printed
SEED=20261124 python tests/torture/run.py   the same stories again
"""

# ruff: noqa: T201 - printing is what it is for
from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOUND_SECONDS = 240
STORIES = 25
"""Random stories, each of up to six rounds."""

_RACES = (
    "test_races.py",
    "test_faulty_platform.py",
    "test_interruption.py",
    "test_resuming.py",
)
_SHORT = (
    "test_made_by_hand.py",
    "test_fencing.py",
    "test_unsent.py",
    "test_read_back.py",
    "test_who_and_when.py",
)
_LAST = ("lost", "doubled", "collateral", "silent")


def main() -> int:
    """Run it all; 0 when nothing was found."""
    sys.path.insert(0, str(ROOT))
    from tests.torture.tally import VARIABLE, total

    seed = int(os.environ.get("SEED") or secrets.randbelow(10**8))
    print(f"seed {seed} (SEED={seed} make torture replays it)", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        tally = Path(folder) / "tally"
        environment = {**os.environ, VARIABLE: str(tally), "TORTURE": "all"}
        running = [
            _pytest(environment, ["test_kill_points.py", *_RACES], []),
            _pytest(environment, ["test_cut_anywhere.py", *_SHORT], []),
            _pytest(
                {**environment, "TORTURE_EXAMPLES": str(STORIES)},
                ["test_state_machine.py"],
                [f"--hypothesis-seed={seed}"],
            ),
        ]
        failed = 0
        for process in running:
            left = max(1.0, BOUND_SECONDS - (time.monotonic() - began))
            try:
                failed |= process.wait(left)
            except subprocess.TimeoutExpired:
                process.terminate()
                process.wait()
                print(f"stopped after {BOUND_SECONDS} s: the table counts what was done until then")
        counts = total(tally)
    _print(counts, time.monotonic() - began)
    return 1 if failed or any(counts[name] for name in _LAST) else 0


def _pytest(
    environment: dict[str, str], files: list[str], options: list[str]
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    paths = [str(Path("tests/torture") / file) for file in files]
    return subprocess.Popen([*command, *paths], cwd=ROOT, env=environment)


def _print(counts: Counter[str], seconds: float) -> None:
    faults = {name: n for name, n in sorted(counts.items()) if name.startswith("fault ")}
    rows = [
        ("scenarios", counts["scenarios"]),
        ("kills", counts["kills"]),
        ("  at counted kill points", counts["struck"]),
        ("faults", sum(faults.values())),
        *[(f"  {name.removeprefix('fault ')}", count) for name, count in faults.items()],
        ("resources written", counts["written"]),
        *[(name, counts[name]) for name in _LAST],
        ("seconds", round(seconds)),
    ]
    print()
    for name, count in rows:
        print(f"{name:<28}{count:>8}")


if __name__ == "__main__":
    raise SystemExit(main())

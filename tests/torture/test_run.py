"""`make torture` fails, and reports why, when it did too little, was stopped, or did nothing.

It runs as a process, with a module in place of pytest that writes given counts to the tally.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.torture.run import PARTS, Part, Result, failures, table
from tests.torture.tally import COUNTERS, VARIABLE

ROOT = Path(__file__).parents[2]
ENOUGH = 100_000
INSTEAD_OF_PYTEST = f"""
import os, signal, sys
from pathlib import Path

told = {{told}}
if told:
    Path(os.environ[{VARIABLE!r}]).write_text(told)
print("said by", *sys.argv[1:])
if {{hangs}}:
    signal.pause()
sys.exit({{code}})
"""


def _torture(
    folder: Path, told: str = "", *, code: int = 0, hangs: bool = False, limit: str = ""
) -> subprocess.CompletedProcess[str]:
    stub = INSTEAD_OF_PYTEST.format(told=repr(told), hangs=hangs, code=code)
    (folder / "pytest.py").write_text(stub)
    environment = {**os.environ, "PYTHONPATH": str(folder), "TORTURE_SECONDS": limit, "SEED": "7"}
    return subprocess.run(
        [sys.executable, "tests/torture/run.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _scenarios(count: int, **found: int) -> str:
    counts = ", ".join(f'"{name}": {n}' for name, n in {"scenarios": count, **found}.items())
    return f'{{"tests": {count}}}\n{{{counts}}}\n'


def test_enough_scenarios_without_findings_succeed(tmp_path: Path) -> None:
    ended = _torture(tmp_path, _scenarios(ENOUGH))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for word in (*[part.name for part in PARTS], *COUNTERS, "seed 7", str(ENOUGH * len(PARTS))):
        assert word in ended.stdout
    assert "FAILED" not in ended.stdout


def test_no_scenarios_are_a_failure(tmp_path: Path) -> None:
    ended = _torture(tmp_path)
    assert ended.returncode == 1
    assert "Nothing was done: no scenario came to its end." in ended.stdout


def test_too_few_scenarios_are_a_failure(tmp_path: Path) -> None:
    ended = _torture(tmp_path, _scenarios(1))
    assert ended.returncode == 1
    for part in PARTS:
        sentence = f"{part.name}: 1 of at least {part.least} scenarios finished."
        assert sentence in ended.stdout


def test_the_time_limit_is_a_failure(tmp_path: Path) -> None:
    ended = _torture(tmp_path, _scenarios(ENOUGH), hangs=True, limit="0.1")
    assert ended.returncode == 1
    for part in PARTS:
        assert f"{part.name}: stopped at the time limit with work pending" in ended.stdout


def test_a_failed_part_is_a_failure_and_its_output_is_shown(tmp_path: Path) -> None:
    ended = _torture(tmp_path, _scenarios(ENOUGH), code=3)
    assert ended.returncode == 1
    assert f"{PARTS[0].name}: pytest ended with exit code 3; its output is above." in ended.stdout
    assert "said by -q" in ended.stdout


@pytest.mark.parametrize("counter", COUNTERS)
def test_any_finding_is_a_failure(counter: str) -> None:
    part = Part("some part", (), least=1)
    result = Result(part, Counter({"scenarios": 5, counter: 2}), 0, 1.0)
    assert failures([result]) == [f"some part: 2 {counter}."]
    assert failures([Result(part, Counter({"scenarios": 5}), 0, 1.0)]) == []


def test_a_stopped_part_is_a_failure_even_with_enough_scenarios() -> None:
    result = Result(Part("some part", (), least=1), Counter({"scenarios": 5}), None, 1.0)
    (sentence,) = failures([result])
    assert sentence.startswith("some part: stopped at the time limit with work pending")


def test_the_table_has_a_row_per_part_and_a_total() -> None:
    one = Result(Part("one", (), 1), Counter({"scenarios": 3, "fault 429": 2, "silent": 1}), 0, 2.4)
    two = Result(Part("two", (), 1, counts_tests=True), Counter({"tests": 4, "kills": 9}), 0, 1)
    head, *lines = (line.split() for line in table([one, two]))
    assert head[:4] == ["scenarios", "kills", "faults", "written"]
    assert lines == [
        ["one", "3", "0", "2", "0", "0", "0", "0", "1", "0", "2"],
        ["two", "4", "9", "0", "0", "0", "0", "0", "0", "0", "1"],
        ["all", "7", "9", "2", "0", "0", "0", "0", "1", "0", "3"],
    ]

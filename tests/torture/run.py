"""`make torture`: kills, faults, races and random stories over real processes, with a table.

python tests/torture/run.py                 another seed each time, printed
SEED=20261124 python tests/torture/run.py   the same stories again

The number of scenarios is fixed. It fails, and prints why, when something was found, when a part
ran too few scenarios, and when a part was stopped at the time limit (TORTURE_SECONDS).
"""

# ruff: noqa: T201 - printing is what it is for
from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.torture.tally import COUNTERS, VARIABLE, total  # noqa: E402

LIMIT_SECONDS = 3600
"""The time limit, far more than two busy cores need: a stopped part has failed."""
_STOP_SECONDS = 60
"""The time for a stopped part to report its position and end its processes."""


@dataclass(frozen=True)
class Part:
    """One row of the table, run by one pytest process.

    Fewer than `least` scenarios are a failure. `counts_tests` counts passed tests as scenarios.
    """

    name: str
    files: tuple[str, ...]
    least: int
    options: tuple[str, ...] = ()
    examples: int = 0
    counts_tests: bool = False


PARTS = (
    Part("cut plans", ("tests/torture/test_cut_anywhere.py",), 200),
    Part("undo under kill", ("tests/torture/test_undo_under_kill.py",), 60),
    Part("two projects", ("tests/torture/test_two_projects.py",), 60),
    Part(
        "kill points, PostgreSQL", ("tests/torture/test_kill_points.py",), 60, ("-k", "postgresql")
    ),
    Part("kill points, SQLite", ("tests/torture/test_kill_points.py",), 60, ("-k", "sqlite")),
    Part("signed plans", ("tests/torture/test_signed_plans.py",), 15),
    Part(
        "single faults and races",
        ("tests/applying",),
        60,
        counts_tests=True,
    ),
    Part(
        "random stories, SQLite",
        ("tests/torture/test_state_machine.py",),
        50,
        ("-k", "not postgresql"),
        examples=25,
    ),
    Part(
        "random stories, PostgreSQL",
        ("tests/torture/test_state_machine.py",),
        20,
        ("-k", "postgresql"),
        examples=10,
    ),
)
"""The longest part comes first, so all cores work until the end."""


@dataclass(frozen=True)
class Result:
    """The result of a part. `code` is the exit code of its process, None if it was stopped."""

    part: Part
    counts: Counter[str]
    code: int | None
    seconds: float
    output: str = ""

    @property
    def scenarios(self) -> int:
        return self.counts["tests" if self.part.counts_tests else "scenarios"]

    @property
    def faults(self) -> int:
        return sum(n for name, n in self.counts.items() if name.startswith("fault "))

    def failures(self) -> Iterator[str]:
        """The reasons why this part failed, as sentences."""
        name, least = self.part.name, self.part.least
        if self.code is None:
            yield f"{name}: stopped at the time limit with work pending."
        elif self.code:
            yield f"{name}: pytest ended with exit code {self.code}; its output is above."
        if self.scenarios < least:
            yield f"{name}: {self.scenarios} of at least {least} scenarios finished."
        for counter in COUNTERS:
            if self.counts[counter]:
                yield f"{name}: {self.counts[counter]} {counter}."


def main() -> int:
    """Run all parts; return 0 if all did enough and found nothing."""
    seed = int(os.environ.get("SEED") or secrets.randbelow(10**8))
    limit = float(os.environ.get("TORTURE_SECONDS") or LIMIT_SECONDS)
    print(f"seed {seed} (SEED={seed} make torture replays it)", flush=True)
    # A shell may make this process ignore SIGINT; the parts would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with (
        tempfile.TemporaryDirectory(prefix="torture-") as folder,
        ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool,
    ):
        parts = Parts(seed, Path(folder), time.monotonic() + limit)
        running = [pool.submit(parts.done, part) for part in PARTS]
        try:
            results = [_printed(item.result()) for item in running]
        except KeyboardInterrupt:
            parts.stop()
            return 130
    print("\n" + "\n".join(table(results)))
    found = failures(results)
    if found:
        print("\nFAILED\n" + "\n".join(found))
    return 1 if found else 0


def failures(results: Sequence[Result]) -> list[str]:
    """The reasons why the run failed, as sentences."""
    found = [sentence for result in results for sentence in result.failures()]
    if not any(result.scenarios for result in results):
        found.append("Nothing was done: no scenario came to its end.")
    return found


def table(results: Sequence[Result]) -> list[str]:
    """The table, with a line per part and a total."""
    heads = ("scenarios", "kills", "faults", "written", *COUNTERS, "seconds")
    rows = [(result.part.name, *_figures(result)) for result in results]
    sums = [sum(column) for column in zip(*(_figures(result) for result in results), strict=True)]
    rows.append(("all", *sums))
    lines = [f"{'':<28}" + "".join(f"{head:>{_width(head)}}" for head in heads)]
    for name, *figures in rows:
        cells = zip(heads, figures, strict=True)
        lines.append(f"{name:<28}" + "".join(f"{cell:>{_width(head)}}" for head, cell in cells))
    return lines


def _width(head: str) -> int:
    return len(head) + 2


def _figures(result: Result) -> tuple[int, ...]:
    counts = result.counts
    found = (counts[counter] for counter in COUNTERS)
    done = (result.scenarios, counts["kills"], result.faults, counts["written"])
    return (*done, *found, round(result.seconds))


class Parts:
    """Runs the parts as processes, until `deadline`."""

    def __init__(self, seed: int, folder: Path, deadline: float) -> None:
        self._seed, self._folder, self._deadline = seed, folder, deadline
        self._running: set[subprocess.Popen[bytes]] = set()

    def done(self, part: Part) -> Result:
        """Run a part until it ends, or until the deadline."""
        began = time.monotonic()
        tally = self._folder / f"{part.name}.tally"
        output = self._folder / f"{part.name}.output"
        code = None
        with output.open("wb") as said:
            if began < self._deadline:
                code = self._code(part, tally, said)
        text = output.read_text(errors="replace")
        return Result(part, total(tally), code, time.monotonic() - began, text)

    def stop(self) -> None:
        """Start no more parts, and stop the running ones."""
        self._deadline = 0.0
        for process in tuple(self._running):
            process.send_signal(signal.SIGINT)

    def _code(self, part: Part, tally: Path, said: IO[bytes]) -> int | None:
        """The exit code of a part's process; None if it was stopped."""
        environment = {
            **os.environ,
            VARIABLE: str(tally),
            "TORTURE": "all",
            "TORTURE_SEED": str(self._seed),
            "TORTURE_EXAMPLES": str(part.examples),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += [*part.options, f"--hypothesis-seed={self._seed}"]
        command += part.files
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        self._running.add(process)
        try:
            return process.wait(max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        finally:
            self._running.discard(process)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return None


def _printed(result: Result) -> Result:
    """Print the result's line, and the output of a failed part; return the result."""
    failed = list(result.failures())
    if failed:
        print(result.output)
    how = "FAILED" if failed else "ok"
    print(
        f"{result.part.name}: {result.scenarios} scenarios, {round(result.seconds)} s, {how}",
        flush=True,
    )
    return result


if __name__ == "__main__":
    raise SystemExit(main())

"""Runs a command as a process and measures wall time, CPU time and peak memory.

Peak memory is the kernel's value for this process (`wait4`). A child starts with the peak of its
parent, so the parent must stay small: it imports and builds nothing large.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
_TIMEOUT_SECONDS = 900
_TICK_SECONDS = 0.002
_KIB = 1024


class Failed(Exception):
    """A command ended with an unexpected exit code, or did not end."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one process, or the medians of several, in seconds and bytes."""

    wall: float
    cpu: float
    peak: int
    out: str = ""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    variables: Mapping[str, str] | None = None,
    codes: tuple[int, ...] = (0,),
) -> Cost:
    """Run a command. Raises Failed, with its output, for another exit code or a timeout."""
    output = cwd / "benchmark.out"
    with output.open("wb") as sink:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env=environment(variables or {}),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
        try:
            status, usage = _waited(process, started)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    out = output.read_text(errors="replace")
    output.unlink()
    if process.returncode not in codes:
        raise Failed(f"{' '.join(map(str, command))}: exit code {process.returncode}\n{out}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _KIB, out)


def _waited(process: subprocess.Popen[bytes], started: float) -> tuple[int, os.struct_rusage]:  # type: ignore[name-defined]
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            return status, usage
        if time.perf_counter() - started > _TIMEOUT_SECONDS:
            raise Failed(f"{process.args!r} did not end in {_TIMEOUT_SECONDS} s")
        time.sleep(_TICK_SECONDS)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a measured process: only PATH from the user."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "HOME": "/nonexistent",
        "USER": "bench",
        "LANG": "C.UTF-8",
        **variables,
    }


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        median(cost.wall for cost in costs),
        median(cost.cpu for cost in costs),
        int(median(cost.peak for cost in costs)),
        costs[-1].out,
    )

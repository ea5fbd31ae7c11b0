"""Measures reconciler and comparable tools on estates of three sizes, in one command.

    make bench                             1,000, 10,000 and 100,000 resources
    make bench ARGS="--sizes 1000 --runs 5"
    make bench ARGS=--full                 octoDNS with 100,000 records, not 50,000 times 2

Everything runs on loopback, in child processes and a temporary folder. The tools take turns, so
other load on the machine affects all of them.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import octodns_peer
from commands import Estate, Sample, bare_python, version
from figures import AtSize, Figures
from measure import Cost, environment, medians, run
from table import figures_table, verdicts_table
from targets import verdicts
from yaml_readers import WAYS, write_one_document

_READERS = Path(__file__).with_name("yaml_readers.py")
_START_RUNS = 9
_ENTRIES = 20_000
_OCTODNS_RECORDS = 50_000
_COUNT = "from reconciler.live.http.reader import _COLLECTIONS as c; print(len(c) + len('ucfp'))"


def main() -> None:
    """Measure and print the tables."""
    asked = argparse.ArgumentParser(description="Compare the speed of reconciler with other tools.")
    asked.add_argument("--sizes", default="1000,10000,100000", help="resources, comma-separated")
    asked.add_argument("--runs", type=int, default=3, help="of which the median is told")
    asked.add_argument("--full", action="store_true", help="octoDNS at every size (minutes)")
    options = asked.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="reconciler-bench-") as folder:
        figures = measure(sizes, Path(folder), runs=options.runs, full=options.full)
    print(f"\n{_machine()}; medians of {options.runs} runs.\n")
    print(figures_table(figures))
    print()
    print(verdicts_table(verdicts(figures)))


def measure(sizes: Sequence[int], folder: Path, *, runs: int, full: bool) -> Figures:
    """Measure everything at each size."""
    print_progress("start-up")
    pythons, versions = [], []
    for _ in range(_START_RUNS):
        pythons.append(bare_python(folder))
        versions.append(version(folder))
    return Figures(
        runs,
        medians(pythons),
        medians(versions),
        int(run([sys.executable, "-c", _COUNT], cwd=folder).out),
        _one_document(folder / "one", runs),
        tuple(_at_size(size, folder / str(size), runs=runs, full=full) for size in sizes),
    )


def _one_document(folder: Path, runs: int) -> dict[str, float]:
    print_progress(f"one document of {_ENTRIES:,} entries")
    write_one_document(folder, _ENTRIES)
    return _reading(folder, folder, runs)


def _reading(manifests: Path, cwd: Path, runs: int) -> dict[str, float]:
    """The median time of each reader of a folder; the readers take turns."""
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(runs):
        for way, found in seconds.items():
            command: list[str | Path] = [sys.executable, _READERS, way, manifests]
            found.append(float(run(command, cwd=cwd).out))
    return {way: median(found) for way, found in seconds.items()}


def _at_size(size: int, folder: Path, *, runs: int, full: bool) -> AtSize:
    print_progress(f"{size:,}: making the estate")
    estate = Estate(size, folder)
    records = size if full else min(size, _OCTODNS_RECORDS)
    zones = folder / "octodns"
    octodns_peer.write(records, zones)
    validated, firsts, agains, applies, theirs = [], [], [], [], []
    for number in range(runs):
        print_progress(f"{size:,}: run {number + 1} of {runs}")
        first, again, applied = estate.plans()
        theirs.append(octodns_peer.plan(records, zones))
        firsts.append(first)
        agains.append(again)
        applies.append(applied)
        validated.append(estate.validate())
    scale = size / records
    octodns = medians(theirs)
    return AtSize(
        size=size,
        validate=_middle(validated),
        plan=_middle(firsts),
        again=_middle(agains),
        applied=_middle(applies),
        shape=estate.shape(),
        repeated=estate.repeated(),
        reading=_reading(estate.manifests, folder, runs),
        octodns=Cost(octodns.wall * scale, octodns.cpu * scale, int(octodns.peak * scale)),
        octodns_scale=scale,
    )


def _middle(samples: Sequence[Sample]) -> Sample:
    return Sample(
        medians([sample.cost for sample in samples]),
        int(median(sample.requests for sample in samples)),
    )


def _machine() -> str:
    revision = subprocess.run(
        ["git", "-C", Path(__file__).parent, "describe", "--always", "--dirty"],
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    cores = len(os.sched_getaffinity(0))
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}, revision {revision or 'unknown'}"
    )


def print_progress(what: str) -> None:
    """Print progress on stderr."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

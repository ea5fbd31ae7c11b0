"""The counts of a torture run, summed over its processes for the table of `run.py`.

Each process appends lines to the file in TORTURE_TALLY; without the variable nothing is stored.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import orjson

VARIABLE = "TORTURE_TALLY"
COUNTERS = ("lost", "doubled", "collateral", "silent", "wrong owner")
"""The findings that fail a run, named as in the table."""


def tell(**counts: int) -> None:
    """Add counts to the tally."""
    add_counts(counts)


def add_counts(counts: dict[str, int]) -> None:
    """Add counts with any names to the tally."""
    file = os.environ.get(VARIABLE)
    if file and counts:
        with Path(file).open("ab") as tally:
            tally.write(orjson.dumps(counts) + b"\n")


def total(file: Path) -> Counter[str]:
    """The sums of all counts in a file."""
    counts: Counter[str] = Counter()
    if file.exists():
        for line in file.read_bytes().splitlines():
            counts.update(orjson.loads(line))
    return counts

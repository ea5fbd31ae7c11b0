"""What a torture run has done so far, added up over processes for the table of `run.py`.

Each process appends lines to the file that TORTURE_TALLY names; without it nothing is kept.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import orjson

VARIABLE = "TORTURE_TALLY"
COUNTERS = ("lost", "doubled", "collateral", "silent", "wrong owner")
"""What must not be found. The names are those of the table."""


def tell(**counts: int) -> None:
    """Add to the tally."""
    told(counts)


def told(counts: dict[str, int]) -> None:
    """The same, for names that are no words."""
    file = os.environ.get(VARIABLE)
    if file and counts:
        with Path(file).open("ab") as tally:
            tally.write(orjson.dumps(counts) + b"\n")


def total(file: Path) -> Counter[str]:
    """All that was told."""
    counts: Counter[str] = Counter()
    if file.exists():
        for line in file.read_bytes().splitlines():
            counts.update(orjson.loads(line))
    return counts

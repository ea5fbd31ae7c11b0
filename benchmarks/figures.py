"""The measured figures: medians of several runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commands import Repeated, Sample, Shape
from measure import Cost


@dataclass(frozen=True, slots=True)
class AtSize:
    """The figures for one size of estate.

    `reading` is seconds per reader of `yaml_readers`. `octodns` is already multiplied by
    `octodns_scale`, which is above 1 when octoDNS planned fewer records.
    """

    size: int
    validate: Sample
    plan: Sample
    again: Sample
    applied: Sample
    shape: Shape
    repeated: Repeated
    reading: Mapping[str, float]
    octodns: Cost | None
    octodns_scale: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a run. `collections` is the number of reads of a plan, with `/v1/platform`;
    `one_document` is seconds per reader of `yaml_readers`, for one large document."""

    runs: int
    python: Cost
    version: Cost
    collections: int
    one_document: Mapping[str, float]
    sizes: tuple[AtSize, ...]

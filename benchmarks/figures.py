"""What was measured, as values: medians of several runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commands import Repeated, Sample, Shape
from measure import Cost


@dataclass(frozen=True, slots=True)
class AtSize:
    """Everything at one size of estate.

    `reading` is seconds by way of `yaml_readers`. `octodns` is already multiplied by
    `octodns_scale`, which is more than 1 where octoDNS was given fewer records.
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
    """All of a run; `collections` is how many lists a plan reads, who the platform is included;
    `one_document` is seconds by way of `yaml_readers`, for one large document."""

    runs: int
    python: Cost
    version: Cost
    collections: int
    one_document: Mapping[str, float]
    sizes: tuple[AtSize, ...]

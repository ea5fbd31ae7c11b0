"""What is expected of the figures, and whether it is so. Times are compared within one run only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from figures import AtSize, Figures
from measure import Cost

_PER_REQUEST = 5000
_PER_BATCH = 250
_LAYER_REQUESTS = 3
_GIGABYTE = 10**9
_NOT_MODIFIED = 304
_OCTODNS = {1_000: 0.6, 10_000: 0.2, 100_000: 0.15}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target: what was found, what was wanted, and what else is worth knowing."""

    what: str
    found: str
    wanted: str
    met: bool
    note: str = ""


def verdicts(figures: Figures) -> list[Verdict]:
    """Every target that these figures can speak to."""
    found: list[Verdict | None] = [_start(figures)]
    found.append(_reading("one document", figures.one_document))
    found.extend(_reading(f"{size.size:,}", size.reading) for size in figures.sizes)
    for size in figures.sizes:
        found.extend(_compared_with_octodns(size))
    for size in figures.sizes:
        found.append(_memory(size))
        found.extend(_requests(size, figures.collections))
    return [target for target in found if target is not None]


def _ratio(ours: float, theirs: float, limit: float) -> tuple[str, str, bool]:
    return f"{ours / theirs:.2f}x", f"≤ {limit:g}x", ours <= limit * theirs


def _start(figures: Figures) -> Verdict:
    found, wanted, met = _ratio(figures.version.wall, figures.python.wall, 5)
    return Verdict("reconciler --version / python -c pass", found, wanted, met)


def _reading(of: str, reading: Mapping[str, float]) -> Verdict:
    ours, theirs = reading["positions"], reading["values"]
    found, wanted, met = _ratio(ours, theirs, 0.4)
    quiet, floor = reading["values-no-gc"], reading["events"]
    note = (
        f"{ours / quiet:.2f}x with its collector off too; "
        f"libyaml's bare scan is {floor / quiet:.2f}x of that"
    )
    return Verdict(f"YAML with positions / CSafeLoader without, {of}", found, wanted, met, note)


def _compared_with_octodns(one: AtSize) -> Sequence[Verdict]:
    limit = _OCTODNS.get(one.size)
    if limit is None or one.octodns is None:
        return ()
    theirs: Cost = one.octodns
    found, wanted, met = _ratio(one.plan.cost.wall, theirs.wall, limit)
    note = f"CPU {one.plan.cost.cpu / theirs.cpu:.2f}x; "
    note += f"a repeated plan {one.again.cost.wall / theirs.wall:.2f}x"
    if one.octodns_scale != 1:
        note += f"; octoDNS at {round(one.size / one.octodns_scale):,}, times {one.octodns_scale:g}"
    return (Verdict(f"plan / octoDNS, {one.size:,}", found, wanted, met, note),)


def _memory(one: AtSize) -> Verdict | None:
    if one.size < 100_000:
        return None
    peak = max(one.plan.cost.peak, one.again.cost.peak)
    return Verdict(
        f"peak memory of a plan, {one.size:,}", f"{peak / 1e6:.0f} MB", "≤ 1 GB", peak <= _GIGABYTE
    )


def _requests(one: AtSize, collections: int) -> Sequence[Verdict]:
    reads = collections + one.size // _PER_REQUEST
    not_modified = one.repeated.statuses.get(_NOT_MODIFIED, 0)
    others = sum(one.repeated.statuses.values()) - not_modified
    share = one.repeated.received / one.repeated.first_received
    writes = one.shape.changes / _PER_BATCH + _LAYER_REQUESTS * one.shape.layers + reads
    return (
        Verdict(
            f"requests of a plan, {one.size:,}",
            str(one.plan.requests),
            f"≤ {reads}",
            one.plan.requests <= reads,
            f"{collections} collections and one per {_PER_REQUEST:,}",
        ),
        Verdict(
            f"304s of a repeated plan, {one.size:,}",
            f"{not_modified} of {not_modified + others}",
            "all but /v1/platform",
            others == 1,
            f"{one.repeated.received:,} bytes, {share:.1%} of the first plan's",
        ),
        Verdict(
            f"requests of an apply of {one.shape.changes:,}, {one.size:,}",
            str(one.applied.requests),
            f"≤ {writes:.0f}",
            one.applied.requests <= writes,
            f"n/{_PER_BATCH} + {_LAYER_REQUESTS} x {one.shape.layers} layers + a plan's reads",
        ),
    )

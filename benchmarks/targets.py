"""The targets for the figures, and whether they are met. Only times of one run are compared."""

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
    """One target: the measured value, the wanted value, and a note."""

    what: str
    found: str
    wanted: str
    met: bool
    note: str = ""


def verdicts(figures: Figures) -> list[Verdict]:
    """The verdicts on all targets that these figures cover."""
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


def _compared_with_octodns(at_size: AtSize) -> Sequence[Verdict]:
    limit = _OCTODNS.get(at_size.size)
    if limit is None or at_size.octodns is None:
        return ()
    theirs: Cost = at_size.octodns
    found, wanted, met = _ratio(at_size.plan.cost.wall, theirs.wall, limit)
    note = f"CPU {at_size.plan.cost.cpu / theirs.cpu:.2f}x; "
    note += f"a repeated plan {at_size.again.cost.wall / theirs.wall:.2f}x"
    if at_size.octodns_scale != 1:
        scale = at_size.octodns_scale
        note += f"; octoDNS at {round(at_size.size / scale):,}, times {scale:g}"
    return (Verdict(f"plan / octoDNS, {at_size.size:,}", found, wanted, met, note),)


def _memory(at_size: AtSize) -> Verdict | None:
    if at_size.size < 100_000:
        return None
    peak = max(at_size.plan.cost.peak, at_size.again.cost.peak)
    return Verdict(
        f"peak memory of a plan, {at_size.size:,}",
        f"{peak / 1e6:.0f} MB",
        "≤ 1 GB",
        peak <= _GIGABYTE,
    )


def _requests(at_size: AtSize, collections: int) -> Sequence[Verdict]:
    reads = collections + at_size.size // _PER_REQUEST
    not_modified = at_size.repeated.statuses.get(_NOT_MODIFIED, 0)
    others = sum(at_size.repeated.statuses.values()) - not_modified
    share = at_size.repeated.received / at_size.repeated.first_received
    writes = at_size.shape.changes / _PER_BATCH + _LAYER_REQUESTS * at_size.shape.layers + reads
    return (
        Verdict(
            f"requests of a plan, {at_size.size:,}",
            str(at_size.plan.requests),
            f"≤ {reads}",
            at_size.plan.requests <= reads,
            f"{collections} collections and one per {_PER_REQUEST:,}",
        ),
        Verdict(
            f"304s of a repeated plan, {at_size.size:,}",
            f"{not_modified} of {not_modified + others}",
            "all but /v1/platform",
            others == 1,
            f"{at_size.repeated.received:,} bytes, {share:.1%} of the first plan's",
        ),
        Verdict(
            f"requests of an apply of {at_size.shape.changes:,}, {at_size.size:,}",
            str(at_size.applied.requests),
            f"≤ {writes:.0f}",
            at_size.applied.requests <= writes,
            f"n/{_PER_BATCH} + {_LAYER_REQUESTS} x {at_size.shape.layers} layers + a plan's reads",
        ),
    )

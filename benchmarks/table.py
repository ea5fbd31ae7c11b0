"""The figures and the targets as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from figures import AtSize, Figures
from measure import Cost
from targets import Verdict


def figures_table(figures: Figures) -> str:
    """One row per command and size, with the comparable tools."""
    rows = [
        _row("", "python -c pass", figures.python),
        _row("", "reconciler --version", figures.version),
    ]
    rows.extend(_reading("1 document", figures.one_document))
    for size in figures.sizes:
        rows.extend(_rows(size))
    return _table(("resources", "command", "wall s", "CPU s", "peak MB", "requests"), rows)


def _rows(at_size: AtSize) -> Iterable[Sequence[str]]:
    size = f"{at_size.size:,}"
    yield _row(size, "reconciler validate", at_size.validate.cost)
    yield _row(size, "reconciler plan, first", at_size.plan.cost, at_size.plan.requests)
    yield _row(size, "reconciler plan, repeated", at_size.again.cost, at_size.again.requests)
    what = f"reconciler apply, {at_size.shape.changes:,} changes"
    yield _row(size, what, at_size.applied.cost, at_size.applied.requests)
    if at_size.octodns is not None:
        scaled = f" (x {at_size.octodns_scale:g})" if at_size.octodns_scale != 1 else ""
        yield _row(size, f"octoDNS plan{scaled}", at_size.octodns)
    yield from _reading(size, at_size.reading)


def _reading(size: str, reading: Mapping[str, float]) -> Iterable[Sequence[str]]:
    names = {
        "positions": "reconciler's YAML reader",
        "values": "PyYAML CSafeLoader",
        "values-no-gc": "PyYAML CSafeLoader, collector off",
        "events": "libyaml's events",
    }
    for way, seconds in reading.items():
        yield (size, names[way], f"{seconds:.2f}", "", "", "")


def _row(size: str, what: str, cost: Cost, requests: int = 0) -> Sequence[str]:
    peak = f"{cost.peak / 1e6:.0f}"
    return (size, what, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", peak, str(requests or ""))


def verdicts_table(verdicts: Iterable[Verdict]) -> str:
    """One row per target."""
    rows = [
        (verdict.what, verdict.found, verdict.wanted, _met(verdict), verdict.note)
        for verdict in verdicts
    ]
    return _table(("target", "found", "wanted", "", "note"), rows)


def _met(verdict: Verdict) -> str:
    return "met" if verdict.met else "MISSED"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    shown = [_line(line, widths) for line in lines]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"

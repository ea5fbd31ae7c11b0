"""Columns that line up, for the few views that are tables."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.views.style.colour import Paint


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], paint: Paint) -> list[str]:
    """A line a row under faint titles; cells are plain text, made visible before."""
    widths = [max(len(row[at]) for row in (titles, *rows)) for at in range(len(titles))]
    return [paint.faint(_line(titles, widths)), *(_line(row, widths) for row in rows)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

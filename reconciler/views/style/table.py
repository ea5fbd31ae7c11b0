"""Tables with aligned columns."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.views.style.colour import Paint


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], paint: Paint) -> list[str]:
    """One line a row below a faint line of titles. Cells are escaped text without colour."""
    widths = [max(len(row[at]) for row in (titles, *rows)) for at in range(len(titles))]
    return [paint.faint(_line(titles, widths)), *(_line(row, widths) for row in rows)]


def cut(text: str, characters: int) -> str:
    """The text, cut to a number of characters with an ellipsis."""
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

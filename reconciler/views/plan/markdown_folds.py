"""The sections of a plan as folds of a comment, cut by whole entries to a number of bytes.

An entry is a resource, or resources that share their lines. It is shown completely or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.text import counted
from reconciler.views.style.markdown import escaped, fenced, folded, unmarked

_ENTRY = "  "


@dataclass(frozen=True, slots=True)
class Fold:
    """A section: its title, and the lines of each entry."""

    title: str
    entries: tuple[tuple[str, ...], ...] = ()

    @property
    def left_out(self) -> str:
        """How many entries there are."""
        return counted(max(len(self.entries), 1), "entry", "entries")

    def lines(self) -> list[str]:
        """The section as Markdown; a title without entries is one line."""
        if not self.entries:
            return [escaped(self.title), ""]
        body = [line.removeprefix(_ENTRY) for entry in self.entries for line in entry]
        return folded(self.title, fenced(body))


def folds_of(blocks: Iterable[Iterable[str]]) -> Iterator[Fold]:
    """The sections of the text of a plan."""
    for block in blocks:
        title, entries = "", list[list[str]]()
        for line in block:
            if not line.startswith(_ENTRY):
                if title:
                    yield _fold(title, entries)
                title, entries = line, []
            elif line[len(_ENTRY) :].startswith(" ") and entries:
                entries[-1].append(line)
            else:
                entries.append([line])
        if title:
            yield _fold(title, entries)


def _fold(title: str, entries: Sequence[Sequence[str]]) -> Fold:
    return Fold(unmarked(title), tuple(map(tuple, entries)))


def fitted(folds: Sequence[Fold], limit: int) -> tuple[list[str], list[Fold]]:
    """The lines that fit in `limit` bytes, and what does not fit.

    The first sections have the deletes, so they are cut last.
    """
    lines: list[str] = []
    left_out: list[Fold] = []
    for fold in folds:
        is_whole = size_of(fold.lines()) <= limit
        count = len(fold.entries) if is_whole else fitting(fold, limit)
        if not is_whole:
            left_out.append(replace(fold, entries=fold.entries[count:]))
        if is_whole or count:
            written = replace(fold, entries=fold.entries[:count]).lines()
            lines.extend(written)
            limit -= size_of(written)
    return lines, left_out


def fitting(fold: Fold, limit: int, written: Callable[[Fold], list[str]] = Fold.lines) -> int:
    """How many of the first entries fit in `limit` bytes."""
    low, high = 0, len(fold.entries)
    while low < high:
        middle = (low + high + 1) // 2
        if size_of(written(replace(fold, entries=fold.entries[:middle]))) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def size_of(lines: Iterable[str]) -> int:
    """The bytes of lines, each with its end."""
    return sum(len(line.encode()) + 1 for line in lines)

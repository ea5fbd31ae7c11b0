"""Long texts compared line by line, with a little context."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator, Sequence

from reconciler.text import counted, visible
from reconciler.views.style.colour import ADDED, REMOVED, Paint

_WIDTH = 96
_CONTINUES = "↳ "
"""Begins a part that continues the line above it."""
_CONTEXT_LINES = 1
_SHOWN_LINES = 24
_COMPARED_LINES = 2000


def diff_lines(before: str, after: str, *, paint: Paint, details: bool) -> list[str]:
    """The changed lines, not indented; a long difference is cut unless detailed."""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > _COMPARED_LINES:
        return [f"{counted(len(old), 'line')} → {counted(len(new), 'line')}"]
    lines = list(_painted(difflib.unified_diff(old, new, n=_CONTEXT_LINES, lineterm=""), paint))
    return lines if details else cut_lines(lines, _SHOWN_LINES, paint)


def cut_lines(lines: Sequence[str], limit: int, paint: Paint) -> list[str]:
    """The first lines, and a line with the count of the rest."""
    if len(lines) <= limit:
        return list(lines)
    hidden = counted(len(lines) - limit, "more line")
    return [*lines[:limit], paint.faint(f"… {hidden}, shown by --details")]


def text_lines(text: str) -> list[str]:
    """A long text, wrapped and escaped."""
    return [visible(line) for line in _lines(text)]


def _lines(text: str) -> list[str]:
    return [part for line in text.split("\n") for part in _wrapped(line)]


def _wrapped(line: str) -> list[str]:
    """The parts of a long line; each part after the first begins with a mark."""
    if len(line) <= _WIDTH:
        return [line]
    first, *others = textwrap.wrap(
        line, _WIDTH, drop_whitespace=False, replace_whitespace=False, expand_tabs=False
    )
    return [first, *(f"{_CONTINUES}{part}" for part in others)]


def _painted(lines: Iterator[str], paint: Paint) -> Iterator[str]:
    is_first = True
    for line in lines:
        mark, text = line[:1], visible(line[1:])
        if line.startswith(("---", "+++")) and is_first:
            continue
        if mark == "@":
            if not is_first:
                yield paint.faint("…")
            is_first = False
        elif mark == "-":
            yield paint.bad(f"{REMOVED} {text}".rstrip())
        elif mark == "+":
            yield paint.good(f"{ADDED} {text}".rstrip())
        else:
            yield f"  {text}".rstrip()

"""Long texts compared as lines: what goes, what comes, and a little of what is around it."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator

from reconciler.text import counted
from reconciler.views.style.colour import Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.symbols import ADDED, REMOVED

_WIDTH = 96
_CONTEXT_LINES = 1
_SHOWN_LINES = 24
_COMPARED_LINES = 2000


def diff_lines(before: str, after: str, *, paint: Paint, expand: bool) -> list[str]:
    """The difference of two texts, without indentation; long ones are cut unless expanded."""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > _COMPARED_LINES:
        return [f"{counted(len(old), 'line')} → {counted(len(new), 'line')}"]
    lines = list(_painted(difflib.unified_diff(old, new, n=_CONTEXT_LINES, lineterm=""), paint))
    if expand or len(lines) <= _SHOWN_LINES:
        return lines
    hidden = len(lines) - _SHOWN_LINES
    return [*lines[:_SHOWN_LINES], paint.faint(f"… {counted(hidden, 'more line')}, shown by --all")]


def text_lines(text: str) -> list[str]:
    """A long text as lines that fit."""
    return [visible(line) for line in _lines(text)]


def _lines(text: str) -> list[str]:
    return [part for line in text.split("\n") for part in _wrapped(line)]


def _wrapped(line: str) -> list[str]:
    if len(line) <= _WIDTH:
        return [line]
    return textwrap.wrap(
        line, _WIDTH, drop_whitespace=False, replace_whitespace=False, expand_tabs=False
    )


def _painted(lines: Iterator[str], paint: Paint) -> Iterator[str]:
    started = False
    for line in lines:
        mark, text = line[:1], visible(line[1:])
        if line.startswith(("---", "+++")) and not started:
            continue
        if mark == "@":
            if started:
                yield paint.faint("…")
            started = True
        elif mark == "-":
            yield paint.bad(f"{REMOVED} {text}".rstrip())
        elif mark == "+":
            yield paint.good(f"{ADDED} {text}".rstrip())
        else:
            yield f"  {text}".rstrip()

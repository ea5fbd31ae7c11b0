"""Disposition trees with their changes: every level in its place, with what happens to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reconciler.kinds.address import decode, identity, name_of
from reconciler.planning.change import Action, Change
from reconciler.text import counted
from reconciler.views.plan.fields import difference_lines
from reconciler.views.style.escaping import visible
from reconciler.views.style.symbols import ADDED, CHANGED, REMOVED
from reconciler.views.style.view import View

_SHOWN_LEVELS = 40


@dataclass(slots=True)
class _Level:
    name: str
    changes: list[Change] = field(default_factory=list)
    below: dict[str, _Level] = field(default_factory=dict)


def tree_lines(collection: str, changes: Sequence[Change], view: View) -> list[str]:
    """The levels that change and the way to them, below a collection that is not shown itself."""
    root = _tree(collection, changes)
    lines = [line for level in root.below.values() for line in _top(level, view)]
    if view.expand or len(lines) <= _SHOWN_LEVELS:
        return lines
    hidden = len(lines) - _SHOWN_LEVELS
    return [
        *lines[:_SHOWN_LEVELS],
        view.paint.faint(f"… {counted(hidden, 'more line')}, shown by --all"),
    ]


def _tree(collection: str, changes: Iterable[Change]) -> _Level:
    root = _Level("")
    depth = collection.count("/") + 1
    for change in changes:
        level = root
        for segment in change.address.split("/")[depth:]:
            level = level.below.setdefault(identity(segment), _Level(decode(segment)))
        level.changes.append(change)
    return root


def _top(level: _Level, view: View) -> Iterator[str]:
    yield from _own(level, "", "    " if not level.below else "│   ", view)
    yield from _children(level, "", view)


def _children(level: _Level, indent: str, view: View) -> Iterator[str]:
    below = list(level.below.values())
    for place, one in enumerate(below, start=1):
        is_last = place == len(below)
        branch, trunk = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        details = indent + trunk + ("│  " if one.below else "   ")
        yield from _own(one, indent + branch, details, view)
        yield from _children(one, indent + trunk, view)


def _own(level: _Level, lead: str, details: str, view: View) -> Iterator[str]:
    name = visible(level.name)
    if not level.changes:
        yield f"{lead}{view.paint.faint(name)}"
        return
    last = level.changes[-1]
    was = _old_name(level.changes)
    label = f"{_mark(level.changes)} {name}" + (f" (was {was})" if was else "")
    painted = _painted(last.action, label, view)
    yield f"{lead}{painted}{view.source_suffix(last.source)}"
    for change in level.changes:
        for line in difference_lines(change, view):
            yield f"{details}{line}"


def _old_name(changes: Iterable[Change]) -> str:
    for change in changes:
        if change.action is Action.RENAME and change.previous_address is not None:
            return visible(name_of(change.previous_address))
    return ""


def _mark(changes: Sequence[Change]) -> str:
    marks = {Action.CREATE: ADDED, Action.DELETE: REMOVED}
    return marks.get(changes[-1].action, CHANGED)


def _painted(action: Action, text: str, view: View) -> str:
    if action is Action.DELETE:
        return view.paint.bad(text)
    return view.paint.good(text) if action is Action.CREATE else view.paint.caution(text)

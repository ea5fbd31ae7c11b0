"""Disposition trees: each changed level in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reconciler.kinds.address import decode, identity, name_of
from reconciler.planning.change import Action, Change
from reconciler.text import visible
from reconciler.views.fragments.fields import difference_lines
from reconciler.views.fragments.text_diff import cut_lines
from reconciler.views.style.colour import ADDED, CHANGED, REMOVED
from reconciler.views.style.view import View

_SHOWN_LINES = 40


@dataclass(slots=True)
class _Level:
    name: str
    changes: list[Change] = field(default_factory=list)
    children: dict[str, _Level] = field(default_factory=dict)


def tree_lines(collection: str, changes: Sequence[Change], view: View) -> list[str]:
    """The changed levels and their parents; the collection itself is not shown."""
    root = _tree(collection, changes)
    lines = [line for level in root.children.values() for line in _top_level(level, view)]
    return lines if view.details else cut_lines(lines, _SHOWN_LINES, view.paint)


def _tree(collection: str, changes: Iterable[Change]) -> _Level:
    root = _Level("")
    depth = collection.count("/") + 1
    for change in changes:
        level = root
        for segment in change.address.split("/")[depth:]:
            level = level.children.setdefault(identity(segment), _Level(decode(segment)))
        level.changes.append(change)
    return root


def _top_level(level: _Level, view: View) -> Iterator[str]:
    yield from _level(level, "", "│   " if level.children else "    ", view)
    yield from _children(level, "", view)


def _children(level: _Level, indent: str, view: View) -> Iterator[str]:
    for place, child in enumerate(level.children.values(), start=1):
        is_last = place == len(level.children)
        branch, trunk = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        details = indent + trunk + ("│  " if child.children else "   ")
        yield from _level(child, indent + branch, details, view)
        yield from _children(child, indent + trunk, view)


def _level(level: _Level, lead: str, details: str, view: View) -> Iterator[str]:
    name = visible(level.name)
    if not level.changes:
        yield f"{lead}{view.paint.faint(name)}"
        return
    last = level.changes[-1]
    old_name = _old_name(level.changes)
    label = f"{name} (was {old_name})" if old_name else name
    yield f"{lead}{_marked(last.action, label, view)}{view.source_suffix(last.source)}"
    for change in level.changes:
        yield from (f"{details}{line}" for line in difference_lines(change, view))


def _old_name(changes: Iterable[Change]) -> str:
    for change in changes:
        if change.action is Action.RENAME and change.previous_address is not None:
            return visible(name_of(change.previous_address))
    return ""


def _marked(action: Action, label: str, view: View) -> str:
    if action is Action.DELETE:
        return view.paint.bad(f"{REMOVED} {label}")
    if action is Action.CREATE:
        return view.paint.good(f"{ADDED} {label}")
    return view.paint.caution(f"{CHANGED} {label}")

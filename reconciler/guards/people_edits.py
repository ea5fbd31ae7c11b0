"""What people changed on the platform, as sentences: who, what, when, and what a plan does to it.

admin took out 2 members (ana and luis) on 2026-11-20T10:28:00Z; git puts them back
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from reconciler.kinds.base import Life
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Change, Difference
from reconciler.text import counted, joined, short_value, some

_FIELDS = 5
_LONG_CHARACTERS = 60
_ENTRY_STEPS = 2
"""The steps of `members[ana]` and `members.order`."""


def reverted_edits(change: Change, edits: Sequence[Difference]) -> str:
    """One sentence for each person and time; the plan reverts the edits."""
    return ". ".join(
        f"{_who(group)} {joined(_edits(change, group))}{_when(group)}; git {_restores(group)}"
        for group in _by_author(edits)
    )


def lost_edits(change: Change, edits: Sequence[Difference]) -> str:
    """One sentence for each person and time; the plan deletes the resource with the edits."""
    return ". ".join(
        f"{_who(group)} {joined(_edits(change, group))}{_when(group)}"
        for group in _by_author(edits)
    )


def _by_author(edits: Iterable[Difference]) -> Iterable[list[Difference]]:
    groups: dict[tuple[str, str], list[Difference]] = {}
    for edit in edits:
        groups.setdefault((edit.by, edit.at), []).append(edit)
    return groups.values()


def _who(edits: Sequence[Difference]) -> str:
    return edits[0].by or "somebody"


def _when(edits: Sequence[Difference]) -> str:
    return f" on {edits[0].at}" if edits[0].at else ""


def _edits(change: Change, edits: Sequence[Difference]) -> list[str]:
    """`added 1 member (pia)`, `changed icon from soup to pizza`."""
    noun = "member" if KINDS[change.kind].life is Life.ORDERED_LIST else "entry"
    plural = "members" if noun == "member" else "entries"
    phrases: list[str] = []
    for phrase, names in (("took out", _taken_out(edits)), ("added", _added(edits))):
        if names:
            phrases.append(f"{phrase} {counted(len(names), noun, plural)} ({some(names)})")
    if any(_is_order(edit) for edit in edits):
        phrases.append(f"moved {plural}")
    fields = [edit for edit in edits if not _is_entry(edit) and not _is_order(edit)]
    if fields:
        phrases.append(f"changed {some((_field(change, edit) for edit in fields), _FIELDS)}")
    return phrases


def _field(change: Change, edit: Difference) -> str:
    """`icon from soup to pizza`; the path alone for customers and long texts."""
    values = edit.base, edit.before
    if KINDS[change.kind].is_personal or any(map(_is_long, values)):
        return _path(edit)
    was, now = (value_in_words(edit, value) for value in values)
    return f"{_path(edit)} from {was} to {now}"


def _path(edit: Difference) -> str:
    """`icon`, `ana: penalty`."""
    _, *steps = edit.path.steps
    if not steps or not steps[0].is_entry or len(steps) == 1:
        return str(edit.path)
    return f"{steps[0].name}: {'.'.join(step.name for step in steps[1:])}"


def value_in_words(edit: Difference, value: JsonValue) -> str:
    """A value of the edited field in a sentence; `closed` for a day without hours."""
    return "closed" if edit.path.startswith("schedule.") and value == [] else short_value(value)


def _is_long(value: JsonValue) -> bool:
    return isinstance(value, str) and ("\n" in value or len(value) > _LONG_CHARACTERS)


def _is_entry(edit: Difference) -> bool:
    """Whether a whole entry of a list came or went."""
    steps = edit.path.steps
    is_whole = len(steps) == _ENTRY_STEPS and steps[-1].is_entry
    return is_whole and (edit.before is None or edit.after is None)


def _is_order(edit: Difference) -> bool:
    return len(edit.path.steps) == _ENTRY_STEPS and edit.path.endswith(".order")


def _taken_out(edits: Iterable[Difference]) -> list[str]:
    return [edit.path.steps[-1].name for edit in edits if _is_entry(edit) and edit.before is None]


def _added(edits: Iterable[Difference]) -> list[str]:
    return [edit.path.steps[-1].name for edit in edits if _is_entry(edit) and edit.after is None]


def _restores(edits: Sequence[Difference]) -> str:
    """`puts them back`, `changes it back`: what an apply does."""
    it = "it" if len(edits) == 1 else "them"
    entries = [edit for edit in edits if _is_entry(edit)]
    if len(entries) == len(edits):
        if len(_taken_out(edits)) == len(edits):
            return f"puts {it} back"
        if len(_added(edits)) == len(edits):
            return f"takes {it} out again"
    return f"changes {it} back"

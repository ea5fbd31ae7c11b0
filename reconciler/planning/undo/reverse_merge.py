"""The reverse of a change, merged into the fields of now: later changes elsewhere stay.

A three-way merge. What changed from `before` to `after` gets its value from `before`, in the fields
of `now`. Lists of objects merge entry by entry by their key, and later entries stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from pydantic import JsonValue

from reconciler.kinds.absent import Absent, OptionalValue
from reconciler.kinds.base import Fields, Kind
from reconciler.planning.change import Tracking
from reconciler.planning.three_way import Field
from reconciler.planning.undo.run_effects import RunEffect
from reconciler.state.ledger import LedgerEntry

_Names: TypeAlias = Mapping[str, object]


def reverse_merge(kind: Kind, *, before: Fields, after: Fields, now: Fields) -> Fields:
    """`now`, with the values of `before` for everything that changed from `before` to `after`."""
    merged = _merged(Field(kind, "", (before, after, now)))
    return merged if isinstance(merged, dict) else now


def reverse_tracking(effect: RunEffect, entry: LedgerEntry | None) -> Tracking | None:
    """What the ledger records after the undo; None leaves its record unchanged.

    Later records of other fields stay. A resource that was forgotten since stays forgotten.
    """
    before, after = effect.tracked_before, effect.tracked_after
    if before is None:
        return None
    if entry is None:
        return before if after is None else None
    if after is None:
        return None
    fields = reverse_merge(effect.kind, before=before.fields, after=after.fields, now=entry.fields)
    return Tracking(
        form=before.form if entry.form == after.form else entry.form,
        fields=fields,
        protect=before.protect if entry.protect == after.protect else entry.protect,
        on_remove=before.on_remove if entry.on_remove == after.on_remove else entry.on_remove,
    )


def _merged(field: Field) -> OptionalValue:
    before, after, now = field.values
    if before == after:
        return now
    if now == after:
        return before
    parts = field.parts(field.values)
    if parts is None:
        return before
    found: Fields = {}
    for name, part in parts.fields.items():
        value = _merged(part)
        if not isinstance(value, Absent):
            found[name] = value
    return _in_order(found, *parts.lists) if parts.lists else found


def _in_order(found: Fields, before: _Names, after: _Names, now: _Names) -> list[JsonValue]:
    """The entries in the order of now; in the order of before when the run changed the order."""
    moved = [name for name in before if name in after] != [name for name in after if name in before]
    first, second = (before, now) if moved else (now, before)
    return [found[name] for name in _order(found, list(first), list(second))]


def _order(
    names: Mapping[str, JsonValue], first: Sequence[str], second: Sequence[str]
) -> list[str]:
    """The names in the order of `first`; each other name follows its predecessor in `second`."""
    ordered = [name for name in first if name in names]
    placed = set(ordered)
    at = 0
    for name in second:
        if name in placed:
            at = ordered.index(name) + 1
        elif name in names:
            ordered.insert(at, name)
            placed.add(name)
            at += 1
    return ordered

"""The reverse of a change, merged into the fields of now: later changes elsewhere stay.

A three-way merge. What changed from `before` to `after` gets its value from `before`, in the fields
of `now`. Lists of objects merge entry by entry by their key, and later entries stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from reconciler.kinds.absent import ABSENT, Absent, OptionalValue
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.keyed_lists import entries_by_identity
from reconciler.planning.change import Tracking
from reconciler.planning.undo.run_effects import RunEffect
from reconciler.state.ledger import LedgerEntry


def reverse_merge(kind: Kind, *, before: Fields, after: Fields, now: Fields) -> Fields:
    """`now`, with the values of `before` for everything that changed from `before` to `after`."""
    return _Merge(kind.keyed_lists).objects("", before, after, now)


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


_ByName: TypeAlias = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class _Merge:
    keyed_lists: Mapping[str, str]

    def values(
        self, path: str, before: OptionalValue, after: OptionalValue, now: OptionalValue
    ) -> OptionalValue:
        if before == after:
            return now
        if now == after:
            return before
        if isinstance(before, dict) and isinstance(after, dict) and isinstance(now, dict):
            return self.objects(path, before, after, now)
        key = self.keyed_lists.get(path)
        if (
            key is not None
            and isinstance(before, list)
            and isinstance(after, list)
            and isinstance(now, list)
        ):
            return self._lists(
                path,
                entries_by_identity(before, key),
                entries_by_identity(after, key),
                entries_by_identity(now, key),
            )
        return before

    def objects(self, path: str, before: _ByName, after: _ByName, now: _ByName) -> Fields:
        """The merge of three objects, field by field."""
        return self._by_name(lambda name: f"{path}.{name}" if path else name, before, after, now)

    def _lists(self, path: str, before: _ByName, after: _ByName, now: _ByName) -> list[JsonValue]:
        """The merge of three lists, whose entries are by identity."""
        found = self._by_name(lambda _: path, before, after, now)
        moved = [n for n in before if n in after] != [n for n in after if n in before]
        first, second = (before, now) if moved else (now, before)
        return [found[name] for name in _order(found, list(first), list(second))]

    def _by_name(
        self, path_of: Callable[[str], str], before: _ByName, after: _ByName, now: _ByName
    ) -> Fields:
        found: Fields = {}
        for name in dict.fromkeys([*now, *before]):
            sides = (side.get(name, ABSENT) for side in (before, after, now))
            value = self.values(path_of(name), *sides)
            if not isinstance(value, Absent):
                found[name] = value
        return found


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

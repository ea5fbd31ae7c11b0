"""The three-way difference of one resource: before, after, and last applied.

Lists of objects are compared by their key, never by position. A change of order is one difference,
`….order`. Paths are as people write them: `members[ana].penalty`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from reconciler.kinds.absent import ABSENT, OptionalValue, null_if_absent
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.field_path import FieldPath
from reconciler.kinds.keyed_lists import Entry, entries_by_identity
from reconciler.planning.change import Difference, Origin


@dataclass(frozen=True, slots=True)
class _Sides:
    """The values of one field: `base` decides who changed it, `applied` is shown."""

    before: OptionalValue
    after: OptionalValue
    base: OptionalValue
    applied: OptionalValue

    def field(self, name: str) -> _Sides:
        """The values of one field of an object."""
        return _Sides(*(_field(side, name) for side in self._all()))

    def entries(self, key: str) -> tuple[dict[str, Entry], ...]:
        """The entries of each side's list, by identity."""
        return tuple(entries_by_identity(side, key) for side in self._all())

    def _all(self) -> tuple[OptionalValue, ...]:
        return self.before, self.after, self.base, self.applied


@dataclass(frozen=True, slots=True)
class _Comparison:
    keyed_lists: Mapping[str, str]
    owned: bool

    def walk(self, path: str, shape: str, sides: _Sides) -> Iterator[Difference]:
        before, after = sides.before, sides.after
        if before == after:
            return
        if isinstance(before, dict) and isinstance(after, dict):
            for name in dict.fromkeys([*before, *after]):
                yield from self.walk(_below(path, name), _below(shape, name), sides.field(name))
            return
        key = self.keyed_lists.get(shape)
        if key is not None and isinstance(before, list) and isinstance(after, list):
            yield from self._walk_list(path, shape, key, sides)
            return
        origin = self._origin(before, after, sides.base)
        yield Difference(
            FieldPath(path),
            null_if_absent(before),
            null_if_absent(after),
            origin,
            base=null_if_absent(sides.applied),
        )

    def _walk_list(self, path: str, shape: str, key: str, sides: _Sides) -> Iterator[Difference]:
        old, new, base, applied = sides.entries(key)
        for name in dict.fromkeys([*old, *new]):
            label = _label(new.get(name, old.get(name)), key)
            entry = _Sides(*(side.get(name, ABSENT) for side in (old, new, base, applied)))
            yield from self.walk(f"{path}[{label}]", shape, entry)
        yield from self._order(path, key, old, new, base)

    def _order(
        self,
        path: str,
        key: str,
        old: Mapping[str, JsonValue],
        new: Mapping[str, JsonValue],
        base: Mapping[str, JsonValue],
    ) -> Iterator[Difference]:
        were = [name for name in old if name in new]
        will = [name for name in new if name in old]
        if were == will:
            return
        based = [name for name in base if name in old and name in new]
        is_known = len(based) == len(were)
        yield Difference(
            FieldPath(f"{path}.order"),
            [_label(old[name], key) for name in were],
            [_label(new[name], key) for name in will],
            self._origin(were, will, based if is_known else were),
            base=[_label(old[name], key) for name in based] if is_known else None,
        )

    def _origin(self, before: object, after: object, base: object) -> Origin:
        if not self.owned:
            return Origin.UNOWNED
        if after == base:
            return Origin.PLATFORM
        return Origin.GIT if before == base else Origin.BOTH


def _field(value: OptionalValue, name: str) -> OptionalValue:
    """A field of an object. A single word for the object (`always`) counts for each field."""
    return value.get(name, ABSENT) if isinstance(value, dict) else value


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _label(entry: JsonValue, key: str) -> str:
    return str(entry[key]) if isinstance(entry, dict) else ""


def differences(
    kind: Kind,
    before: Fields,
    after: Fields,
    base: Fields | None,
    *,
    applied: Fields | None = None,
) -> tuple[Difference, ...]:
    """What changes from `before` to `after`, and who changed it.

    `base` has the complete fields as if nobody had changed what was last applied
    (`merge.without_drift`), None when nobody managed the resource. Differences show the values of
    `applied`, the ledger's fields; by default those of `base`.
    """
    shown = base if applied is None else applied
    sides = _Sides(
        before, after, ABSENT if base is None else base, ABSENT if shown is None else shown
    )
    return tuple(_Comparison(kind.keyed_lists, owned=base is not None).walk("", "", sides))

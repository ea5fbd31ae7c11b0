"""The values of one field side by side: live, desired, last applied, before and after a run.

`Field.parts` aligns them one level down: objects by field name, lists of objects by the identity of
their entries, never by position. Paths are as people write them: `members[ana].penalty`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.kinds.absent import ABSENT, OptionalValue
from reconciler.kinds.base import Kind
from reconciler.kinds.keyed_lists import Entry, entries_by_identity


@dataclass(frozen=True, slots=True)
class Field:
    """The values of one field, or of all fields of a resource."""

    kind: Kind
    path: str
    values: tuple[OptionalValue, ...]
    _shape: str = ""
    """The path without names of entries."""

    def parts(self, structured: Iterable[OptionalValue]) -> Parts | None:
        """The fields or entries below, None unless `structured` are all objects or all lists.

        An object may be a single word on another side (`always`): it counts for each field. An
        entry's label has the spelling of the first side that has the entry.
        """
        known = tuple(structured)
        if all(isinstance(value, dict) for value in known):
            sides = [value for value in self.values if isinstance(value, dict)]
            names = dict.fromkeys(name for side in sides for name in side)
            return Parts({name: self.field(name) for name in names})
        key = self.kind.keyed_lists.get(self._shape)
        if key is None or not all(isinstance(value, list) for value in known):
            return None
        lists = tuple(entries_by_identity(value, key) for value in self.values)
        fields: dict[str, Field] = {}
        for name in dict.fromkeys(name for side in lists for name in side):
            values = tuple(side.get(name, ABSENT) for side in lists)
            label = next(side[name][key] for side in lists if name in side)
            fields[name] = Field(self.kind, f"{self.path}[{label}]", values, self._shape)
        return Parts(fields, lists, key)

    def field(self, name: str) -> Field:
        """One field of an object."""
        path = f"{self.path}.{name}" if self.path else name
        shape = f"{self._shape}.{name}" if self._shape else name
        return Field(self.kind, path, tuple(_value(side, name) for side in self.values), shape)


@dataclass(frozen=True, slots=True)
class Parts:
    """The fields of an object by name, or the entries of a list by identity."""

    fields: Mapping[str, Field]
    lists: tuple[Mapping[str, Entry], ...] = ()
    """The entries of each side's list, in its order; empty for an object."""
    key: str = ""
    """The field that identifies an entry."""


def _value(side: OptionalValue, name: str) -> OptionalValue:
    return side.get(name, ABSENT) if isinstance(side, dict) else side

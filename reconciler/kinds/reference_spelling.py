"""Changes how references are spelled, and nothing else in the fields.

The platform ignores case in references and keeps their spelling, so each spelling means the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind, Reference, no_references


def with_spelling(
    kind: Kind, address: Address, fields: Fields, right: Callable[[Reference], str]
) -> Fields:
    """The fields with each reference as `right` spells it; the same object when nothing changes."""
    if kind.references is no_references:
        return fields
    result = fields
    for reference in kind.references(address, fields):
        name = right(reference)
        if name != reference.name:
            field = reference.field
            key = kind.keyed_lists.get(field)
            result = {**result, field: _renamed(result[field], key, reference.name, name)}
    return result


def with_spelling_of(kind: Kind, address: Address, fields: Fields, current: Fields) -> Fields:
    """The fields with each reference spelled as in the same field of `current`."""
    known: Mapping[tuple[str, str], str] = {
        (reference.field, identity(reference.name)): reference.name
        for reference in kind.references(address, current)
    }

    def right(reference: Reference) -> str:
        return known.get((reference.field, identity(reference.name)), reference.name)

    return with_spelling(kind, address, fields, right)


def _renamed(value: JsonValue, key: str | None, old: str, new: str) -> JsonValue:
    if not isinstance(value, list):
        return new
    if key is None:
        return [new if item == old else item for item in value]
    return [
        {**item, key: new} if isinstance(item, dict) and item.get(key) == old else item
        for item in value
    ]

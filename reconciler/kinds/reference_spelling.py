"""References written in another spelling: the same fields with other names in them.

The platform compares names folded and keeps them as written, so a reference means the same in any
case. Which spelling is right is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind, Reference, no_references


def with_spelling(
    kind: Kind, address: Address, fields: Fields, right: Callable[[Reference], str]
) -> Fields:
    """The fields with each reference as `right` spells it; the same object where all are so."""
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
    """The fields with each reference as `current` spells it in the same field, if it has it."""
    known: Mapping[tuple[str, str], str] = {
        (one.field, identity(one.name)): one.name for one in kind.references(address, current)
    }
    return with_spelling(
        kind, address, fields, lambda one: known.get((one.field, identity(one.name)), one.name)
    )


def _renamed(value: JsonValue, key: str | None, old: str, new: str) -> JsonValue:
    if not isinstance(value, list):
        return new
    if key is None:
        return [new if item == old else item for item in value]
    return [
        {**item, key: new} if isinstance(item, dict) and item.get(key) == old else item
        for item in value
    ]

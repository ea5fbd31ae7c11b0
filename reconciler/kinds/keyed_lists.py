"""Lists of objects that are known by one field, such as members by their user."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields, Kind

Entry = dict[str, JsonValue]


def entries(value: object, key: str) -> Iterator[tuple[str, Entry]]:
    """Each object of a list, after its name (the text of `key`); nothing for other values."""
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict) and key in entry:
            yield str(entry[key]), entry


def entries_by_identity(value: object, key: str) -> dict[str, Entry]:
    """The objects of a list by the identity of their names, in order."""
    return {identity(name): entry for name, entry in entries(value, key)}


def listed_names(kind: Kind, fields: Fields | None) -> dict[str, str]:
    """The names in a resource that is one ordered list, by identity."""
    listed = entries((fields or {}).get(kind.list_field), kind.list_key)
    return {identity(name): name for name, _ in listed}

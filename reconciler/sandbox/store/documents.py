"""A resource's flat JSON: identity, complete writable fields, and server metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from pydantic import JsonValue

from reconciler.kinds.address import Address, name_of
from reconciler.kinds.base import Fields, Kind, Life
from reconciler.kinds.registry import KINDS
from reconciler.sandbox.store.session import Stored


def kind_of(stored: Stored) -> Kind:
    """The kind of a stored resource. Raises KeyError for directory entries such as users."""
    kind = KINDS.of_collection(stored.collection.rpartition("/")[2])
    if kind is None:
        raise KeyError(stored.collection)
    return kind


def etag_of(fields: Mapping[str, JsonValue]) -> str:
    """The ETag of the writable fields."""
    text = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    return f'"{blake2b(text, digest_size=12).hexdigest()}"'


def fields_of(kind: Kind, document: Mapping[str, Any]) -> Fields:
    """The writable fields of a resource's JSON."""
    return {name: document[name] for name in kind.field_names(document["address"])}


def identity_of(kind: Kind, address: Address) -> Fields:
    """The identity field with the resource's name; empty for kinds without one."""
    return {kind.identity: name_of(address)} if kind.identity else {}


def row_of(
    kind: Kind,
    address: Address,
    campaign: str | None,
    fields: Fields,
    *,
    created: str,
    updated: str,
    by: str,
) -> dict[str, Any]:
    """The database row of a resource."""
    document = {
        "address": address,
        **identity_of(kind, address),
        **fields,
        "etag": etag_of(fields),
        "created_at": created,
        "updated_at": updated,
        "updated_by": by,
    }
    return {
        "address": address,
        "collection": kind.collection if campaign is None else f"campaigns/-/{kind.collection}",
        "campaign": campaign,
        "size": size_of(kind, fields),
        "body": orjson.dumps(document),
    }


def size_of(kind: Kind, fields: Mapping[str, JsonValue]) -> int:
    """The number of entries of a list resource; 0 for other kinds."""
    entries = fields.get(kind.collection) if kind.life is Life.ORDERED_LIST else None
    return len(entries) if isinstance(entries, list) else 0


def merged(target: JsonValue, patch: JsonValue, whole: Iterable[str] = ()) -> JsonValue:
    """Apply a JSON Merge Patch (RFC 7396), but replace the top-level members in `whole`."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif name in whole:
            result[name] = value
        else:
            result[name] = merged(result.get(name), value)
    return result

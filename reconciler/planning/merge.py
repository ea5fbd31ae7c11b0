"""Declared fields merged over live fields: the complete fields that a resource will have.

Fields that nobody declares stay unchanged. Objects merge field by field, and lists of objects
entry by entry by their key; everything else is replaced. None clears a field; inside a map of texts
it removes the entry. `{}` and `[]` empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue, ValidationError

from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields, Kind, Life
from reconciler.kinds.keyed_lists import entries, entries_by_identity
from reconciler.kinds.reference_spelling import with_spelling_of
from reconciler.manifests.desired import DesiredResource


def managed_fields(wanted: DesiredResource, *, creating: bool) -> Fields:
    """The declared fields to apply: fields in `ignore` apply only when it is created."""
    if creating or not wanted.lifecycle.ignore:
        return wanted.fields
    return {k: v for k, v in wanted.fields.items() if k not in wanted.lifecycle.ignore}


def merge_fields(wanted: DesiredResource, current: Fields, managed: Fields) -> Fields:
    """`current` with `managed` merged over it, not yet validated.

    A reference that differs from the current one only in case keeps its current spelling: it means
    the same resource.
    """
    if wanted.kind.life is Life.ORDERED_LIST:
        result = _merged_list(wanted, current, managed)
    else:
        result = dict(current)
        for name, value in managed.items():
            result[name] = _merge_value(wanted.kind, name, result.get(name), value)
    if not current or result == current:
        return result
    return with_spelling_of(wanted.kind, wanted.address, result, current)


def without_drift(wanted: DesiredResource, current: Fields, applied: Fields) -> Fields:
    """`current` as it would be if nobody had changed the fields last applied; complete.

    The ledger has only the fields declared then. It does not record what a `remove:` removed, so
    that counts as nothing.
    """
    then = wanted if wanted.removes is None else replace(wanted, removes=())
    return merge_complete(then, current, applied)


def merge_complete(wanted: DesiredResource, current: Fields, declared: Fields) -> Fields:
    """`current` with `declared` merged over it; completed if the two are valid together."""
    fields = without_nulls(merge_fields(wanted, current, declared), declared)
    try:
        return wanted.kind.with_defaults(wanted.address, fields)
    except ValidationError:
        return fields


def _merge_value(kind: Kind, path: str, current: JsonValue, wanted: JsonValue) -> JsonValue:
    if isinstance(wanted, dict) and wanted and path not in kind.replaced_whole:
        return _merge_object(kind, path, current if isinstance(current, dict) else {}, wanted)
    key = kind.keyed_lists.get(path)
    if key is not None and isinstance(wanted, list):
        return _merge_keyed(kind, path, key, current if isinstance(current, list) else [], wanted)
    return wanted


def _merge_object(
    kind: Kind, path: str, current: dict[str, JsonValue], wanted: dict[str, JsonValue]
) -> JsonValue:
    result = dict(current)
    for name, value in wanted.items():
        result[name] = _merge_value(kind, f"{path}.{name}", current.get(name), value)
    return result


def _merge_keyed(
    kind: Kind, path: str, key: str, current: list[JsonValue], wanted: list[JsonValue]
) -> JsonValue:
    known = entries_by_identity(current, key)
    result: list[JsonValue] = []
    for name, entry in entries(wanted, key):
        old = known.get(identity(name), {})
        result.append(_merge_object(kind, path, old, entry))
    return result


def _merged_list(wanted: DesiredResource, current: Fields, managed: Fields) -> Fields:
    if wanted.removes is None:
        return {
            name: _merge_value(wanted.kind, name, current.get(name), managed[name])
            for name in managed
        } or dict(current)
    name, key = wanted.kind.list_field, wanted.kind.list_key
    if name in wanted.lifecycle.ignore and name not in managed:
        return dict(current)
    gone = {identity(user) for user in wanted.removes}
    there = current.get(name)
    kept = [(who, entry) for who, entry in entries(there, key) if identity(who) not in gone]
    ensured = entries_by_identity(managed.get(name), key)
    result: list[JsonValue] = [
        _merge_object(wanted.kind, name, entry, ensured.pop(identity(who), {}))
        for who, entry in kept
    ]
    result.extend(ensured.values())
    return {name: result}


def without_nulls(fields: Mapping[str, JsonValue], cleared: Mapping[str, JsonValue]) -> Fields:
    """`fields` without the map entries that `cleared` sets to None; nullable fields keep None.

    Models define which fields may be null; a map of texts (`welcome`) cannot have a null.
    """
    result = dict(fields)
    for name, value in cleared.items():
        inner = result.get(name)
        if isinstance(value, dict) and isinstance(inner, dict):
            result[name] = {
                k: v for k, v in inner.items() if not (v is None and value.get(k, "") is None)
            }
    return result

"""A cache of fields in normal form: a story validates the same few values many times.

All platforms of a process share the cached dictionaries, so no code may change them.
`Platform.assert_untouched` checks that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import orjson
from pydantic import JsonValue, ValidationError

from reconciler.kinds.address import Address, name_of
from reconciler.kinds.base import Fields, Kind, Reference
from reconciler.kinds.name_lists import without_name
from reconciler.kinds.registry import AddressParts, parse_address

_MOST_FORMS = 100_000


class Refused(Exception):
    """The platform refused an operation; the operation changed nothing."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status, self.code, self.detail = status, code, detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Form:
    """Complete fields in normal form, and their ETag."""

    fields: Fields
    etag: str


_forms: dict[tuple[str, str, bytes], Form | Refused] = {}


def complete(kind: Kind, address: Address, given: Fields) -> Form:
    """The fields in complete normal form. Raises Refused (422)."""
    key = (kind.name, name_of(address) if len(kind.bodies) > 1 else "", orjson.dumps(given))
    form = _forms.get(key)
    if form is None:
        if len(_forms) >= _MOST_FORMS:
            _forms.clear()
        form = _forms[key] = _validated(kind, address, given)
    if isinstance(form, Refused):
        raise form.with_traceback(None)
    return form


def _validated(kind: Kind, address: Address, given: Fields) -> Form | Refused:
    try:
        return form_of(kind.with_defaults(address, given))
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_url=False, include_context=False)
        ]
        return Refused(422, "invalid", "; ".join(wrong))


def form_of(fields: Fields) -> Form:
    """The form of fields that are already in normal form."""
    return Form(fields, etag_of(fields))


def etag_of(fields: Fields) -> str:
    """The ETag of the writable fields."""
    text = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    return f'"{blake2b(text, digest_size=8).hexdigest()}"'


def merged(target: Fields, patch: Mapping[str, JsonValue], whole: Iterable[str] = ()) -> Fields:
    """Apply a JSON Merge Patch (RFC 7396), but replace the top-level members in `whole`."""
    result = dict(target)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif name in whole or not isinstance(value, dict):
            result[name] = value
        else:
            old = result.get(name)
            result[name] = merged(old if isinstance(old, dict) else {}, value)
    return result


def without(fields: Fields, reference: Reference) -> Fields:
    """The fields without one reference."""
    field = reference.field
    return {**fields, field: without_name(fields[field], reference.name)}


@lru_cache(maxsize=65536)
def place(address: str) -> AddressParts:
    """Parse an address. Raises ValueError."""
    return parse_address(address)

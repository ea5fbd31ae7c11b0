"""Handles: names for customers that do not reveal who they are.

`blacklist/~k7f2q9xw` is an HMAC-SHA256 of an entry's identity with the key of the state store. It
is stable, and every command accepts it in place of the address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

from reconciler.errors import UsageError
from reconciler.kinds.address import Address, collection_of, identity, parent_of
from reconciler.kinds.registry import is_personal

_LENGTH = 8
_MARK = "~"
_HANDLE = re.compile(rf"{_MARK}[a-z2-7]{{{_LENGTH}}}", re.IGNORECASE)


def handle_of(key: bytes, address: str) -> str:
    """The handle of a personal address; any other address unchanged."""
    if not is_personal(address) or is_handle(address):
        return address
    digest = hmac.digest(key, identity(address).encode(), hashlib.sha256)
    text = base64.b32encode(digest).decode().lower()[:_LENGTH]
    return f"{collection_of(address)}/{_MARK}{text}"


def is_handle(address: str) -> bool:
    """Whether the text is a handle of a personal collection."""
    tail = address.rpartition("/")[2]
    return _HANDLE.fullmatch(tail) is not None and is_personal(address)


def resolve_handle(key: bytes, text: str, known: Iterable[str]) -> Address:
    """The address of a handle; an address unchanged. Raises UsageError for an unknown handle."""
    if not is_handle(text):
        return Address(text)
    folder, wanted = identity(parent_of(text)), identity(text)
    for address in known:
        if identity(parent_of(address)) == folder and identity(handle_of(key, address)) == wanted:
            return Address(address)
    raise UsageError(f"no known resource has the handle {text}")

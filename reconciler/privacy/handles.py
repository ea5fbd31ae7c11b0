"""Handles: how a customer is named where personal data must not show.

`blacklist/~k7f2q9xw` stands for one entry: an HMAC-SHA256 of the address's identity under the
state store's key, so it is stable, says nothing, and is accepted wherever an address is.
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
    """The handle of a personal address; any other address as it is."""
    if not is_personal(address) or is_handle(address):
        return address
    digest = hmac.digest(key, identity(address).encode(), hashlib.sha256)
    text = base64.b32encode(digest).decode().lower()[:_LENGTH]
    return f"{collection_of(address)}/{_MARK}{text}"


def is_handle(address: str) -> bool:
    """Whether it is a handle rather than an address."""
    tail = address.rpartition("/")[2]
    return _HANDLE.fullmatch(tail) is not None and is_personal(address)


def resolve(key: bytes, text: str, known: Iterable[str]) -> Address:
    """The address that `text` means, be it one already. Raises UsageError for an unknown handle."""
    if not is_handle(text):
        return Address(text)
    folder, wanted = identity(parent_of(text)), identity(text)
    for address in known:
        if identity(parent_of(address)) == folder and identity(handle_of(key, address)) == wanted:
            return Address(address)
    raise UsageError(f"the handle {text} stands for nothing that is known here")

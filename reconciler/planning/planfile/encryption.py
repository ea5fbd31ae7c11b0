"""Encrypted plan files: a stored artifact does not show the people in a plan.

AES-256-GCM with a key that scrypt derives from RECONCILER_PLAN_KEY and a new salt for each file.
The file is JSON. Its `key` distinguishes a wrong key from a changed file. The plan file itself is
encrypted, so digest and signature stay the same.
"""

from __future__ import annotations

import base64
import binascii
import os
from functools import lru_cache
from typing import TypeGuard

import orjson

from reconciler.errors import PlanUnreadable, UsageError

KEY_VARIABLE = "RECONCILER_PLAN_KEY"
_VERSION = 1
_MIN_KEY_CHARACTERS = 16
_SALT_BYTES = 16
_NONCE_BYTES = 12
_KEY_BYTES = 32
_CHECK_BYTES = 8
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**15, 8, 1
_HEAD = b'{"sealed":'


def is_encrypted(data: bytes) -> bool:
    """Whether a file is encrypted, from its first bytes."""
    return data.startswith(_HEAD)


def encrypt(data: bytes, key: str) -> bytes:
    """The encrypted bytes. Raises UsageError for a key that is too short."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(key) < _MIN_KEY_CHARACTERS:
        raise UsageError(
            f"{KEY_VARIABLE} is {'too short' if key else 'empty'}, so nothing was written: use "
            f"{_MIN_KEY_CHARACTERS} characters or more, for example from `openssl rand -base64 32`"
        )
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    secret, check = _derived(key, salt)
    return _layout(salt, check, nonce, AESGCM(secret).encrypt(nonce, data, _context(salt, check)))


def decrypt(data: bytes, key: str | None, *, name: str) -> bytes:
    """The decrypted bytes.

    Raises PlanUnreadable for a missing key, a wrong key, and a changed file, each with its own
    message; `name` is for the message.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, check, nonce, ciphertext = _parts(data, name)
    if not key:
        raise PlanUnreadable(
            f"{name} is encrypted",
            next_step=f"set {KEY_VARIABLE} to the key it was written with",
        )
    secret, expected = _derived(key, salt)
    if check != expected:
        raise PlanUnreadable(
            f"{name} is encrypted with another key than {KEY_VARIABLE}, or its head was edited"
        )
    try:
        return AESGCM(secret).decrypt(nonce, ciphertext, _context(salt, check))
    except InvalidTag as error:
        raise _edited(name) from error


def _layout(salt: bytes, check: bytes, nonce: bytes, ciphertext: bytes) -> bytes:
    parts = {"key": check, "salt": salt, "nonce": nonce, "data": ciphertext}
    texts = {name: base64.b64encode(part).decode() for name, part in parts.items()}
    return orjson.dumps({"sealed": _VERSION, **texts}, option=orjson.OPT_APPEND_NEWLINE)


def _parts(data: bytes, name: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Salt, key check, nonce and encrypted bytes; any other layout is refused."""
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise PlanUnreadable(f"{name} is encrypted, and incomplete or edited: {error}") from error
    version = raw.get("sealed")
    if isinstance(version, int) and version != _VERSION:
        raise PlanUnreadable(
            f"{name} is encrypted in format {version}, and this version reads {_VERSION}"
        )
    texts = [raw.get(part) for part in ("salt", "key", "nonce", "data")]
    if not _are_texts(texts):
        raise _edited(name)
    try:
        salt, check, nonce, ciphertext = (base64.b64decode(text, validate=True) for text in texts)
    except (binascii.Error, ValueError) as error:
        raise _edited(name) from error
    if len(nonce) != _NONCE_BYTES or _layout(salt, check, nonce, ciphertext) != data:
        raise _edited(name)
    return salt, check, nonce, ciphertext


def _are_texts(values: list[object]) -> TypeGuard[list[str]]:
    return all(isinstance(value, str) for value in values)


def _context(salt: bytes, check: bytes) -> bytes:
    return b"reconciler sealed plan %d\n" % _VERSION + salt + check


@lru_cache(maxsize=4)
def _derived(key: str, salt: bytes) -> tuple[bytes, bytes]:
    """The cipher's key, and the bytes that identify it."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    length = _KEY_BYTES + _CHECK_BYTES
    scrypt = Scrypt(salt=salt, length=length, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
    derived = scrypt.derive(key.encode())
    return derived[:_KEY_BYTES], derived[_KEY_BYTES:]


def _edited(name: str) -> PlanUnreadable:
    return PlanUnreadable(f"{name} is encrypted, and was edited after it was written")

"""The key that masks of personal data are made with: drawn once for a store, the same for all."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from reconciler.state.ledger_rows import insert_or
from reconciler.state.tables import mask_keys

_NAME = "personal-data"
_KEY_BYTES = 32


def draw() -> bytes:
    """A new key."""
    return secrets.token_bytes(_KEY_BYTES)


def find(connection: Connection) -> bytes | None:
    """The store's key, None where none was drawn yet."""
    secret = connection.execute(
        select(mask_keys.c.secret).where(mask_keys.c.name == _NAME)
    ).scalar()
    return None if secret is None else bytes(secret)


def keep(connection: Connection, secret: bytes) -> bytes:
    """Stores a key unless somebody was first; the one that counts."""
    connection.execute(
        insert_or(connection, mask_keys).values(name=_NAME, secret=secret).on_conflict_do_nothing()
    )
    return find(connection) or secret

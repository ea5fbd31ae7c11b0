"""The keys of a store, by name: each drawn once, and the same for all who use the store.

`MASKS` is what masks of personal data are made with, `PLAN_FILES` what plan files are
authenticated with.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from reconciler.state.sql.ledger_rows import insert_or
from reconciler.state.sql.tables import mask_keys

MASKS = "personal-data"
PLAN_FILES = "plan-files"
_KEY_BYTES = 32


def draw() -> bytes:
    """A new key."""
    return secrets.token_bytes(_KEY_BYTES)


def find(connection: Connection, name: str) -> bytes | None:
    """The store's key of a name, None where none was drawn yet."""
    secret = connection.execute(select(mask_keys.c.secret).where(mask_keys.c.name == name)).scalar()
    return None if secret is None else bytes(secret)


def keep(connection: Connection, name: str, secret: bytes) -> bytes:
    """Stores a key unless somebody was first; the one that counts."""
    connection.execute(
        insert_or(connection, mask_keys).values(name=name, secret=secret).on_conflict_do_nothing()
    )
    return find(connection, name) or secret

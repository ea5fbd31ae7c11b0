"""The secret keys of a state, by name; each is drawn once and shared by all users of the state.

`MASKS` makes the masks of personal data. `PLAN_FILES` authenticates plan files.
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
    """A new random key."""
    return secrets.token_bytes(_KEY_BYTES)


def find(connection: Connection, name: str) -> bytes | None:
    """The key with a name; None before one was drawn."""
    secret = connection.execute(select(mask_keys.c.secret).where(mask_keys.c.name == name)).scalar()
    return None if secret is None else bytes(secret)


def keep(connection: Connection, name: str, secret: bytes) -> bytes:
    """Store a key unless one is stored already; returns the stored key."""
    connection.execute(
        insert_or(connection, mask_keys).values(name=name, secret=secret).on_conflict_do_nothing()
    )
    return find(connection, name) or secret

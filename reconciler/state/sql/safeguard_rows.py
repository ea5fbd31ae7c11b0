"""Safeguards in the database: a JSON text with each ledger, written when a run ends."""

from __future__ import annotations

from functools import lru_cache

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, select, update

from reconciler.state.keys import LedgerKey
from reconciler.state.safeguards import Safeguards
from reconciler.state.sql.tables import ledgers


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Safeguards]:
    return TypeAdapter(Safeguards)


def in_force(connection: Connection, key: LedgerKey) -> tuple[Safeguards, ...]:
    """The safeguards that the last apply of a ledger recorded.

    A ledger that does not exist yet has those of every other ledger of its platform: a new name
    for the project or the environment must not avoid them.
    """
    rows = connection.execute(
        select(ledgers.c.project, ledgers.c.environment, ledgers.c.safeguards)
        .where(ledgers.c.platform_id == key.platform_id)
        .order_by(ledgers.c.id)
    ).all()
    own = [row for row in rows if (row.project, row.environment) == (key.project, key.environment)]
    return tuple(
        _adapter().validate_json(row.safeguards)
        for row in own or rows
        if row.safeguards is not None
    )


def save(connection: Connection, ledger_id: int, safeguards: Safeguards) -> None:
    """Record the safeguards of the apply that ends now."""
    text = orjson.dumps(safeguards, option=orjson.OPT_SORT_KEYS).decode()
    connection.execute(update(ledgers).where(ledgers.c.id == ledger_id).values(safeguards=text))

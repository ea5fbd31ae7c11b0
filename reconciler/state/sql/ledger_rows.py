"""Ledgers in the database: read them whole, create them once, change them in order."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Table, and_, delete, insert, or_, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ColumnElement

from reconciler.garbage_collection import collector_paused
from reconciler.kinds.address import Address, identity
from reconciler.state.changes import LedgerChange, Rebase, Remove, Upsert
from reconciler.state.keys import LedgerKey
from reconciler.state.ledger import Ledger, LedgerEntry
from reconciler.state.sql import safeguard_rows
from reconciler.state.sql.tables import ledger_entries, ledgers, of_key

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

_WRITTEN = ("address", "kind", "form", "fields", "protect", "on_remove")
"""The columns of an entry with the fields of a `LedgerEntry`, in its order."""


def load(connection: Connection, key: LedgerKey) -> Ledger:
    """The ledger, with what others manage on the platform; empty if it does not exist."""
    foreign = _foreign(connection, key)
    safeguards = safeguard_rows.in_force(connection, key)
    row = connection.execute(
        select(ledgers.c.id, ledgers.c.lineage, ledgers.c.guard_settings).where(
            of_key(ledgers, key)
        )
    ).first()
    if row is None:
        return Ledger(*key, foreign=foreign, safeguards=safeguards)
    return Ledger(
        *key,
        lineage=row.lineage,
        entries=_entries(connection, row.id),
        foreign=foreign,
        guard_settings=orjson.loads(row.guard_settings),
        safeguards=safeguards,
    )


def ensure(connection: Connection, key: LedgerKey) -> tuple[int, str]:
    """The row id and the lineage of a ledger, which is created if missing."""
    connection.execute(
        insert_or(connection, ledgers)
        .values(**key._asdict(), lineage=uuid.uuid4().hex, guard_settings="{}")
        .on_conflict_do_nothing()
    )
    row = connection.execute(
        select(ledgers.c.id, ledgers.c.lineage).where(of_key(ledgers, key))
    ).one()
    return row.id, row.lineage


def save_guard_settings(
    connection: Connection, ledger_id: int, settings: Mapping[str, int]
) -> None:
    """Store the guard settings of the last apply."""
    text = orjson.dumps(dict(settings), option=orjson.OPT_SORT_KEYS).decode()
    connection.execute(update(ledgers).where(ledgers.c.id == ledger_id).values(guard_settings=text))


def change(
    connection: Connection, key: LedgerKey, ledger_id: int, changes: Iterable[LedgerChange]
) -> None:
    """Apply changes in order; neighbours of one type are one statement."""
    for change_type, group in groupby(changes, key=type):
        same = list(group)
        if change_type is Upsert:
            _upsert(
                connection, [_row(key, ledger_id, c.entry) for c in same if isinstance(c, Upsert)]
            )
        elif change_type is Remove:
            gone = [identity(c.address) for c in same if isinstance(c, Remove)]
            _delete(connection, ledger_id, gone)
        else:
            for item in same:
                if isinstance(item, Rebase):
                    _rebase(connection, ledger_id, item)


def other_ledgers(connection: Connection, key: LedgerKey) -> dict[int, str]:
    """The projects of the other ledgers on a platform, by the ledger's row id.

    The key's own project has its environment appended, because its name alone is ambiguous.
    """
    return {
        row.id: row.project if row.project != key.project else f"{row.project} ({row.environment})"
        for row in connection.execute(
            select(ledgers.c.id, ledgers.c.project, ledgers.c.environment)
            .where(ledgers.c.platform_id == key.platform_id)
            .order_by(ledgers.c.id)
        )
        if (row.project, row.environment) != (key.project, key.environment)
    }


def at_or_below(column: ColumnElement[str | None], root: str) -> ColumnElement[bool]:
    """Whether an identity is `root` or an address below it; can use an index."""
    return or_(column == root, and_(column > f"{root}/", column < f"{root}0"))


def insert_or(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert with `on_conflict_…`, which both dialects have in separate classes."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # slow to import, and seldom needed

        return postgresql.insert(table)
    return sqlite.insert(table)


def _entries(connection: Connection, ledger_id: int) -> dict[str, LedgerEntry]:
    query = (
        select(ledger_entries.c.identity, *(ledger_entries.c[name] for name in _WRITTEN))
        .where(ledger_entries.c.ledger_id == ledger_id)
        .order_by(ledger_entries.c.identity)
    )
    loads = orjson.loads
    with collector_paused():
        return {
            key: LedgerEntry(address, kind, form, loads(fields), protect, on_remove)
            for key, address, kind, form, fields, protect, on_remove in connection.execute(query)
        }


def _foreign(connection: Connection, key: LedgerKey) -> dict[str, str]:
    """What other ledgers of the platform manage, by identity."""
    others = other_ledgers(connection, key)
    if not others:
        return {}
    rows = connection.execute(
        select(ledger_entries.c.identity, ledger_entries.c.ledger_id)
        .where(ledger_entries.c.ledger_id.in_(others))
        .order_by(ledger_entries.c.identity)
    )
    return {owned: others[ledger_id] for owned, ledger_id in rows}


def _row(key: LedgerKey, ledger_id: int, entry: LedgerEntry) -> dict[str, object]:
    return {
        **{name: getattr(entry, name) for name in _WRITTEN},
        "fields": orjson.dumps(entry.fields).decode(),
        "ledger_id": ledger_id,
        "platform_id": key.platform_id,
        "identity": identity(entry.address),
    }


def _upsert(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    statement = insert_or(connection, ledger_entries)
    upsert = statement.on_conflict_do_update(
        index_elements=[ledger_entries.c.ledger_id, ledger_entries.c.identity],
        set_={name: statement.excluded[name] for name in _WRITTEN},
    )
    connection.execute(upsert, rows)


def _delete(connection: Connection, ledger_id: int, identities: Sequence[str]) -> None:
    for start in range(0, len(identities), CHUNK):
        connection.execute(
            delete(ledger_entries).where(
                ledger_entries.c.ledger_id == ledger_id,
                ledger_entries.c.identity.in_(identities[start : start + CHUNK]),
            )
        )


def _rebase(connection: Connection, ledger_id: int, rebase: Rebase) -> None:
    moved = _below(connection, ledger_id, rebase.old)
    if not moved:
        return
    dropped = _below(connection, ledger_id, rebase.new)
    _delete(connection, ledger_id, [row["identity"] for row in (*moved, *dropped)])
    for row in moved:
        row["address"] = rebased(row["address"], rebase)
        row["identity"] = identity(row["address"])
    connection.execute(insert(ledger_entries), moved)


def _below(connection: Connection, ledger_id: int, root: str) -> list[dict[str, Any]]:
    query = select(ledger_entries).where(
        ledger_entries.c.ledger_id == ledger_id,
        at_or_below(ledger_entries.c.identity, identity(root)),
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def rebased(address: str, rebase: Rebase) -> Address:
    """The new address of an address at or below the old one.

    It is computed by segments, because case folding can change the length of a name.
    """
    below = address.split("/")[rebase.old.count("/") + 1 :]
    return Address("/".join([rebase.new, *below]))


CHUNK = 500
"""The most values of an IN list, below the limits of both databases."""

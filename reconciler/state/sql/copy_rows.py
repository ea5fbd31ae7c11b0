"""Copy every table of a state into an empty state, and compare the two.

Both transactions lock their tables, so nobody writes while rows are copied. A digest does not
depend on the order of rows: databases sort text in different ways.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, Table, delete, func, insert, select

from reconciler.errors import StateError
from reconciler.state.keys import LedgerKey, utc
from reconciler.state.sql.tables import leases, ledgers, mask_keys, metadata

_CHUNK_ROWS = 500
_DIGEST_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class TableCopy:
    """A copied table: its rows, and the digest that both states have."""

    name: str
    rows: int
    digest: str


def lock(connection: Connection) -> None:
    """Let only this transaction write, for as long as it takes. SQLite has locked already."""
    if connection.dialect.name != "postgresql":
        return
    names = ", ".join(table.name for table in metadata.sorted_tables)
    connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
    connection.exec_driver_sql(
        "SELECT set_config('idle_in_transaction_session_timeout', '0', true)"
    )


def ledger_keys(connection: Connection) -> tuple[LedgerKey, ...]:
    """The keys of all ledgers and leases, sorted."""
    found = {
        LedgerKey(*row)
        for table in (ledgers, leases)
        for row in connection.execute(
            select(table.c.project, table.c.environment, table.c.platform_id)
        )
    }
    return tuple(sorted(found))


def refuse_content(connection: Connection, location: str) -> None:
    """Raise StateError unless a state is empty. Its keys do not count: they are replaced."""
    for table in metadata.sorted_tables:
        if table is not mask_keys and _count(connection, table):
            raise StateError(
                f"the state {location} is not empty: {table.name} has rows. Name an empty database "
                "or a new file; nothing was copied"
            )


def copy_tables(source: Connection, target: Connection) -> tuple[TableCopy, ...]:
    """Copy all rows and compare what was written. Raises StateError when the two differ."""
    target.execute(delete(mask_keys))
    copied = [_copy(table, source, target) for table in metadata.sorted_tables]
    for table, expected in zip(metadata.sorted_tables, copied, strict=True):
        found = _digest_of(table, _rows(target, table))
        if found != expected:
            raise StateError(
                f"the copy of {table.name} differs: {expected.rows:,} rows with digest "
                f"{expected.digest[:16]} were read, {found.rows:,} with {found.digest[:16]} were "
                "written. Nothing was copied"
            )
        _continue_numbers(target, table)
    return tuple(copied)


def _copy(table: Table, source: Connection, target: Connection) -> TableCopy:
    rows, total = 0, 0
    chunk: list[dict[str, object]] = []
    for row in _rows(source, table):
        released = {**row, "held": False} if table is leases else dict(row)
        total += _row_digest(released)
        rows += 1
        chunk.append(released)
        if len(chunk) == _CHUNK_ROWS:
            target.execute(insert(table), chunk)
            chunk = []
    if chunk:
        target.execute(insert(table), chunk)
    return _table_copy(table, rows, total)


def _digest_of(table: Table, rows: Iterator[Mapping[str, object]]) -> TableCopy:
    count, total = 0, 0
    for row in rows:
        count += 1
        total += _row_digest(row)
    return _table_copy(table, count, total)


def _table_copy(table: Table, rows: int, total: int) -> TableCopy:
    return TableCopy(table.name, rows, f"{total % _DIGEST_MODULUS:064x}")


def _rows(connection: Connection, table: Table) -> Iterator[Mapping[str, object]]:
    result = connection.execution_options(yield_per=_CHUNK_ROWS).execute(select(table))
    for row in result.mappings():
        yield {str(name): value for name, value in row.items()}


def _row_digest(row: Mapping[str, object]) -> int:
    canonical = orjson.dumps(
        {name: _plain(value) for name, value in row.items()}, option=orjson.OPT_SORT_KEYS
    )
    return int.from_bytes(hashlib.sha256(canonical).digest(), "big")


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return utc(value).isoformat(timespec="microseconds")
    return value


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after the copied ones, as SQLite does."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    highest = connection.execute(select(func.max(column))).scalar_one()
    if highest is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, highest)))

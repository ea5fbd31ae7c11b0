"""Engines: how each database is opened for writing and for reading only.

SQLite connections are made here by hand, because everything that makes them durable and private
(file mode, WAL, fsync, explicit transactions) is said while connecting.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from reconciler.errors import StateError
from reconciler.state.locations import VARIABLE, Location, PostgresqlLocation
from reconciler.state.sql.errors import BUSY_SECONDS, IDLE_SECONDS, StateNotWritable
from reconciler.state.sql.tables import metadata

_BEGIN = "reconciler_begin"
_LOCK_SECONDS = "reconciler_lock_seconds"
_CONNECT_SECONDS = 10
_WAL_TRIES = 20

for_writing: dict[str, Any] = {_BEGIN: "BEGIN IMMEDIATE"}
"""Execution options of a transaction that writes: in SQLite it locks before it reads."""

snapshot: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a transaction that reads in PostgreSQL: all of it as of one moment. In
SQLite every transaction is that way."""


def writable(location: Location) -> Engine:
    """An engine that may write."""
    if isinstance(location, PostgresqlLocation):
        return _postgresql(location)
    _check_file(location.path)
    return of_file(location.path)


def of_file(path: Path) -> Engine:
    """An engine that may write to a SQLite file, whatever is in it."""
    uri = f"{path.as_uri()}?mode=rw"
    return _sqlite(lambda: _connect(uri, _use_wal))


def read_only(location: Location) -> Engine | None:
    """An engine that cannot write, or None where there is no file yet."""
    if isinstance(location, PostgresqlLocation):
        return _postgresql(location)
    path = location.path
    if not path.exists():
        return None
    _refuse_other(path)
    _refuse_empty(path)
    return _sqlite(lambda: _connect_read_only(path))


def empty() -> Engine:
    """An engine on a state in memory that has nothing in it."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(":memory:"),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    metadata.create_all(engine)
    return engine


def _postgresql(location: PostgresqlLocation) -> Engine:
    try:
        engine = create_engine(
            location.url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "reconciler"},
        )
    except ModuleNotFoundError as error:
        raise StateError(
            "a PostgreSQL state needs the driver psycopg: pip install 'reconciler[postgresql]'"
        ) from error
    event.listen(engine, "begin", _bound)
    return engine


def waiting(seconds: float) -> dict[str, Any]:
    """Execution options of a transaction that waits so long for a lock in PostgreSQL."""
    return {_LOCK_SECONDS: seconds}


def _bound(connection: Connection) -> None:
    """Bound how long a transaction waits for a lock, and how long it may stand still with what it
    has locked. Said in each transaction, since a pool of connections may stand in between."""
    seconds = connection.get_execution_options().get(_LOCK_SECONDS, BUSY_SECONDS)
    connection.exec_driver_sql(
        f"SELECT set_config('lock_timeout', '{seconds * 1000:.0f}ms', true), "
        f"set_config('idle_in_transaction_session_timeout', '{IDLE_SECONDS}s', true)"
    )


def _sqlite(connect: Callable[[], sqlite3.Connection]) -> Engine:
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def _connect(uri: str, *preparations: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        for prepare in preparations:
            prepare(connection)
        for pragma in ("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"):
            connection.execute(pragma).close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """The switch does not wait for a process that switches at the same moment, so it is tried
    again after a transaction, which does wait."""
    for _ in range(_WAL_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE").close()
            connection.rollback()
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL").close()


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """WAL needs a folder it can write to; where there is none and no log either, the file is all
    there is and nobody here changes it."""
    uri = f"{path.as_uri()}?mode=ro"
    if not _may_write(path.parent) and not path.with_name(f"{path.name}-wal").exists():
        uri += "&immutable=1"
    return _connect(uri)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise StateError(f"there is no state at {path}: nothing has been applied from here yet")
    _refuse_other(path)
    if not (_may_write(path) and _may_write(path.parent)):
        raise StateNotWritable(
            f"the state {path} may not be written by this user: grant write permission on the "
            "file and on its folder"
        )
    _refuse_empty(path)


def _refuse_empty(path: Path) -> None:
    """A state is made whole before it has its name, so an empty file is none that is new."""
    if path.stat().st_size == 0:
        raise StateError(
            f"the state {path} is an empty file: what it held was lost, or it never was a state. "
            "Restore it from a backup; to start with a new state, delete the file"
        )


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _refuse_other(path: Path) -> None:
    if path.is_dir():
        raise StateError(f"the state {path} is a folder: name a file in it")
    if not path.is_file():
        raise StateError(f"the state {path} is no regular file: name another one in {VARIABLE}")

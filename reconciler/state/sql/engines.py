"""SQLAlchemy engines for SQLite and PostgreSQL, for writing and for reading only.

SQLite connections are created by hand: what makes them durable and private (file mode, WAL, fsync,
explicit transactions) is set while connecting.
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
"""Execution options of a transaction that writes; SQLite locks before it reads."""

snapshot: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a read in PostgreSQL: it sees one moment, as every SQLite read does."""


def writable(location: Location) -> Engine:
    """An engine that may write. Raises StateError, StateNotWritable."""
    if isinstance(location, PostgresqlLocation):
        return _postgresql(location)
    _check_file(location.path)
    return of_file(location.path)


def of_file(path: Path) -> Engine:
    """An engine that may write to a SQLite file, whatever its content."""
    uri = f"{path.as_uri()}?mode=rw"
    return _sqlite(lambda: _connect(uri, _use_wal))


def read_only(location: Location) -> Engine | None:
    """An engine that cannot write; None when the file does not exist."""
    if isinstance(location, PostgresqlLocation):
        return _postgresql(location)
    path = location.path
    if not path.exists():
        return None
    _refuse_other(path)
    _refuse_empty(path)
    return _sqlite(lambda: _connect_read_only(path))


def empty() -> Engine:
    """An engine on an empty state in memory."""
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
    event.listen(engine, "begin", _set_timeouts)
    return engine


def waiting(seconds: float) -> dict[str, Any]:
    """Execution options of a transaction that waits this long for a lock in PostgreSQL."""
    return {_LOCK_SECONDS: seconds}


def _set_timeouts(connection: Connection) -> None:
    """Limit how long a transaction waits for a lock, and how long it may be idle.

    It is set in each transaction, because a connection pooler may be in between.
    """
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
    """Switch to WAL. The switch does not wait for another process that switches now.

    So it is repeated after a transaction, which does wait.
    """
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
    """Connect without writing. WAL needs a writable folder.

    Without one, and without a log, the file is complete and is opened as immutable.
    """
    uri = f"{path.as_uri()}?mode=ro"
    if not _may_write(path.parent) and not path.with_name(f"{path.name}-wal").exists():
        uri += "&immutable=1"
    return _connect(uri)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise StateError(f"the state {path} does not exist: nothing has been applied here yet")
    _refuse_other(path)
    if not (_may_write(path) and _may_write(path.parent)):
        raise StateNotWritable(
            f"this user may not write the state {path}: grant write permission on the file and on "
            "its folder"
        )
    _refuse_empty(path)


def _refuse_empty(path: Path) -> None:
    """Raise StateError for an empty file: a new state is complete before it has its name."""
    if path.stat().st_size == 0:
        raise StateError(
            f"the state {path} is an empty file: its content was lost, or it never was a state. "
            "Restore it from a backup; to start with a new state, delete the file"
        )


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _refuse_other(path: Path) -> None:
    if path.is_dir():
        raise StateError(f"the state {path} is a folder: name a file in it")
    if not path.is_file():
        raise StateError(f"the state {path} is not a regular file: name another file in {VARIABLE}")

"""Turn errors of the database drivers into StateErrors with the next step.

Only the first line of the driver's message is repeated: SQL and its parameters may contain
personal data, and a URL may contain a password.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import BadGzipFile
from json import JSONDecodeError

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from reconciler.errors import StateError


class StateNotWritable(StateError):
    """This user may not write the state, and perhaps may not read it."""


class StateBusy(StateError):
    """Another process's transaction did not end in time."""


_SQLITE: dict[int, tuple[type[StateError], str]] = {
    sqlite3.SQLITE_PERM: (StateNotWritable, "may not be opened: grant this user read and write"),
    sqlite3.SQLITE_BUSY: (
        StateBusy,
        "has been in use by another process for {busy} s: try again when that process is done",
    ),
    sqlite3.SQLITE_READONLY: (
        StateNotWritable,
        "is read-only: grant write permission on the file and on its folder",
    ),
    sqlite3.SQLITE_IOERR: (StateError, "could not be read or written: check the disk"),
    sqlite3.SQLITE_CORRUPT: (StateError, "is damaged: restore it from a backup"),
    sqlite3.SQLITE_FULL: (
        StateError,
        "could not grow, the disk is full: free some space and repeat the command",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        StateNotWritable,
        "cannot be opened: check that its folder exists and that this user may write there",
    ),
    sqlite3.SQLITE_NOTADB: (
        StateError,
        "is not a state database: set RECONCILER_STATE to another file, or move this file away",
    ),
}

_POSTGRESQL: tuple[tuple[str, type[StateError], str], ...] = (
    ("53100", StateError, "could not grow, the server's disk is full: free some space there"),
    ("53", StateError, "has no resources left on its server: try again later"),
    (
        "42501",
        StateNotWritable,
        "refused this user: grant it what README.md lists under RECONCILER_STATE",
    ),
    ("25006", StateNotWritable, "is a read-only server or transaction: use the primary"),
    ("28", StateError, "refused the login: check user and password in RECONCILER_STATE"),
    ("3D000", StateError, "does not exist on that server: create the database first"),
    (
        "25P03",
        StateError,
        "ended a transaction of this process that was idle for {idle} s: repeat the command",
    ),
    ("55P03", StateBusy, "is busy with another process: try again when that process is done"),
    ("57014", StateError, "took too long and was cancelled: try again"),
    ("57", StateError, "is shutting down or starting up: try again"),
    ("08", StateError, "is not reachable: check host, port and network"),
)

_DAMAGE = (UnicodeDecodeError, JSONDecodeError, zlib.error, BadGzipFile, EOFError)
"""What reading a stored value raises when its bytes are damaged."""

BUSY_SECONDS = 10
"""How long a process waits for another process's transaction."""
IDLE_SECONDS = 30
"""How long a transaction may be idle before the PostgreSQL server ends it and frees its locks."""


@contextmanager
def translating(location: str) -> Iterator[None]:
    """Turn the errors of a driver into StateErrors about the state at `location`."""
    try:
        yield
    except DBAPIError as error:
        raise translated(error.orig, location) from error
    except sqlite3.Error as error:
        raise translated(error, location) from error
    except SQLAlchemyError as error:
        raise StateError(f"the state {location} cannot be used: {_first_line(error)}") from error
    except PermissionError as error:
        raise StateNotWritable(
            f"the state {location} cannot be reached: this user may not open its folder"
        ) from error
    except _DAMAGE as error:
        raise StateError(
            f"the state {location} is damaged and cannot be read: restore it from a backup"
        ) from error


def translated(error: BaseException | None, location: str) -> StateError:
    """The StateError for an error of a driver."""
    kind, advice = _advice(error)
    return kind(f"the state {location} {advice} ({_first_line(error)})")


def no_such_table(error: DBAPIError) -> bool:
    """Whether the error means that a table does not exist."""
    if isinstance(error.orig, sqlite3.Error):
        return str(error.orig).startswith("no such table")
    return _sqlstate(error.orig) == "42P01"


def _advice(error: BaseException | None) -> tuple[type[StateError], str]:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        kind, advice = _SQLITE.get(code, (StateError, "cannot be used"))
        return kind, advice.format(busy=BUSY_SECONDS)
    state = _sqlstate(error)
    if not state and "OperationalError" in type(error).__name__:
        return StateError, "is not reachable: check RECONCILER_STATE, host, port and network"
    for prefix, kind, advice in _POSTGRESQL:
        if state.startswith(prefix):
            return kind, advice.format(idle=IDLE_SECONDS)
    return StateError, "cannot be used"


def _sqlstate(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _first_line(error: BaseException | None) -> str:
    """The first line of the driver's message, without stored values that it may quote."""
    return next(iter(str(error).splitlines()), type(error).__name__).partition(" with text ")[0]

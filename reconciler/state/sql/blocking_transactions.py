"""A lease that a transaction which does not end is in the way of: whose it is, and ending it.

PostgreSQL tells which session has locked a row. SQLite does not tell who has locked the file, so
there the last known holder is named.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Lease, LeaseStuck, spoken
from reconciler.state.sql import lease_rows

_SESSIONS = text(
    """
    SELECT session.pid, session.state, host(session.client_addr) AS host,
           session.application_name AS application,
           clock_timestamp() - session.xact_start AS age
      FROM leases
      JOIN pg_locks AS taken
        ON taken.locktype = 'transactionid' AND taken.granted AND taken.transactionid = leases.xmax
      JOIN pg_stat_activity AS session ON session.pid = taken.pid
     WHERE leases.project = :project AND leases.environment = :environment
       AND leases.platform_id = :platform_id
    """
)
"""Who has locked the row: its `xmax` is their transaction, which they hold a lock on themselves."""

_STANDING_STILL = ("idle in transaction", "idle in transaction (aborted)")
_WAIT = "Wait for it with `--wait 5m`"


def found(connection: Connection, key: LedgerKey, now: datetime) -> LeaseStuck:
    """What is in the way of a lease, as far as the database tells."""
    lease = lease_rows.last(connection, key)
    session = _session(connection, key)
    if session is not None:
        pid = session.pid
        return LeaseStuck(
            key,
            lease,
            f"{_held(lease, now)}{_in_words(session)}",
            f"{_WAIT}, end it with `reconciler unlock`, or have the database's administrator run "
            f"SELECT pg_terminate_backend({pid})",
        )
    who = "another process is in the middle of a transaction"
    advice = _WAIT
    if lease is not None:
        advice += f"; if nothing moves, end the process (pid {lease.pid} on {lease.host})"
    return LeaseStuck(key, lease, f"{_held(lease, now)}{who}", advice)


def end(connection: Connection, key: LedgerKey) -> bool:
    """End the session that stands still inside a transaction on the lease; whether one was.

    One that is at work is left alone: it will be done in a moment.
    """
    session = _session(connection, key)
    if session is None or session.state not in _STANDING_STILL:
        return False
    ending = text("SELECT pg_terminate_backend(:pid)")
    try:
        with connection.begin_nested():
            return connection.execute(ending, {"pid": session.pid}).scalar_one() is True
    except DBAPIError:  # this user may not: who may is told
        return False


def _session(connection: Connection, key: LedgerKey) -> Row[Any] | None:
    if connection.dialect.name != "postgresql":
        return None
    return connection.execute(_SESSIONS, key._asdict()).first()


def _held(lease: Lease | None, now: datetime) -> str:
    return "" if lease is None else f"{lease.describe(now)}; "


def _in_words(session: Row[Any]) -> str:
    age: timedelta | None = session.age
    application = f" of {session.application}" if session.application else ""
    where = f" from {session.host}" if session.host else ""
    since = f", open for {spoken(age)}" if age is not None else ""
    state = f" ({session.state}{since})" if session.state else ""
    return f"the database session {session.pid}{application}{where} has it in a transaction{state}"

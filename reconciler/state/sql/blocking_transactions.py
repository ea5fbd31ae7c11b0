"""Find, and end, a transaction that locks the row of a lease.

PostgreSQL reports which session has locked a row. SQLite does not report which process has locked
the file, so the last known holder is named.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from reconciler.message import Command, Message
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Lease, LeaseStuck, duration_text
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
"""The session that has locked the row: `xmax` is its transaction, which it holds a lock on."""

_IDLE_STATES = ("idle in transaction", "idle in transaction (aborted)")
_WAIT = "wait for it with `--wait 5m`"


def stuck_lease(connection: Connection, key: LedgerKey, now: datetime) -> LeaseStuck:
    """The error that names what locks a lease, as far as the database reports it."""
    lease = lease_rows.last(connection, key)
    session = _session(connection, key)
    if session is not None:
        pid = session.pid
        return LeaseStuck(
            key,
            lease,
            f"{_holder_text(lease, now)}{_session_text(session)}",
            Message.of(
                "{wait}, end it with {unlock}, or ask the database's administrator to run "
                "SELECT pg_terminate_backend({pid})",
                wait=_WAIT,
                unlock=Command.of("unlock"),
                pid=str(pid),
            ),
        )
    who = "another process is in the middle of a transaction"
    advice = Message.plain(_WAIT)
    if lease is not None:
        advice = Message.of(
            "{wait}; if nothing changes, end the process (pid {pid} on {host})",
            wait=_WAIT,
            pid=str(lease.pid),
            host=lease.host,
        )
    return LeaseStuck(key, lease, f"{_holder_text(lease, now)}{who}", advice)


def end_idle_session(connection: Connection, key: LedgerKey) -> bool:
    """End the session that is idle in a transaction on the lease; returns whether it did.

    An active session is not ended: it finishes soon.
    """
    session = _session(connection, key)
    if session is None or session.state not in _IDLE_STATES:
        return False
    ending = text("SELECT pg_terminate_backend(:pid)")
    try:
        with connection.begin_nested():
            return connection.execute(ending, {"pid": session.pid}).scalar_one() is True
    except DBAPIError:  # this user may not end it: `stuck_lease` says who may
        return False


def _session(connection: Connection, key: LedgerKey) -> Row[Any] | None:
    if connection.dialect.name != "postgresql":
        return None
    return connection.execute(_SESSIONS, key._asdict()).first()


def _holder_text(lease: Lease | None, now: datetime) -> str:
    return "" if lease is None else f"{lease.describe(now)}; "


def _session_text(session: Row[Any]) -> str:
    age: timedelta | None = session.age
    application = f" of {session.application}" if session.application else ""
    where = f" from {session.host}" if session.host else ""
    since = f", open for {duration_text(age)}" if age is not None else ""
    state = f" ({session.state}{since})" if session.state else ""
    return f"the database session {session.pid}{application}{where} has it in a transaction{state}"

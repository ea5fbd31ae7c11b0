"""The lease in the database. A row is never deleted, so that tokens always grow.

Functions that decide run in a transaction that locks the row (PostgreSQL) or the database (SQLite),
so of two processes one always sees the other. `refuse_held`, `current` and `last` lock nothing:
they see the holder even when its transaction does not end.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update
from sqlalchemy.sql import ColumnElement

from reconciler.message import Command, Message
from reconciler.state import processes
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim, Lease, LeaseHeld, LeaseLost
from reconciler.state.sql import clock
from reconciler.state.sql.ledger_rows import insert_or
from reconciler.state.sql.tables import leases

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def acquire(
    connection: Connection, key: LedgerKey, claim: Claim, *, now: datetime, ttl_seconds: int
) -> Lease:
    """Acquire the lease if it is free, expired by the shared clock, or of a dead local process."""
    connection.execute(insert_or(connection, leases).values(_vacant(key)).on_conflict_do_nothing())
    row = _locked(connection, key)
    if row is None:
        raise LookupError("the row that was just inserted does not exist")
    now = clock.shared(connection, now)
    if _is_in_use(row, claim, now):
        raise LeaseHeld(_lease(row), now)
    lease = Lease(
        key=key,
        token=row.token + 1,
        holder=claim.holder,
        host=claim.host,
        pid=claim.pid,
        operation=claim.operation,
        acquired_at=now,
        heartbeat_at=now,
        expires_at=now + timedelta(seconds=ttl_seconds),
        ttl_seconds=ttl_seconds,
        process=claim.process,
    )
    connection.execute(
        update(leases)
        .where(_of_key(key))
        .values(
            token=lease.token,
            holder=lease.holder,
            host=lease.host,
            pid=lease.pid,
            operation=lease.operation,
            acquired_at=lease.acquired_at,
            heartbeat_at=lease.heartbeat_at,
            expires_at=lease.expires_at,
            ttl_seconds=lease.ttl_seconds,
            process=lease.process,
            held=True,
        )
    )
    return lease


def refuse_held(connection: Connection, key: LedgerKey, claim: Claim, *, now: datetime) -> None:
    """Raise LeaseHeld if another process holds the lease, as seen without a lock."""
    row = _unlocked(connection, key)
    if row is not None:
        now = clock.shared(connection, now)
        if _is_in_use(row, claim, now):
            raise LeaseHeld(_lease(row), now)


def _is_in_use(row: Row[Any], claim: Claim, now: datetime) -> bool:
    """Whether the lease is held and not expired, by a process that may be alive.

    The host's name is compared too: machines started from one snapshot share the boot id, but
    seldom the name.
    """
    if not row.held or row.expires_at <= now:
        return False
    return not (row.host == claim.host and processes.is_certainly_dead(row.process, row.pid))


def heartbeat(connection: Connection, lease: Lease, now: datetime) -> Lease:
    """Prolong the lease by its whole time. Raises LeaseLost."""
    require(connection, lease.key, lease.token)
    now = clock.shared(connection, now)
    connection.execute(
        update(leases)
        .where(_of_key(lease.key))
        .values(heartbeat_at=now, expires_at=now + timedelta(seconds=lease.ttl_seconds))
    )
    row = _locked(connection, lease.key)
    return lease if row is None else _lease(row)


def release(connection: Connection, lease: Lease) -> None:
    """Release the lease, unless another process holds it now."""
    connection.execute(
        update(leases).where(_of_key(lease.key), leases.c.token == lease.token).values(held=False)
    )


def break_lease(connection: Connection, key: LedgerKey) -> Lease | None:
    """Break the lease and return it; None if it was free."""
    row = _locked(connection, key)
    if row is None or not row.held:
        return None
    connection.execute(update(leases).where(_of_key(key)).values(held=False))
    return _lease(row)


def current(connection: Connection, key: LedgerKey) -> Lease | None:
    """The lease that is held now, even if it has expired."""
    row = _unlocked(connection, key)
    return None if row is None or not row.held else _lease(row)


def last(connection: Connection, key: LedgerKey) -> Lease | None:
    """The lease that was acquired last, held or not."""
    row = _unlocked(connection, key)
    return None if row is None or not row.token else _lease(row)


def require(connection: Connection, key: LedgerKey, token: int) -> None:
    """Raise LeaseLost unless the token is the holder's.

    An expired lease that nobody took over is still the holder's: nobody else can have written.
    """
    row = _locked(connection, key)
    if row is None:
        raise LeaseLost(key, "it was never acquired")
    if row.token != token:
        raise LeaseLost(key, f"taken over for {row.operation} by {row.holder} on {row.host}")
    if not row.held:
        raise LeaseLost(
            key, Message.of("released, or removed with {unlock}", unlock=Command.of("unlock"))
        )


def _locked(connection: Connection, key: LedgerKey) -> Row[Any] | None:
    return connection.execute(select(leases).where(_of_key(key)).with_for_update()).first()


def _unlocked(connection: Connection, key: LedgerKey) -> Row[Any] | None:
    return connection.execute(select(leases).where(_of_key(key))).first()


def _of_key(key: LedgerKey) -> ColumnElement[bool]:
    return and_(
        leases.c.project == key.project,
        leases.c.environment == key.environment,
        leases.c.platform_id == key.platform_id,
    )


def _vacant(key: LedgerKey) -> dict[str, object]:
    return {
        **key._asdict(),
        "token": 0,
        "holder": "",
        "host": "",
        "pid": 0,
        "operation": "",
        "acquired_at": _NEVER,
        "heartbeat_at": _NEVER,
        "expires_at": _NEVER,
        "ttl_seconds": 0,
        "process": "",
        "held": False,
    }


def _lease(row: Row[Any]) -> Lease:
    return Lease(
        key=LedgerKey(row.project, row.environment, row.platform_id),
        token=row.token,
        holder=row.holder,
        host=row.host,
        pid=row.pid,
        operation=row.operation,
        acquired_at=row.acquired_at,
        heartbeat_at=row.heartbeat_at,
        expires_at=row.expires_at,
        ttl_seconds=row.ttl_seconds,
        process=row.process,
    )

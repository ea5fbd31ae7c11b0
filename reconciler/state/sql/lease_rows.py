"""The lease in the database. A row is never deleted, so that tokens always grow.

Functions that decide run in a transaction that locks the row (PostgreSQL) or the database (SQLite),
so of two processes one always sees the other. `refuse_held`, `current` and `last` lock nothing:
they see the holder even when its transaction does not end.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from reconciler.message import Command, Message
from reconciler.state import processes
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim, Lease, LeaseHeld, LeaseLost
from reconciler.state.sql import clock
from reconciler.state.sql.ledger_rows import insert_or
from reconciler.state.sql.tables import key_of, leases, of_key, values_of

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
    values = _values(claim, row.token + 1, now, ttl_seconds)
    connection.execute(update(leases).where(of_key(leases, key)).values(**values, held=True))
    return Lease(key=key, **values)


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
        .where(of_key(leases, lease.key))
        .values(heartbeat_at=now, expires_at=now + timedelta(seconds=lease.ttl_seconds))
    )
    row = _locked(connection, lease.key)
    return lease if row is None else _lease(row)


def release(connection: Connection, lease: Lease) -> None:
    """Release the lease, unless another process holds it now."""
    connection.execute(
        update(leases)
        .where(of_key(leases, lease.key), leases.c.token == lease.token)
        .values(held=False)
    )


def break_lease(connection: Connection, key: LedgerKey) -> Lease | None:
    """Break the lease and return it; None if it was free."""
    row = _locked(connection, key)
    if row is None or not row.held:
        return None
    connection.execute(update(leases).where(of_key(leases, key)).values(held=False))
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
    return connection.execute(select(leases).where(of_key(leases, key)).with_for_update()).first()


def _unlocked(connection: Connection, key: LedgerKey) -> Row[Any] | None:
    return connection.execute(select(leases).where(of_key(leases, key))).first()


def _vacant(key: LedgerKey) -> dict[str, Any]:
    return {**key._asdict(), **_values(Claim("", "", 0, ""), 0, _NEVER, 0), "held": False}


def _values(claim: Claim, token: int, now: datetime, ttl_seconds: int) -> dict[str, Any]:
    """The columns of a lease that begins now, without its key."""
    expires_at = now + timedelta(seconds=ttl_seconds)
    moments = {"acquired_at": now, "heartbeat_at": now, "expires_at": expires_at}
    return {**asdict(claim), **moments, "token": token, "ttl_seconds": ttl_seconds}


def _lease(row: Row[Any]) -> Lease:
    return Lease(key=key_of(row), **values_of(row, Lease))

"""The lease as a value: who may write to one platform now, and the errors of those who may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.errors import Locked
from reconciler.state.keys import LedgerKey


@dataclass(frozen=True, slots=True)
class Lease:
    """One holder's right to write. `token` grows with every holder and is never given twice."""

    key: LedgerKey
    token: int
    holder: str
    host: str
    pid: int
    operation: str
    acquired_at: datetime
    heartbeat_at: datetime
    expires_at: datetime
    ttl_seconds: int

    def age(self, now: datetime) -> timedelta:
        """How long it has been held."""
        return max(now - self.acquired_at, timedelta())

    def expired(self, now: datetime) -> bool:
        """Whether it can be taken over."""
        return self.expires_at <= now

    def describe(self, now: datetime) -> str:
        """`apply by maria on build-7 (pid 4121), started 4 min ago, last seen 12 s ago`."""
        seen = max(now - self.heartbeat_at, timedelta())
        return (
            f"{self.operation} by {self.holder} on {self.host} (pid {self.pid}), "
            f"started {spoken(self.age(now))} ago, last seen {spoken(seen)} ago"
        )


class LeaseHeld(Locked):
    """Somebody else is at work; `lease` says who."""

    def __init__(self, lease: Lease, now: datetime) -> None:
        self.lease = lease
        super().__init__(
            f"{lease.key} is locked: {lease.describe(now)}. Wait for it with `--wait 5m`; "
            "if that process is gone for good, take the lock away with `reconciler unlock`."
        )


class LeaseLost(Locked):
    """The lease is ours no more: nothing further may be sent."""

    def __init__(self, key: LedgerKey, why: str) -> None:
        super().__init__(
            f"the lock of {key} was lost ({why}), so nothing more is sent. "
            "When nobody else is at work, settle this run with `reconciler apply --resume`."
        )


def spoken(span: timedelta) -> str:
    """A span as people say it, in its largest unit: `12 s`, `4 min`, `3 h`, `2 d`."""
    seconds = int(span.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"

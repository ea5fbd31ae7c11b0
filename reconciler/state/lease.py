"""The lease as a value: who may write to one platform now, and the errors of those who may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.errors import Locked
from reconciler.state.keys import LedgerKey


@dataclass(frozen=True, slots=True)
class Lease:
    """One holder's right to write. `token` grows with every holder and is never given twice.

    `process` identifies the holder's process together with its pid (`processes`).
    """

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
    process: str = ""

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


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks for the lease, from where, and for what. `process` identifies its process."""

    holder: str
    host: str
    pid: int
    operation: str
    process: str = ""


class LeaseTaken(Locked):
    """The lease cannot be had now, and may be later; `who` says what is in the way."""

    def __init__(self, key: LedgerKey, who: str, advice: str) -> None:
        self.who = who
        super().__init__(f"{key} is locked: {who}. {advice}")


class LeaseHeld(LeaseTaken):
    """Somebody else is at work; `lease` says who."""

    def __init__(self, lease: Lease, now: datetime) -> None:
        self.lease = lease
        super().__init__(
            lease.key,
            lease.describe(now),
            "Wait for it with `--wait 5m`; "
            "if that process is gone for good, take the lock away with `reconciler unlock`.",
        )


class LeaseStuck(LeaseTaken):
    """A transaction that does not end keeps the lease from being read or written for sure. `lease`
    is the last that was given, None before the first."""

    def __init__(self, key: LedgerKey, lease: Lease | None, who: str, advice: str) -> None:
        self.lease = lease
        super().__init__(key, who, advice)


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

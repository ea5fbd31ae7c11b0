"""The lease as a value: which process may write to a ledger now, and the errors of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.errors import Locked
from reconciler.message import Command, Message
from reconciler.state.keys import LedgerKey


@dataclass(frozen=True, slots=True)
class Lease:
    """A process's right to write. `token` grows with every lease and is never used twice.

    `process` identifies the process together with its pid (`processes`).
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
        """The time since it was acquired."""
        return max(now - self.acquired_at, timedelta())

    def describe(self, now: datetime) -> str:
        """`apply by maria on build-7 (pid 4121), started 4 min ago, last seen 12 s ago`."""
        seen = max(now - self.heartbeat_at, timedelta())
        return (
            f"{self.operation} by {self.holder} on {self.host} (pid {self.pid}), "
            f"started {duration_text(self.age(now))} ago, last seen {duration_text(seen)} ago"
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
    """The lease is not free now, and may be later; `who` describes what holds it."""

    def __init__(self, key: LedgerKey, who: str, advice: Message) -> None:
        self.key = key
        self.who = who
        super().__init__(f"{key} is locked: {who}", next_step=advice)


class LeaseHeld(LeaseTaken):
    """Another process holds the lease; `lease` says which."""

    def __init__(self, lease: Lease, now: datetime) -> None:
        self.lease = lease
        super().__init__(
            lease.key,
            lease.describe(now),
            Message.of(
                "wait for it with `--wait 5m`; if that process does not run any more, remove the "
                "lock with {unlock}",
                unlock=Command.of("unlock"),
            ),
        )


class LeaseStuck(LeaseTaken):
    """A transaction that does not end locks the lease.

    `lease` is the last lease that was acquired, None before the first.
    """

    def __init__(self, key: LedgerKey, lease: Lease | None, who: str, advice: Message) -> None:
        self.lease = lease
        super().__init__(key, who, advice)


class LeaseLost(Locked):
    """This process does not hold the lease any more: nothing more may be sent."""

    def __init__(self, key: LedgerKey, why: str | Message) -> None:
        super().__init__(
            Message.of(
                "the lock of {key} was lost ({why}), so nothing more is sent",
                key=str(key),
                why=why,
            ),
            next_step=Message.of(
                "when no other process is running, settle this run with {resume}",
                resume=Command.of("apply", "--resume"),
            ),
        )


def duration_text(span: timedelta) -> str:
    """A duration in its largest unit: `12 s`, `4 min`, `3 h`, `2 d`."""
    seconds = int(span.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"

"""What the tests of the state speak of: one ledger, one clock, small runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.state.changes import Upsert
from reconciler.state.journal import NewStep
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim
from reconciler.state.ledger import LedgerEntry
from reconciler.state.runs import NewRun
from reconciler.state.sql.store import Store

KEY = LedgerKey("acme", "prod", "acme-prod")
NOW = datetime(2026, 11, 24, 1, 15, tzinfo=UTC)
TTL_SECONDS = 60
MARIA = Claim("maria", "build-7", 4121, "apply")
LUIS = Claim("luis", "laptop", 99, "undo")


def after(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def entry(address: str, fields: Fields | None = None) -> LedgerEntry:
    return LedgerEntry(Address(address), "Status", "standalone", fields or {"icon": "cup"})


def lineage(store: Store, key: LedgerKey = KEY) -> str:
    """The lineage of a ledger that is there from here on."""
    store.change_ledger(key, ())
    return store.ledger(*key).lineage


def upsert(address: str, fields: Fields | None = None) -> Upsert:
    return Upsert(entry(address, fields))


def new_run(plan_id: str = "plan-1", **others: object) -> NewRun:
    values: dict[str, object] = {
        "plan_id": plan_id,
        "content_digest": "content-1",
        "plan": b'{"changes": []}',
        "operation": "apply",
        "actor": "maria",
    }
    return NewRun(**(values | others))  # type: ignore[arg-type]


def new_steps(*addresses: str) -> list[NewStep]:
    return [
        NewStep(seq, Address(address), "update", before={"icon": "cup"}, after={"icon": "headset"})
        for seq, address in enumerate(addresses)
    ]


def begun(store: Store, *addresses: str, plan_id: str = "plan-1") -> tuple[str, int]:
    """A run under a fresh lease; its id and the lease's token."""
    token = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS).token
    steps = new_steps(*addresses)
    return store.begin_run(KEY, new_run(plan_id), token=token, now=NOW, steps=steps), token


def owned(store: Store, key: LedgerKey = KEY) -> Sequence[str]:
    return [found.address for found in store.ledger(*key).entries.values()]

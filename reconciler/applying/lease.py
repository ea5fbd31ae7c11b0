"""The lease of an apply: waited for, kept alive while it works, given back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.applying.events import Listener, Waiting
from reconciler.errors import Interrupted, Locked, StateError
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim, Lease, LeaseTaken
from reconciler.state.sql.store import Store

NOTHING_WRITTEN = "Interrupted: nothing was written."
LEASE_SECONDS = 60
_HEARTBEAT_SECONDS = LEASE_SECONDS / 4
RETRY_SECONDS = 1.0
"""How often whoever waits looks again, also whether they are asked to stop."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for somebody else's lease, and how. `should_stop` is asked as it goes."""

    wait: timedelta
    sleep: Callable[[float], Awaitable[None]]
    should_stop: Callable[[], bool]
    tell: Listener


@asynccontextmanager
async def held_lease(
    store: Store,
    key: LedgerKey,
    claim: Claim,
    *,
    clock: Callable[[], datetime],
    patience: Patience,
) -> AsyncIterator[Lease]:
    """Hold the lease while inside.

    Raises LeaseTaken when it is not free in time, Interrupted when asked to stop before.
    """
    lease = await _acquired(store, key, claim, clock=clock, patience=patience)
    beating = asyncio.create_task(_beat(store, lease, clock))
    try:
        yield lease
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        with contextlib.suppress(StateError):
            store.release(lease)


async def _acquired(
    store: Store,
    key: LedgerKey,
    claim: Claim,
    *,
    clock: Callable[[], datetime],
    patience: Patience,
) -> Lease:
    deadline = clock() + patience.wait
    told = False
    while True:
        if patience.should_stop():
            raise Interrupted(NOTHING_WRITTEN)
        try:
            return store.acquire(key, claim, now=clock(), ttl_seconds=LEASE_SECONDS)
        except LeaseTaken as taken:
            if clock() >= deadline:
                raise
            if not told:
                patience.tell(Waiting(taken.who, patience.wait.total_seconds()))
                told = True
        await patience.sleep(RETRY_SECONDS)


async def _beat(store: Store, lease: Lease, clock: Callable[[], datetime]) -> None:
    """Prolong the lease until cancelled. A lost lease ends it: the next intent will refuse."""
    while True:
        await asyncio.sleep(_HEARTBEAT_SECONDS)
        try:
            await asyncio.to_thread(store.heartbeat, lease, clock())
        except Locked:
            return
        except StateError:
            continue

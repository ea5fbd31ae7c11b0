"""The lease of an apply: waited for, kept alive while it works, given back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from reconciler.applying.events import Listener, Waiting
from reconciler.errors import Locked, StateError
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Lease, LeaseHeld
from reconciler.state.lease_rows import Claim
from reconciler.state.store import Store

LEASE_SECONDS = 60
_HEARTBEAT_SECONDS = LEASE_SECONDS / 4
_RETRY_SECONDS = 1.0


@asynccontextmanager
async def held_lease(
    store: Store,
    key: LedgerKey,
    claim: Claim,
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
    wait: timedelta,
    tell: Listener,
) -> AsyncIterator[Lease]:
    """Hold the lease while inside. Raises LeaseHeld when it is not free within `wait`."""
    lease = await _acquired(store, key, claim, clock=clock, sleep=sleep, wait=wait, tell=tell)
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
    sleep: Callable[[float], Awaitable[None]],
    wait: timedelta,
    tell: Listener,
) -> Lease:
    deadline = clock() + wait
    told = False
    while True:
        try:
            return store.acquire(key, claim, now=clock(), ttl_seconds=LEASE_SECONDS)
        except LeaseHeld as held:
            if clock() >= deadline:
                raise
            if not told:
                tell(Waiting(held.lease.describe(clock()), wait.total_seconds()))
                told = True
        await sleep(_RETRY_SECONDS)


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

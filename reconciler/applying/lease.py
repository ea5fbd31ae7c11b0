"""The lease of an apply: wait for it, keep it alive while the apply works, release it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.applying.events import Listener, Waiting
from reconciler.errors import Interrupted, Locked, StateError
from reconciler.message import Message
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim, Lease, LeaseTaken
from reconciler.state.sql.store import Store

NOTHING_WRITTEN = "Interrupted: nothing was written."
LEASE_SECONDS = 60
_HEARTBEAT_SECONDS = LEASE_SECONDS / 4
RETRY_SECONDS = 1.0
"""How often a waiting process checks again, and checks whether to stop."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for another process's lease; `should_stop` is asked at intervals."""

    wait: timedelta
    sleep: Callable[[float], Awaitable[None]]
    should_stop: Callable[[], bool]
    notify: Listener


@asynccontextmanager
async def held_lease(
    store: Store,
    key: LedgerKey,
    claim: Claim,
    *,
    clock: Callable[[], datetime],
    patience: Patience,
) -> AsyncIterator[Lease]:
    """Hold the lease inside the `with` block.

    Raises LeaseTaken when it is not free in time, Interrupted when asked to stop while waiting.
    """
    lease = await _acquire(store, key, claim, clock=clock, patience=patience)
    heartbeat = asyncio.create_task(_heartbeat(store, lease, clock))
    try:
        yield lease
    finally:
        heartbeat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await heartbeat
        with contextlib.suppress(StateError):
            store.release(lease)


async def _acquire(
    store: Store,
    key: LedgerKey,
    claim: Claim,
    *,
    clock: Callable[[], datetime],
    patience: Patience,
) -> Lease:
    deadline = clock() + patience.wait
    has_notified = False
    while True:
        if patience.should_stop():
            raise Interrupted(NOTHING_WRITTEN)
        try:
            return store.acquire(key, claim, now=clock(), ttl_seconds=LEASE_SECONDS)
        except LeaseTaken as taken:
            if clock() >= deadline:
                raise
            if not has_notified:
                who = Message.of("{who}", who=taken.who)
                patience.notify(Waiting(who, patience.wait.total_seconds()))
                has_notified = True
        await patience.sleep(RETRY_SECONDS)


async def _heartbeat(store: Store, lease: Lease, clock: Callable[[], datetime]) -> None:
    """Prolong the lease until cancelled or lost. After a loss, the next intent raises."""
    while True:
        await asyncio.sleep(_HEARTBEAT_SECONDS)
        try:
            await asyncio.to_thread(store.heartbeat, lease, clock())
        except Locked:
            return
        except StateError:
            continue

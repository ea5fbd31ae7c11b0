"""What the other processes of these tests do; a module of its own, so that they can import it."""

from __future__ import annotations

import os
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from reconciler.errors import Locked
from reconciler.state.lease import Claim
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, NOW, TTL_SECONDS, begun, lineage


def take_the_lease(url: str, name: str, start: Barrier, answers: Queue[tuple[str, int]]) -> None:
    with Store.open(url) as store:
        start.wait()
        claim = Claim(name, "host", os.getpid(), "apply")
        try:
            token = store.acquire(KEY, claim, now=NOW, ttl_seconds=TTL_SECONDS).token
        except Locked:
            token = 0
        answers.put((name, token))


def open_for_the_first_time(url: str, start: Barrier, answers: Queue[str]) -> None:
    start.wait()
    with Store.open(url) as store:
        answers.put(lineage(store) + store.mask_key().hex())


def die_after_an_intent(url: str) -> None:
    store = Store.open(url)
    run_id, token = begun(store, "statuses/Lunch", "statuses/Break")
    store.record_intents(run_id, [0], token=token, now=NOW)
    os._exit(9)

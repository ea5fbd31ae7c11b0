"""The lease: one holder at a time, told from where, lost for good once somebody else has it."""

from __future__ import annotations

import multiprocessing
import threading
from datetime import timedelta

import pytest

from reconciler.errors import Locked
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import LeaseHeld, LeaseLost, duration_text
from reconciler.state.sql.store import Store
from tests.state.contenders import take_the_lease
from tests.state.state_values import KEY, LUIS, MARIA, NOW, TTL_SECONDS, after


def test_a_held_lease_names_its_holder_and_what_to_do(store: Store) -> None:
    lease = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=600)
    store.heartbeat(lease, after(240))
    with pytest.raises(LeaseHeld) as caught:
        store.acquire(KEY, LUIS, now=after(252), ttl_seconds=TTL_SECONDS)
    assert str(caught.value) == (
        "acme/prod on acme-prod is locked: apply by maria on build-7 (pid 4121), started 4 min "
        "ago, last seen 12 s ago: wait for it with `--wait 5m`; if that process does not run "
        "any more, remove the lock with `reconciler unlock`"
    )
    assert caught.value.lease.holder == "maria"
    assert caught.value.exit_code == 7


def test_tokens_grow_through_release_expiry_and_breaking(store: Store) -> None:
    tokens = []
    for ending in ("release", "break", "expire", "none"):
        lease = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=0 if ending == "expire" else 60)
        tokens.append(lease.token)
        if ending == "release":
            store.release(lease)
        elif ending == "break":
            store.break_lease(KEY)
    assert tokens == [1, 2, 3, 4]


def test_an_expired_lease_can_be_taken_and_its_holder_learns_it(store: Store) -> None:
    old = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
    with pytest.raises(Locked):
        store.acquire(KEY, LUIS, now=after(TTL_SECONDS - 1), ttl_seconds=TTL_SECONDS)
    new = store.acquire(KEY, LUIS, now=after(TTL_SECONDS), ttl_seconds=TTL_SECONDS)
    with pytest.raises(LeaseLost, match="taken over for undo by luis on laptop"):
        store.heartbeat(old, after(TTL_SECONDS))
    store.release(old)
    assert store.lease(KEY) == new


def test_a_heartbeat_gives_the_lease_its_whole_time_again(store: Store) -> None:
    lease = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
    lease = store.heartbeat(lease, after(50))
    assert (lease.acquired_at, lease.heartbeat_at) == (NOW, after(50))
    assert lease.expires_at == after(50 + TTL_SECONDS)
    with pytest.raises(Locked):
        store.acquire(KEY, LUIS, now=after(TTL_SECONDS + 1), ttl_seconds=TTL_SECONDS)


def test_breaking_says_what_was_broken(store: Store) -> None:
    assert store.break_lease(KEY) is None
    lease = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
    broken = store.break_lease(KEY)
    assert broken == lease
    assert broken is not None
    assert broken.age(after(90)) == timedelta(seconds=90)
    assert store.lease(KEY) is None
    assert store.break_lease(KEY) is None
    with pytest.raises(LeaseLost, match="unlock"):
        store.heartbeat(lease, NOW)


def test_leases_of_different_ledgers_are_apart(store: Store) -> None:
    for key in (KEY, KEY._replace(project="beta"), LedgerKey("acme", "prod", "elsewhere")):
        assert store.acquire(key, MARIA, now=NOW, ttl_seconds=TTL_SECONDS).token == 1


def test_of_two_processes_one_gets_the_lease(url: str) -> None:
    Store.open(url).close()
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(2), spawn.Queue()
    processes = [
        spawn.Process(target=take_the_lease, args=(url, name, start, answers)) for name in "ab"
    ]
    for process in processes:
        process.start()
    tokens = sorted(answers.get(timeout=60)[1] for _ in processes)
    for process in processes:
        process.join()
    assert tokens == [0, 1]


def test_of_many_threads_one_gets_the_lease_each_time_it_is_free(sql_store: Store) -> None:
    rounds, contenders = 5, 4
    start = threading.Barrier(contenders)
    won: list[int] = []

    def contend() -> None:
        for number in range(rounds):
            start.wait()
            try:
                moment = after(number * TTL_SECONDS)
                won.append(sql_store.acquire(KEY, MARIA, now=moment, ttl_seconds=TTL_SECONDS).token)
            except Locked:
                pass
            start.wait()

    threads = [threading.Thread(target=contend) for _ in range(contenders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == list(range(1, rounds + 1))


def test_spans_are_spoken_in_their_largest_unit() -> None:
    spans = [timedelta(seconds=n) for n in (0, 59, 60, 3_599, 3_600, 86_399, 200_000)]
    assert [duration_text(span) for span in spans] == [
        "0 s",
        "59 s",
        "1 min",
        "59 min",
        "1 h",
        "23 h",
        "2 d",
    ]

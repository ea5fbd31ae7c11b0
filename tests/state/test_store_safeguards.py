"""Safeguards in the state: those of the last apply, and of others before the first."""

from __future__ import annotations

from dataclasses import replace

from reconciler.state.keys import LedgerKey
from reconciler.state.safeguards import FrozenDates, Safeguards
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, MARIA, NOW, TTL_SECONDS, after, begun, new_run, new_steps

SAFEGUARDS = Safeguards(
    require_signature=True,
    keys={"SHA256:ana": "QQ=="},
    time_zone="America/Montevideo",
    weekly={"fri": ("18:00-24:00",)},
    dated=(FrozenDates("2026-12-20T00:00", "2026-12-28T00:00", "Navidad"),),
)


def _applied(store: Store, key: LedgerKey, safeguards: Safeguards) -> str:
    lease = store.acquire(key, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
    run_id = store.begin_run(key, new_run(), token=lease.token, now=NOW)
    store.finish_run(run_id, now=NOW, safeguards=safeguards)
    store.release(lease)
    return run_id


def test_a_run_that_ends_records_them(store: Store) -> None:
    assert store.ledger(*KEY).safeguards == ()
    _applied(store, KEY, SAFEGUARDS)
    assert store.ledger(*KEY).safeguards == (SAFEGUARDS,)
    _applied(store, KEY, Safeguards())
    assert store.ledger(*KEY).safeguards == (Safeguards(),)


def test_a_run_that_has_not_ended_records_nothing(store: Store) -> None:
    lease = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
    steps = new_steps("statuses/Lunch")
    run_id = store.begin_run(KEY, new_run(), token=lease.token, now=NOW, steps=steps)
    run = store.finish_run(run_id, now=NOW, safeguards=SAFEGUARDS, guard_settings={"x": 1})
    assert run.finished_at is None
    assert store.ledger(*KEY).safeguards == ()
    assert store.ledger(*KEY).guard_settings == {}


def test_who_ends_a_run_late_does_not_replace_what_a_later_run_recorded(store: Store) -> None:
    late = _applied(store, KEY, Safeguards())
    _applied(store, KEY, SAFEGUARDS)
    store.finish_run(late, now=after(9), safeguards=Safeguards(), guard_settings={"x": 1})
    assert store.ledger(*KEY).safeguards == (SAFEGUARDS,)
    assert store.ledger(*KEY).guard_settings == {}


def test_a_ledger_that_is_not_there_yet_has_those_of_the_others_on_its_platform(
    store: Store,
) -> None:
    other = replace(SAFEGUARDS, keys={"SHA256:eva": "RQ=="})
    _applied(store, KEY, SAFEGUARDS)
    _applied(store, KEY._replace(environment="prod-2"), other)
    assert store.ledger(*KEY).safeguards == (SAFEGUARDS,)
    assert store.ledger(*KEY._replace(project="zenith")).safeguards == (SAFEGUARDS, other)
    assert store.ledger(*KEY._replace(platform_id="acme-dev")).safeguards == ()


def test_a_ledger_from_before_they_were_recorded_has_none(store: Store) -> None:
    begun(store)
    _applied(store, KEY._replace(project="zenith"), SAFEGUARDS)
    assert store.ledger(*KEY).safeguards == ()

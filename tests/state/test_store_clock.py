"""Whose clock a lease and an attempt are told by, when hosts disagree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.state.journal import StepOutcome, StepState
from reconciler.state.lease import LeaseHeld
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, LUIS, MARIA, NOW, TTL_SECONDS, begun

HOURS = timedelta(hours=2)
OFF = pytest.mark.parametrize("off", [-HOURS, HOURS], ids=["behind", "ahead"])


@pytest.fixture
def told_time() -> None:
    """Nobody tells the server of these tests what time it is."""


@pytest.fixture
def postgresql(postgresql_url: str) -> Store:
    return Store.open(postgresql_url)


def _now() -> datetime:
    return datetime.now(UTC)


@OFF
def test_a_living_lease_is_not_taken_by_a_host_whose_clock_is_off(
    postgresql: Store, off: timedelta
) -> None:
    postgresql.acquire(KEY, MARIA, now=_now() + off, ttl_seconds=TTL_SECONDS)
    for theirs in (-off, off * 2, timedelta()):
        with pytest.raises(LeaseHeld, match="last seen 0 s ago"):
            postgresql.acquire(KEY, LUIS, now=_now() + theirs, ttl_seconds=TTL_SECONDS)


@OFF
def test_a_heartbeat_of_a_host_whose_clock_is_off_keeps_the_lease_for_its_time(
    postgresql: Store, off: timedelta
) -> None:
    lease = postgresql.acquire(KEY, MARIA, now=_now(), ttl_seconds=TTL_SECONDS)
    kept = postgresql.heartbeat(lease, _now() + off)
    assert timedelta() <= kept.heartbeat_at - lease.acquired_at < timedelta(seconds=30)
    assert kept.expires_at - kept.heartbeat_at == timedelta(seconds=TTL_SECONDS)


def test_an_expired_lease_is_taken_whatever_clock_the_taker_has(postgresql: Store) -> None:
    postgresql.acquire(KEY, MARIA, now=_now() + HOURS, ttl_seconds=0)
    assert postgresql.acquire(KEY, LUIS, now=_now() - HOURS, ttl_seconds=TTL_SECONDS).token == 2


@OFF
def test_attempts_are_stamped_by_the_servers_clock(postgresql: Store, off: timedelta) -> None:
    run_id, token = begun(postgresql, "statuses/Lunch", "statuses/Break")
    before = postgresql.now(NOW)
    postgresql.record_intents(run_id, [0, 1], token=token, now=_now() + off)
    unknown = [StepOutcome(1, StepState.UNKNOWN)]
    postgresql.record_outcomes(run_id, unknown, token=token, now=_now() + off)
    after = postgresql.now(NOW)
    assert [before <= step.updated_at <= after for step in postgresql.steps(run_id)] == [True] * 2
    assert abs(after - _now()) < timedelta(minutes=10)


def test_a_file_goes_by_the_clock_of_its_machine(tmp_path: object) -> None:
    with Store.open(f"{tmp_path}/state.db") as store:
        assert store.now(NOW) == NOW

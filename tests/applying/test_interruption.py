"""Ctrl-C at any time: requests in flight finish, and no others start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.applying.apply import ApplySettings
from reconciler.applying.events import Waiting
from reconciler.errors import (
    Interrupted,
)
from reconciler.state.lease import Claim
from tests.applying.applier_world import (
    KEY,
    Applying,
    World,
    report_text,
)
from tests.applying.small_estate import assert_settled, killed, small_world, two_layers


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = small_world(tmp_path)
    yield made
    made.close()


# ---- interruption ------------------------------------------------------------------------


def test_ctrl_c_finishes_requests_in_flight_and_leaves_the_rest_to_a_resume(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.should_stop = lambda: len(applying.transport.posted) >= 2
    report = applying.apply(plan)
    assert report.exit_code == 5
    assert report.run.finished_at is None
    assert report.run.summary.skipped == 0, report_text(report)
    assert report.run.summary.pending == 2
    assert_settled(world, plan, Applying(world).resume(), start)


def test_ctrl_c_before_the_first_request_starts_no_run(world: World) -> None:
    plan = world.plan(two_layers())
    stopped = Applying(world, should_stop=lambda: True)
    with pytest.raises(Interrupted, match="nothing was written") as interrupted:
        stopped.apply(plan)
    assert interrupted.value.exit_code == 130
    assert stopped.transport.posted == []
    assert world.store.runs(KEY) == ()
    assert Applying(world).apply(plan).exit_code == 0


def test_ctrl_c_during_verification_starts_no_run(world: World) -> None:
    plan = world.plan(two_layers())
    asked = iter((False, True))
    with pytest.raises(Interrupted):
        Applying(world, should_stop=lambda: next(asked)).apply(plan)
    assert world.store.runs(KEY) == ()


def test_ctrl_c_ends_the_wait_for_the_lease_at_once(world: World) -> None:
    plan = world.plan(two_layers())
    claim = Claim("ana", "laptop", 1, "apply")
    world.store.acquire(KEY, claim, now=world.time.now(), ttl_seconds=3600)
    waiting = Applying(world, "luis", settings=ApplySettings(wait=timedelta(minutes=5)))
    waiting.should_stop = lambda: bool(waiting.events)
    began = world.time.passed
    with pytest.raises(Interrupted, match="nothing was written"):
        waiting.apply(plan)
    assert world.time.passed - began <= 1
    assert world.store.runs(KEY) == ()


def test_ctrl_c_ends_the_wait_of_a_resume_and_keeps_the_run_resumable(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    killed(world, plan, "before write")
    waiting = Applying(world, settings=ApplySettings(request_timeout=timedelta(minutes=30)))
    waiting.should_stop = lambda: any(isinstance(event, Waiting) for event in waiting.events)
    began = world.time.passed
    report = waiting.resume()
    assert world.time.passed - began <= 1
    assert isinstance(report.stopped_by, Interrupted), report_text(report)
    assert report.run.finished_at is None
    assert waiting.transport.posted == []
    assert_settled(world, plan, Applying(world).resume(), start)

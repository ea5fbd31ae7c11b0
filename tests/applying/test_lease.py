"""A holder that lost its lease while it waited: it sends nothing more to the platform."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.applying.events import Waiting
from reconciler.applying.report import RunReport
from reconciler.errors import Locked
from reconciler.kinds.address import identity
from reconciler.manifests.desired import Desired
from reconciler.state.journal import StepState
from tests.applying.applier_world import (
    KEY,
    LIVE_SETTINGS,
    Applying,
    Killed,
    World,
    in_thread,
    report_text,
)
from tests.applying.small_estate import at
from tests.planning.plan_worlds import complete, desired, wanted

LUNCH = "statuses/Lunch"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, [{"address": LUNCH, "icon": "fork"}])
    yield made
    made.close()


def yes_and_no_lunch() -> Desired:
    """A status created, and another one deleted."""
    return desired(wanted("statuses/Yes", {"icon": "x"}), lists=[complete("statuses")])


def taken_over(world: World, reports: list[RunReport]) -> None:
    """Take the lease, put an agent in the status, and settle the run from another process."""
    world.store.break_lease(KEY)
    world.edited("PUT", "agents/ana/status", {"status": "Lunch", "campaign": None})
    world.time.passed += 29
    reports.append(in_thread(lambda: Applying(world, "luis").resume()))


def ours(world: World, start: int) -> list[str]:
    """The writes of all appliers since `start`."""
    return [entry["address"] for entry in world.audit()[start:] if entry["by"] == "ci"]


def test_a_holder_that_lost_the_lease_in_a_pause_sends_nothing_more(world: World) -> None:
    plan = world.plan(yes_and_no_lunch())
    start, reports = len(world.audit()), list[RunReport]()
    first = Applying(world, "ana")
    first.transport.will("429-long")
    world.time.meanwhile = lambda: taken_over(world, reports)
    assert_ended(world, first, first.apply(plan), reports, start)


@pytest.mark.parametrize("fault", ["429", "503-before", "500-before", "reset-before"])
def test_a_holder_that_lost_the_lease_during_an_attempt_makes_no_other_attempt(
    world: World, fault: str
) -> None:
    plan = world.plan(yes_and_no_lunch())
    start, reports = len(world.audit()), list[RunReport]()
    first = Applying(world, "ana", points=at("before write", lambda: taken_over(world, reports)))
    first.transport.will(fault)
    assert_ended(world, first, first.apply(plan), reports, start)


def assert_ended(
    world: World, first: Applying, late: RunReport, reports: list[RunReport], start: int
) -> None:
    """Check that run and platform are as the process that took over left them."""
    assert isinstance(late.stopped_by, Locked), report_text(late)
    assert identity(LUNCH) in world.snapshot().resources
    assert ours(world, start) == []
    assert [step.state for step in reports[0].steps] == [StepState.SKIPPED] * 2
    assert world.store.steps(reports[0].run.id) == reports[0].steps
    assert len(first.transport.posted) == 1


def test_a_write_that_lands_after_the_run_ended_is_reported_with_it(world: World) -> None:
    plan = world.plan(yes_and_no_lunch())
    reports = list[RunReport]()
    first = Applying(world, "ana", points=at("before write", lambda: taken_over(world, reports)))
    late = first.apply(plan)
    assert isinstance(late.stopped_by, Locked)
    assert (late.run.summary, late.run.finished_at) == (
        reports[0].run.summary,
        reports[0].run.finished_at,
    )
    for step in late.steps:
        assert (step.state, step.fenced) == (StepState.SKIPPED, True)
        assert "a late answer: succeeded" in str(step.detail)
    assert late.exit_code == 5
    assert world.owned() == {}


def test_a_holder_that_lost_the_lease_skips_no_steps(world: World) -> None:
    """A step that failed for the old holder may succeed for the new one, with its dependents."""
    plan = world.plan(desired(wanted("campaigns/New"), wanted("campaigns/New/statuses/Own")))

    def lose() -> None:
        world.store.break_lease(KEY)

    points = at("before record_outcomes", lose)
    points.strike_at, points.strike = 2, lambda: world.edited("POST", "campaigns/New", {})
    report = Applying(world, "ana", points=points).apply(plan)
    assert isinstance(report.stopped_by, Locked), report_text(report)
    assert [(step.state, step.fenced) for step in report.steps] == [
        (StepState.UNKNOWN, True),
        (StepState.PENDING, False),
    ]


def killed_in_the_second_attempt(world: World) -> Applying:
    """Kill a process while the second attempt of a write is in flight, after a long Retry-After.
    Then take its lease, and put an agent in the status."""
    dead = Applying(world, "dead", points=at("held"))
    dead.transport.will("503-long", "held")
    with pytest.raises(Killed):
        dead.apply(world.plan(yes_and_no_lunch()))
    world.store.break_lease(KEY)
    world.edited("PUT", "agents/ana/status", {"status": "Lunch", "campaign": None})
    return dead


def waited(applying: Applying) -> list[float]:
    return [event.seconds for event in applying.events if isinstance(event, Waiting)]


def test_a_resume_waits_for_the_last_attempt_not_the_first(world: World) -> None:
    dead = killed_in_the_second_attempt(world)
    world.time.meanwhile = lambda: in_thread(lambda: asyncio.run(dead.transport.deliver()))
    resuming = Applying(world, "luis")
    report = resuming.resume()
    assert report.exit_code == 0, report_text(report)
    assert waited(resuming) == [LIVE_SETTINGS.attempt_seconds]
    assert world.owned().keys() == {identity("statuses/Yes")}


def test_a_resume_waits_no_longer_than_an_attempt_with_any_clock(
    world: World,
) -> None:
    killed_in_the_second_attempt(world)
    world.time.passed -= 7200
    resuming = Applying(world, "luis")
    report = resuming.resume()
    assert report.run.finished_at is not None, report_text(report)
    assert waited(resuming) == [LIVE_SETTINGS.attempt_seconds]


def test_a_resume_does_not_wait_when_no_attempt_can_be_in_flight(world: World) -> None:
    killed_in_the_second_attempt(world)
    world.time.passed += LIVE_SETTINGS.attempt_seconds
    resuming = Applying(world, "luis")
    assert resuming.resume().run.finished_at is not None
    assert waited(resuming) == []


def test_every_attempt_of_a_write_has_its_own_intent(world: World) -> None:
    plan = world.plan(desired(wanted("statuses/Yes", {"icon": "x"})))
    applying = Applying(world)
    applying.transport.will("429-long", "503-before")
    began = world.time.now()
    report = applying.apply(plan)
    (step,) = report.steps
    assert (step.state, step.attempts) == (StepState.SUCCEEDED, 3)
    assert applying.points.seen.count("after record_intents") == 3
    assert (step.updated_at - began).total_seconds() >= 50

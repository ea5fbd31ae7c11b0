"""A step that was certainly not performed is not uncertain: a resume sends it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.applying.events import Waiting
from reconciler.manifests.desired import Desired
from reconciler.state.journal import StepState, Summary
from tests.applying.applier_world import Applying, World, report_text
from tests.applying.small_estate import assert_settled
from tests.planning.plan_worlds import desired, wanted

UNSENT = [("429-forever", 6), ("refused", 6), ("401", 1), ("403", 1)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def two() -> Desired:
    return desired(wanted("statuses/Yes"), wanted("statuses/No"))


def waits(applying: Applying) -> list[Waiting]:
    return [event for event in applying.events if isinstance(event, Waiting)]


@pytest.mark.parametrize(("fault", "code"), UNSENT)
def test_a_step_that_was_certainly_not_performed_is_pending_and_resent_at_once(
    world: World, fault: str, code: int
) -> None:
    plan, start = world.plan(two()), len(world.audit())
    applying = Applying(world)
    applying.transport.will(*[fault] * 9)
    report = applying.apply(plan)
    assert report.exit_code == code, report_text(report)
    assert report.run.summary == Summary(pending=2), report_text(report)
    assert all(str(step.detail).startswith("not written: ") for step in report.steps)
    resuming = Applying(world)
    assert_settled(world, plan, resuming.resume(), start)
    assert waits(resuming) == []


@pytest.mark.parametrize(
    ("fault", "status"), [("429-forever", 429), ("refused", None), ("401", 401)]
)
def test_a_refusal_does_not_settle_an_earlier_attempt_without_an_answer(
    world: World, fault: str, status: int | None
) -> None:
    plan, start = world.plan(two()), len(world.audit())
    applying = Applying(world)
    applying.transport.will("reset-after", *[fault] * 9)
    report = applying.apply(plan)
    assert report.exit_code == 5, report_text(report)
    assert [(step.state, step.status_code) for step in report.steps] == [
        (StepState.UNKNOWN, status)
    ] * 2
    assert_settled(world, plan, Applying(world).resume(), start)


def test_a_refusal_does_not_settle_an_item_without_a_clear_answer(world: World) -> None:
    plan = world.plan(two())
    applying = Applying(world)
    applying.transport.will("item-503", "", "", *["429-forever"] * 9)
    report = applying.apply(plan)
    assert sorted(step.state for step in report.steps) == [StepState.SUCCEEDED, StepState.UNKNOWN]


def test_earlier_writes_make_the_run_partly_applied(world: World) -> None:
    plan = world.plan(desired(wanted("campaigns/New"), wanted("campaigns/New/statuses/Own")))
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.will("", "", *["429-forever"] * 9)
    report = applying.apply(plan)
    assert report.exit_code == 5, report_text(report)
    assert report.run.summary == Summary(succeeded=1, pending=1)
    assert_settled(world, plan, Applying(world).resume(), start)

"""A platform that refuses, is silent, or disconnects: each step is settled or reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.errors import (
    AccessDenied,
    Unreachable,
)
from tests.applying.applier_world import Applying, World, report_text
from tests.applying.run_accounts import expected_ledger
from tests.applying.small_estate import assert_settled, killed, small_world, two_layers


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = small_world(tmp_path)
    yield made
    made.close()


# ---- the platform ------------------------------------------------------------------------


def test_an_expired_token_stops_the_run_and_a_resume_finishes_it(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.will("", "", "401")
    report = applying.apply(plan)
    assert isinstance(report.stopped_by, AccessDenied)
    assert report.exit_code == 5
    assert report.run.finished_at is None
    assert report.run.summary.skipped == 0, report_text(report)
    assert_settled(world, plan, Applying(world).resume(), start)


def test_a_token_refused_at_the_first_write_changes_nothing(world: World) -> None:
    applying = Applying(world)
    applying.transport.will("401")
    report = applying.apply(world.plan(two_layers()))
    assert report.exit_code == 1, report_text(report)
    assert Applying(world).resume().exit_code == 0


def test_a_batch_refused_whole_fails_its_steps_so_planning_is_possible(world: World) -> None:
    plan = world.plan(two_layers())
    applying = Applying(world)
    applying.transport.will("400")
    report = applying.apply(plan)
    assert report.run.finished_at is not None, report_text(report)
    assert report.run.summary.succeeded == 0
    assert report.exit_code == 1
    assert "injected" in str(report.steps[0].detail)
    assert world.plan(two_layers()).unfinished_run == ""


@pytest.mark.parametrize("fault", ["reset-after", "503-after", "500-after", "truncated", "short"])
def test_a_write_that_took_effect_without_an_answer_is_settled_once(
    world: World, fault: str
) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.will(fault, fault, fault)
    report = applying.apply(plan)
    if report.exit_code:
        assert isinstance(report.stopped_by, Unreachable)
        assert report.exit_code == 5
        report = Applying(world).resume()
    assert_settled(world, plan, report, start)
    assert world.owned() == expected_ledger({}, plan, report.steps)


@pytest.mark.parametrize("fault", ["item-503", "item-503-after", "item-429"])
def test_an_item_without_a_clear_answer_is_settled_by_reading(world: World, fault: str) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.will(fault)
    assert_settled(world, plan, applying.apply(plan), start)


def test_a_step_without_any_clear_answer_stays_uncertain(
    world: World,
) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.always = "item-503-after"
    report = applying.apply(plan)
    assert report.exit_code in (5, 6), report_text(report)
    assert report.run.finished_at is None
    assert report.run.summary.failed == report.run.summary.skipped == 0, report_text(report)
    assert_settled(world, plan, Applying(world).resume(), start)


def test_a_refused_read_back_is_reported_and_the_run_continues(world: World) -> None:
    applying = Applying(world)
    applying.transport.will("", "400")
    report = applying.apply(world.plan(two_layers()))
    assert report.exit_code == 0
    assert "not read back" in str(report.steps[0].detail)


def test_a_resume_that_cannot_reach_the_platform_reports_from_the_journal(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    killed(world, plan, "before record_intents", nth=2)
    cut_off = Applying(world)
    cut_off.transport.reads.extend(["reset-before"] * 200)
    report = cut_off.resume()
    assert report.exit_code == 5
    assert isinstance(report.stopped_by, Unreachable)
    assert report.run.finished_at is None
    assert_settled(world, plan, Applying(world).resume(), start)

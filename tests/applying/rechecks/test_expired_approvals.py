"""An approval is valid until its last day; a later apply is blocked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from reconciler.applying.report import BlockedAtApply
from reconciler.planning.digests import with_digests
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from tests.applying.applier_world import Applying, Killed, Points, World, report_text
from tests.planning.plan_worlds import desired, wanted

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.applied(desired(wanted("campaigns/Old"), wanted("statuses/Tea")))
    yield made
    made.close()


def _approved_until_today(world: World) -> Plan:
    """A delete of a campaign, approved until today."""
    plan = world.plan(desired(wanted("statuses/Tea")))
    today = world.time.now().astimezone(UTC).date()
    findings = tuple(
        replace(one, approved=replace(one.approved, expires=today)) if one.approved else one
        for one in plan.findings
    )
    return with_digests(replace(plan, findings=findings))


def test_an_expired_approval_blocks(world: World) -> None:
    plan, start = _approved_until_today(world), len(world.audit())
    world.time.passed += DAY.total_seconds()
    with pytest.raises(BlockedAtApply, match="expired") as blocked:
        Applying(world).apply(plan)
    assert {one.code for one in blocked.value.findings} == {"delete-campaign", "open-hours"}
    assert len(world.audit()) == start


def test_an_approval_is_valid_on_its_last_day(world: World) -> None:
    plan = _approved_until_today(world)
    assert codec.load_plan(codec.dump_plan(plan), name="the plan") == plan
    assert Applying(world).apply(plan).exit_code == 0


def test_a_run_started_on_the_last_day_of_an_approval_is_resumed_later(world: World) -> None:
    """A half-applied change is worse than a finished one."""
    plan, points = _approved_until_today(world), Points(3)
    points.strike = points.kill
    with pytest.raises(Killed):
        Applying(world, "dead", points=points).apply(plan)
    world.time.passed += DAY.total_seconds()
    report = Applying(world).resume()
    assert report.exit_code == 0, report_text(report)

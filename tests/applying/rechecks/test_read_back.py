"""Every write is read back: collateral and unreadable resources are reported or stop the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.applying.apply import ApplySettings
from reconciler.applying.report import RunReport
from reconciler.manifests.desired import Desired
from tests.applying.applier_world import Applying, World, report_text
from tests.applying.small_estate import assert_settled, at, states
from tests.planning.plan_worlds import desired, wanted

TEA = "statuses/Tea"
STOPPING = ApplySettings(stop_on_collateral=True)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, [{"address": TEA, "icon": "cup"}])
    yield made
    made.close()


def two_layers() -> Desired:
    return desired(
        wanted(TEA, {"icon": "mug"}), wanted("campaigns/New"), wanted("campaigns/New/statuses/Own")
    )


def assert_stopped_after_the_first(report: RunReport, *words: str) -> None:
    assert report.exit_code == 5, report_text(report)
    assert states(report)["create campaigns/New/statuses/Own"] == "pending"
    assert report.run.summary.succeeded == 2
    for word in words:
        assert word in str(report.stopped_by)
    assert "stopped" not in str(report.stopped_by).lower(), "whoever shows it says so"


def test_stop_on_collateral_stops_at_collateral(world: World) -> None:
    plan, start = world.plan(two_layers()), len(world.audit())
    hers = at("after write", lambda: world.edited("PATCH", TEA, {"color": "#112233"}))
    report = Applying(world, points=hers, settings=STOPPING).apply(plan)
    assert_stopped_after_the_first(report, "outside the plan changed")
    world.edited("PATCH", TEA, {"color": "#808080"})
    assert_settled(world, plan, Applying(world).resume(), start)


def test_stop_on_collateral_stops_when_a_write_cannot_be_read_back(world: World) -> None:
    plan, start = world.plan(two_layers()), len(world.audit())
    applying = Applying(world, settings=STOPPING)
    applying.transport.will("", "400")
    assert_stopped_after_the_first(applying.apply(plan), "could not be read back")
    assert_settled(world, plan, Applying(world).resume(), start)


def test_without_stop_on_collateral_the_run_continues_and_reports_it(world: World) -> None:
    plan, start = world.plan(two_layers()), len(world.audit())
    applying = Applying(world)
    applying.transport.will("", "400")
    report = applying.apply(plan)
    assert_settled(world, plan, report, start)
    assert sum("not read back" in str(step.detail) for step in report.steps) == 2

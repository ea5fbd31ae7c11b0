"""A small estate, a plan of it in two layers, and applies that are killed at a named point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.applying.report import RunReport
from reconciler.manifests.desired import Desired
from reconciler.planning.plan import Plan
from tests.applying.applier_world import Applying, Killed, Points, World, report_text
from tests.applying.run_accounts import account
from tests.planning.plan_worlds import desired, wanted

LUNCH = "statuses/Lunch"
TEA = "statuses/Tea"


def small_world(folder: Path) -> World:
    """A platform with one of each resource that the plans here change."""
    return World(
        folder,
        [
            {"address": TEA, "icon": "cup"},
            {"address": "statuses/Nap", "icon": "bed"},
            {"address": "dispositions/Sale"},
            {"address": "dispositions/Sale/Done"},
            {"address": "campaigns/Old"},
            {"address": "campaigns/Old/statuses/Away"},
        ],
    )


def two_layers(icon: str = "mug") -> Desired:
    """An update, a new campaign, and resources that need the campaign."""
    return desired(
        wanted(TEA, {"icon": icon}),
        wanted("campaigns/New", {}),
        wanted("campaigns/New/statuses/Own", {"icon": "x"}),
        wanted("campaigns/New/channels/webchat", {"enabled": True, "connector": "web"}),
    )


def states(report: RunReport) -> dict[str, str]:
    return {f"{step.action} {step.address}": str(step.state) for step in report.steps}


def at(name: str, act: Callable[[], None] | None = None, *, nth: int = 1) -> Points:
    """Points that call `act` once, at the n-th point of a name; the default kills the process."""

    class Named(Points):
        def reached(self, point: str) -> None:
            super().reached(point)
            if point == name and self.seen.count(name) == nth:
                (act or self.kill)()

    return Named()


def killed(world: World, plan: Plan, name: str, *, nth: int = 1) -> None:
    """Apply a plan and kill the process at a point."""
    points = at(name, nth=nth)
    with pytest.raises(Killed):
        Applying(world, "dead", points=points).apply(plan)
    assert points.dead
    world.time.passed += 61


def assert_settled(world: World, plan: Plan, report: RunReport, start: int) -> None:
    """Check that the run is finished, with every step done once and a right ledger."""
    assert report.exit_code == 0, report_text(report)
    assert report.run.finished_at is not None
    found = account(plan, report.steps, world.audit()[start:], world.snapshot())
    assert found.clean, found

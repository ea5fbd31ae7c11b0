"""A freeze holds up what has not begun, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.applying.report import BlockedAtApply
from reconciler.kinds.schedule import Schedule
from reconciler.manifests.desired import Desired
from reconciler.manifests.freeze import Freeze
from reconciler.planning.model import Plan
from tests.planning.estates import desired, wanted
from tests.torture.world import Applying, Killed, Points, World, told

TEA = "statuses/Tea"
ALWAYS = Freeze("America/Montevideo", Schedule.parse("always"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, [{"address": TEA, "icon": "cup"}])
    yield made
    made.close()


def _mug() -> Desired:
    return desired(wanted(TEA, {"icon": "mug"}), wanted("statuses/Nap", {"icon": "bed"}))


class _Deadly(Points):
    """Dies at the first point of a name."""

    def reached(self, name: str) -> None:
        super().reached(name)
        if name == "after record_intents":
            self.kill()


def test_nothing_begins_and_no_run_is_left_behind(world: World) -> None:
    plan, start = world.plan(_mug()), len(world.audit())
    with pytest.raises(BlockedAtApply) as caught:
        Applying(world, freeze=ALWAYS).apply(plan)
    assert [one.code for one in caught.value.findings] == ["freeze"]
    assert len(world.audit()) == start
    assert Applying(world).apply(plan).exit_code == 0


def _cut_off(world: World) -> Plan:
    plan = world.plan(_mug())
    with pytest.raises(Killed):
        Applying(world, "dead", points=_Deadly()).apply(plan)
    world.time.passed += 61
    return plan


def test_a_run_that_was_cut_off_is_resumed_inside_one(world: World) -> None:
    _cut_off(world)
    report = Applying(world, freeze=ALWAYS).resume()
    assert report.exit_code == 0, told(report)
    assert world.snapshot().resources[TEA.casefold()].fields["icon"] == "mug"


def test_and_so_it_is_when_its_plan_is_applied_again(world: World) -> None:
    report = Applying(world, freeze=ALWAYS).apply(_cut_off(world))
    assert report.exit_code == 0, told(report)

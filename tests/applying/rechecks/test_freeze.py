"""A freeze blocks new applies and allows resumes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.applying.report import BlockedAtApply
from reconciler.errors import PlanUnsigned
from reconciler.kinds.values.schedule import Schedule
from reconciler.manifests.desired import Desired
from reconciler.manifests.freeze import DatedWindow, Freeze
from reconciler.manifests.settings import Environment
from reconciler.planning.digests import with_digests
from reconciler.planning.plan import Plan
from reconciler.planning.planfile.safeguards import safeguards_of
from reconciler.state.safeguards import Safeguards
from tests.applying.applier_world import KEY, Applying, Killed, Points, World, report_text
from tests.planning.plan_worlds import desired, wanted

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
    """Kills the process at the first point of a name."""

    def reached(self, name: str) -> None:
        super().reached(name)
        if name == "after record_intents":
            self.kill()


def test_a_freeze_blocks_an_apply_without_leaving_a_run(world: World) -> None:
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


def test_an_interrupted_run_is_resumed_inside_a_freeze(world: World) -> None:
    _cut_off(world)
    report = Applying(world, freeze=ALWAYS).resume()
    assert report.exit_code == 0, report_text(report)
    assert world.snapshot().resources[TEA.casefold()].fields["icon"] == "mug"


def test_an_interrupted_run_is_continued_by_its_plan_inside_a_freeze(world: World) -> None:
    report = Applying(world, freeze=ALWAYS).apply(_cut_off(world))
    assert report.exit_code == 0, report_text(report)


# ---- a freeze that was last applied ------------------------------------------------------------


def _recording(plan: Plan, freeze: Freeze) -> Plan:
    """The plan, made from files with this freeze."""
    environment = Environment("dev", "http://x", "acme-dev", freeze=freeze)
    return with_digests(replace(plan, safeguards=safeguards_of(environment, Path())))


def _soon(world: World) -> Freeze:
    """A freeze that begins in an hour and lasts a year."""
    start = (world.time.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    end = (world.time.now() + timedelta(days=365)).strftime("%Y-%m-%d")
    return Freeze("UTC", Schedule.parse("never"), (DatedWindow.parse(start, end, "Sale"),))


def test_a_freeze_that_was_last_applied_blocks_after_its_removal_from_the_files(
    world: World,
) -> None:
    assert Applying(world).apply(_recording(world.plan(_mug()), ALWAYS)).exit_code == 0
    later, start = world.plan(desired(wanted(TEA, {"icon": "pot"}))), len(world.audit())
    assert later.safeguards != world.store.ledger(*KEY).safeguards[0]
    with pytest.raises(BlockedAtApply) as caught:
        Applying(world, freeze=None).apply(later)
    assert [one.code for one in caught.value.findings] == ["freeze"]
    assert len(world.audit()) == start


def test_an_apply_without_a_signature_is_refused_where_one_is_required(
    world: World,
) -> None:
    required = Safeguards(require_signature=True, keys={"SHA256:ana": "QQ=="})
    first = with_digests(replace(world.plan(_mug()), safeguards=required))
    assert Applying(world).apply(first).exit_code == 0
    start = len(world.audit())
    with pytest.raises(PlanUnsigned):
        Applying(world).apply(world.plan(desired(wanted(TEA, {"icon": "pot"}))))
    assert len(world.audit()) == start


def test_a_run_is_resumed_inside_a_freeze_that_was_last_applied_and_records_its_safeguards(
    world: World,
) -> None:
    soon = _soon(world)
    Applying(world).apply(_recording(world.plan(_mug()), soon))
    weaker = world.plan(desired(wanted(TEA, {"icon": "pot"})))
    assert weaker.safeguards == Safeguards(), "made from files without a freeze, as approved"
    with pytest.raises(Killed):
        Applying(world, "dead", points=_Deadly()).apply(weaker)
    assert world.store.ledger(*KEY).safeguards == (_recording(weaker, soon).safeguards,)
    world.time.passed += 2 * 3600
    report = Applying(world).resume()
    assert report.exit_code == 0, report_text(report)
    assert world.store.ledger(*KEY).safeguards == (Safeguards(),)

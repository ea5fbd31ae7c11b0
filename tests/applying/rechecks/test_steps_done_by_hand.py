"""Parts of a plan done by hand before the apply: the rest is applied, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.applying.report import BlockedAtApply, RunReport
from reconciler.errors import PlanStale
from reconciler.kinds.address import identity
from reconciler.manifests.desired import Desired
from reconciler.planning.plan import Plan
from tests.applying.applier_world import Applying, Killed, Points, World, report_text
from tests.planning.plan_worlds import complete, desired, wanted

SALE = "dispositions/Sale"
BELOW = ("Old", "Done")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A platform with an applied disposition Sale and two levels."""
    made = World(tmp_path)
    levels = [wanted(f"{SALE}/{name}") for name in BELOW]
    shop = wanted("campaigns/Shop")
    made.applied(desired(shop, wanted(SALE), *levels, wanted("statuses/Tea", {"icon": "cup"})))
    yield made
    made.close()


def renamed_and_changed() -> Desired:
    """Sale renamed, one of its levels deleted, another one edited."""
    return desired(
        wanted("campaigns/Shop"),
        wanted("dispositions/Sales", renamed_from="Sale"),
        wanted("dispositions/Sales/Done", {"text_code": "OK"}),
        wanted("statuses/Tea", {"icon": "leaf"}),
        lists=[complete("dispositions/Sales")],
    )


def renamed_by_hand(world: World) -> None:
    world.edited("POST", f"{SALE}:rename", {"name": "Sales"})


def assert_made(world: World, report: RunReport) -> None:
    """Check that platform and ledger match the plan, with each level under the new name."""
    assert report.exit_code == 0, report_text(report)
    live = world.snapshot().resources
    assert identity("dispositions/Sales/Old") not in live
    assert live[identity("dispositions/Sales/Done")].fields["text_code"] == "OK"
    own = {key for key in world.owned() if key.startswith("dispositions")}
    assert own == {"dispositions/sales", "dispositions/sales/done"}
    assert world.plan(renamed_and_changed()).is_empty


def interrupted(world: World, plan: Plan) -> None:
    """A run that is interrupted before its first request."""
    points = Points()
    points.strike_at, points.strike = 3, points.kill
    with pytest.raises(Killed):
        Applying(world, "dead", points=points).apply(plan)
    assert points.seen[-1] == "before record_intents"
    world.time.passed += 61


def test_children_of_a_rename_done_by_hand_are_deleted_and_edited(world: World) -> None:
    plan = world.plan(renamed_and_changed())
    renamed_by_hand(world)
    assert_made(world, Applying(world).apply(plan))


def test_a_resume_deletes_and_edits_children_of_a_rename_done_by_hand(world: World) -> None:
    plan = world.plan(renamed_and_changed())
    interrupted(world, plan)
    renamed_by_hand(world)
    assert_made(world, Applying(world).resume())


def test_a_new_child_of_a_rename_done_by_hand_is_kept(world: World) -> None:
    plan = world.plan(renamed_and_changed())
    renamed_by_hand(world)
    world.edited("POST", "dispositions/Sales/Old/Hers", {})
    with pytest.raises(PlanStale, match="dispositions/Sales/Old/Hers"):
        Applying(world).apply(plan)


def test_a_resume_keeps_new_children_of_a_rename_done_by_hand(world: World) -> None:
    plan = world.plan(renamed_and_changed())
    interrupted(world, plan)
    renamed_by_hand(world)
    world.edited("POST", "dispositions/Sales/Old/Hers", {})
    report = Applying(world).resume()
    assert identity("dispositions/Sales/Old/Hers") in world.snapshot().resources, report_text(
        report
    )
    assert report.exit_code == 5
    assert "dispositions/sales/old" in world.owned()


def test_a_rename_below_a_rename_done_by_hand_is_applied(world: World) -> None:
    want = desired(
        wanted("campaigns/Shop"),
        wanted("dispositions/Sales", renamed_from="Sale"),
        wanted("dispositions/Sales/Completed", {"text_code": "OK"}, renamed_from="Done"),
        wanted("dispositions/Sales/Old"),
        wanted("statuses/Tea", {"icon": "cup"}),
    )
    plan = world.plan(want)
    renamed_by_hand(world)
    report = Applying(world).apply(plan)
    assert report.exit_code == 0, report_text(report)
    assert world.plan(want).is_empty


def test_guards_check_the_children_of_a_rename_done_by_hand(world: World) -> None:
    plan = world.plan(renamed_and_changed())
    renamed_by_hand(world)
    use = {"campaign": "Shop", "disposition": "dispositions/Sales/Old"}
    world.edited("POST", "interactions", use)
    with pytest.raises(BlockedAtApply) as blocked:
        Applying(world).apply(plan)
    assert [finding.code for finding in blocked.value.findings] == ["delete-in-use"]


def test_a_finding_about_a_delete_done_by_hand_does_not_block(world: World) -> None:
    """The usage of a deleted resource cannot be read and is not needed."""
    want = desired(
        wanted(SALE), *[wanted(f"{SALE}/{n}") for n in BELOW], wanted("statuses/Tea", {"icon": "x"})
    )
    plan = world.plan(want)
    assert any(finding.code == "delete-campaign" and finding.approved for finding in plan.findings)
    world.edited("DELETE", "campaigns/Shop")
    report = Applying(world).apply(plan)
    assert report.exit_code == 0, report_text(report)
    assert world.plan(want).is_empty

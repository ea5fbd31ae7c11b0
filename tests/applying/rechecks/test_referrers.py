"""Referrers of deleted resources change as planned, or the difference is reported: before an apply,
after it, and in a resumed run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.applying.apply import ApplySettings
from reconciler.applying.events import CollateralFound
from reconciler.applying.report import RunReport
from reconciler.errors import PlanStale
from reconciler.kinds.base import Fields
from reconciler.manifests.desired import Desired
from reconciler.planning.plan import Plan
from tests.applying.applier_world import Applying, World, report_text
from tests.applying.small_estate import assert_settled, at, killed
from tests.planning.plan_worlds import desired, wanted

TEXT: Fields = {"type": "text", "content": "x"}
SIGN, OTHER = "templates/Sign", "templates/Other"
SALES_MAIL, SHOP_MAIL = "campaigns/Sales/channels/email", "campaigns/Shop/channels/email"
NAMED = "holidays/Named"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield from _world(tmp_path)


def _world(folder: Path, **limits: int) -> Iterator[World]:
    """Two channels set by hand, with an owned signature, and a holiday with two owned campaigns."""
    signed = {"connector": "mail", "signature": "Sign"}
    made = World(
        folder,
        [
            {"address": "campaigns/Sales"},
            {"address": "campaigns/Shop"},
            {"address": OTHER, **TEXT},
        ],
        limits=limits,
    )
    made.applied(desired(wanted(SIGN, TEXT), wanted("campaigns/One"), wanted("campaigns/Two")))
    for address in (SALES_MAIL, SHOP_MAIL):
        made.edited("PATCH", address, signed)
    closed = {"date": "2027-01-06", "campaigns": ["One", "Sales", "Two"]}
    made.edited("POST", NAMED, closed)
    yield made
    made.close()


def without_sign() -> Desired:
    return desired(wanted("campaigns/One"), wanted("campaigns/Two"))


def without_campaigns() -> Desired:
    return desired(wanted(SIGN, TEXT))


def collateral(applying: Applying) -> list[tuple[str, str]]:
    return [
        (event.address, event.field)
        for event in applying.events
        if isinstance(event, CollateralFound)
    ]


def field_of(world: World, address: str, name: str) -> Any:
    return world.snapshot().resources[address.lower()].fields[name]


# ---- before an apply ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"signature": "Other"}, f"{SHOP_MAIL}: signature changed by maria at 20"),
        ({"signature": None}, f"{SHOP_MAIL}: signature changed by maria at 20"),
    ],
)
def test_a_referrer_with_another_result_makes_the_plan_stale(
    world: World, edit: dict[str, Any], said: str
) -> None:
    plan = world.plan(without_sign())
    world.edited("PATCH", SHOP_MAIL, edit)
    start = len(world.audit())
    with pytest.raises(PlanStale, match="this plan is stale") as stale:
        Applying(world).apply(plan)
    assert said in str(stale.value)
    assert len(world.audit()) == start


def test_a_deleted_referrer_makes_the_plan_stale(world: World) -> None:
    plan = world.plan(without_campaigns())
    world.edited("DELETE", NAMED)
    with pytest.raises(PlanStale, match=f"{NAMED} is gone from the platform"):
        Applying(world).apply(plan)


def test_a_referrer_may_change_in_unplanned_fields(world: World) -> None:
    plan, start = world.plan(without_sign()), len(world.audit())
    world.edited("PATCH", SHOP_MAIL, {"max_queue": 9})
    assert_settled(world, plan, Applying(world).apply(plan), start)
    assert field_of(world, SHOP_MAIL, "max_queue") == 9


def test_a_name_that_now_means_another_resource_makes_the_plan_stale(world: World) -> None:
    plan = world.plan(without_sign())
    world.edited("POST", "campaigns/Shop/templates/Sign", TEXT)
    with pytest.raises(PlanStale, match=SHOP_MAIL):
        Applying(world).apply(plan)


def test_a_new_meaning_of_a_name_that_no_guard_checks_makes_the_plan_stale(world: World) -> None:
    own = wanted("campaigns/Shop/templates/Other", TEXT)
    plan = world.plan(desired(*without_sign().resources.values(), wanted(SIGN, TEXT), own))
    assert plan.consequences == ()
    world.edited("PATCH", SHOP_MAIL, {"signature": "Other"})
    with pytest.raises(PlanStale, match=f"{SHOP_MAIL}: its signature .* does not show"):
        Applying(world).apply(plan)


# ---- after a write -----------------------------------------------------------------------


def test_a_planned_consequence_is_not_collateral(world: World) -> None:
    plan, start = world.plan(desired()), len(world.audit())
    applying = Applying(world, settings=ApplySettings(stop_on_collateral=True))
    assert_settled(world, plan, applying.apply(plan), start)
    assert collateral(applying) == []
    assert field_of(world, NAMED, "campaigns") == ["Sales"]


def test_causes_in_several_requests_are_not_collateral_in_between(tmp_path: Path) -> None:
    for world in _world(tmp_path, batch=1):
        plan, start = world.plan(desired()), len(world.audit())
        applying = Applying(world)
        assert_settled(world, plan, applying.apply(plan), start)
        assert collateral(applying) == []


def _raced(world: World, want: Desired, edit: Callable[[], None], **how: Any) -> Applying:
    """An apply that somebody overtakes between its verification and its writes."""
    plan = world.plan(want)
    applying = Applying(world, points=at("after begin_run", edit), **how)
    applying.report = applying.apply(plan)  # type: ignore[attr-defined]
    return applying


def test_an_unplanned_consequence_is_collateral(world: World) -> None:
    applying = _raced(
        world, without_sign(), lambda: world.edited("PATCH", SHOP_MAIL, {"signature": "Other"})
    )
    assert collateral(applying) == [(SHOP_MAIL, "signature")]
    report: RunReport = applying.report  # type: ignore[attr-defined]
    (step,) = (item for item in report.steps if item.address == SIGN)
    assert str(step.detail) == f"differs from the plan after the write: signature of {SHOP_MAIL}"


def test_stop_on_collateral_stops_at_a_changed_referrer(world: World) -> None:
    edit = {"campaigns": ["One", "Sales", "Shop", "Two"]}
    applying = _raced(
        world,
        without_campaigns(),
        lambda: world.edited("PATCH", NAMED, edit),
        settings=ApplySettings(stop_on_collateral=True),
    )
    report: RunReport = applying.report  # type: ignore[attr-defined]
    assert "outside the plan changed" in str(report.stopped_by)


@pytest.mark.parametrize("fault", ["503-after", "item-503-after", "truncated", "reset-after"])
def test_referrers_of_a_delete_without_an_answer_are_read_back(world: World, fault: str) -> None:
    plan, start = world.plan(desired()), len(world.audit())
    applying = Applying(world)
    applying.transport.will(fault)
    assert_settled(world, plan, applying.apply(plan), start)
    assert collateral(applying) == []


def test_an_unplanned_consequence_of_a_delete_without_an_answer_is_reported(
    world: World,
) -> None:
    plan = world.plan(without_sign())
    edit = at("after begin_run", lambda: world.edited("PATCH", SHOP_MAIL, {"signature": "Other"}))
    applying = Applying(world, points=edit)
    applying.transport.will("item-503-after")
    report = applying.apply(plan)
    assert collateral(applying) == [(SHOP_MAIL, "signature")], report_text(report)
    assert any(f"signature of {SHOP_MAIL}" in str(step.detail) for step in report.steps)


# ---- a resumed run ----------------------------------------------------------


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize(
    "point", ["before record_intents", "after write", "before record_outcomes"]
)
def test_an_interrupted_run_ends_as_planned(tmp_path: Path, point: str, nth: int) -> None:
    for world in _world(tmp_path, batch=1):
        plan, start = world.plan(desired()), len(world.audit())
        killed(world, plan, point, nth=nth)
        applying = Applying(world)
        assert_settled(world, plan, applying.resume(), start)
        assert collateral(applying) == []


def test_a_resume_does_not_delete_what_a_changed_referrer_needs(world: World) -> None:
    plan = world.plan(without_sign())
    killed(world, plan, "before record_intents")
    world.edited("PATCH", SHOP_MAIL, {"signature": "Other"})
    report = Applying(world).resume()
    (step,) = (item for item in report.steps if item.address == SIGN)
    assert step.state == "failed"
    assert f"{SHOP_MAIL}: signature changed by maria" in str(step.detail)
    assert SIGN.lower() in world.snapshot().resources
    assert report.run.finished_at is not None


# ---- undo --------------------------------------------------------------------------------


def undone(world: World, made: Plan, report: RunReport) -> RunReport:
    from reconciler.planning.undo.planner import make_undo_plan
    from tests.applying.applier_world import KEY
    from tests.planning.plan_worlds import SETTINGS

    back = make_undo_plan(
        made,
        report.steps,
        world.snapshot(),
        world.store.ledger(*KEY),
        run_id=report.run.id,
        settings=SETTINGS,
        now=world.time.now(),
    )
    return Applying(world).apply(back)


def test_an_undo_restores_all_referrers_and_tracks_none(world: World) -> None:
    before = world.snapshot().resources
    tracked = set(world.owned())
    plan = world.plan(desired())
    report = Applying(world).apply(plan)
    assert field_of(world, SHOP_MAIL, "signature") is None
    back = undone(world, plan, report)
    assert back.exit_code == 0, report_text(back)
    after = world.snapshot().resources
    assert {key: item.fields for key, item in after.items()} == {
        key: item.fields for key, item in before.items()
    }
    assert set(world.owned()) == tracked

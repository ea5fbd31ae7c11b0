"""Refusals at apply name the resource, field, user and time, so the user can be asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.applying.report import BlockedAtApply
from reconciler.planning.plan import Plan
from tests.applying.applier_world import Applying, World
from tests.applying.small_estate import at
from tests.planning.plan_worlds import desired, wanted

HELLO = "templates/Hello"
MAIL = {"enabled": True, "connector": "mail", "signature": "Hello"}
WHEN = re.compile(r"at 20\d\d-\d\d-\d\dT")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(
        tmp_path,
        [
            {"address": "campaigns/Sales"},
            {"address": "campaigns/Shop"},
            {"address": "statuses/Tea", "icon": "cup"},
        ],
    )
    made.applied(desired(wanted(HELLO, {"type": "html", "content": "x"})))
    yield made
    made.close()


def blocked(world: World, plan: Plan) -> str:
    with pytest.raises(BlockedAtApply) as stopped:
        Applying(world).apply(plan)
    findings = stopped.value.findings
    return next(str(finding.message) for finding in findings if finding.address == HELLO)


def test_a_new_referrer_is_reported_with_field_user_and_time(
    world: World,
) -> None:
    plan = world.plan(desired())
    world.edited("PATCH", "campaigns/Sales/channels/email", MAIL)
    world.edited("PATCH", "campaigns/Sales/channels/email", {"max_queue": 9})
    said = blocked(world, plan)
    assert "campaigns/Sales/channels/email refers to it in signature, set by maria at 20" in said
    assert WHEN.search(said)


def test_only_the_new_referrer_of_an_approved_delete_is_reported(world: World) -> None:
    world.edited("PATCH", "campaigns/Sales/channels/email", MAIL)
    plan = world.plan(desired())
    world.edited("PATCH", "campaigns/Shop/channels/email", MAIL)
    said = blocked(world, plan)
    assert "1 new referrer since it was approved" in said
    assert "campaigns/Shop/channels/email refers to it in signature, set by maria at 20" in said
    assert "campaigns/Sales" not in said


def refused(world: World, plan: Plan, edit: Callable[[], None], **faults: str) -> str:
    """The detail of the one step that a concurrent edit blocked."""
    applying = Applying(world, points=at("after begin_run", edit))
    applying.transport.will(*faults.values())
    (step,) = (item for item in applying.apply(plan).steps if item.status_code == 412)
    return str(step.detail)


def test_an_edit_after_verification_is_reported_with_field_user_and_time(world: World) -> None:
    plan = world.plan(desired(wanted("statuses/Tea", {"icon": "mug"})))
    said = refused(world, plan, lambda: world.edited("PATCH", "statuses/Tea", {"icon": "hers"}))
    assert said.startswith("icon changed by maria at 20")
    assert said.endswith("since the plan was verified; nothing was overwritten")


def test_an_edit_of_a_renamed_resource_is_found_under_its_old_name(world: World) -> None:
    world.applied(desired(wanted("dispositions/Sale")))
    plan = world.plan(desired(wanted("dispositions/Sales", renamed_from="Sale")))
    edit = {"enabled": False}
    said = refused(world, plan, lambda: world.edited("PATCH", "dispositions/Sale", edit))
    assert said.startswith("enabled changed by maria at 20")


def test_an_edit_without_an_audit_log_is_still_reported(world: World) -> None:
    plan = world.plan(desired(wanted("statuses/Tea", {"icon": "mug"})))
    edit = {"icon": "hers"}
    said = refused(
        world,
        plan,
        lambda: world.edited("PATCH", "statuses/Tea", edit),
        write="",
        read_back="",
        look_up="413",
    )
    assert said == "somebody changed it since the plan was verified; nothing was overwritten"


def test_without_an_audit_entry_the_resource_names_its_editor(world: World) -> None:
    plan = world.plan(desired())
    world.edited("PATCH", "campaigns/Sales/channels/email", MAIL)
    applying = Applying(world)
    applying.transport.deaf_to = "/v1/audit"
    with pytest.raises(BlockedAtApply) as stopped:
        applying.apply(plan)
    assert "in signature, last changed by maria at 20" in str(stopped.value)

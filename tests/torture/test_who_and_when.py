"""What stops an apply is told so that a person can be asked: which object and field, who, when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.applying.report import BlockedAtApply
from reconciler.planning.model import Plan
from tests.planning.estates import desired, wanted
from tests.torture.world import Applying, World

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
    return next(one.message for one in stopped.value.findings if one.address == HELLO)


def test_a_referrer_of_what_nobody_used_is_named_with_its_field_who_and_when(
    world: World,
) -> None:
    plan = world.plan(desired())
    world.edited("PATCH", "campaigns/Sales/channels/email", MAIL)
    world.edited("PATCH", "campaigns/Sales/channels/email", {"max_queue": 9})
    said = blocked(world, plan)
    assert "campaigns/Sales/channels/email refers to it in signature, set by maria at 20" in said
    assert WHEN.search(said)


def test_of_referrers_of_what_was_approved_the_new_one_is_named(world: World) -> None:
    world.edited("PATCH", "campaigns/Sales/channels/email", MAIL)
    plan = world.plan(desired())
    world.edited("PATCH", "campaigns/Shop/channels/email", MAIL)
    said = blocked(world, plan)
    assert "1 new referrer since it was approved" in said
    assert "campaigns/Shop/channels/email refers to it in signature, set by maria at 20" in said
    assert "campaigns/Sales" not in said


def test_where_the_audit_log_says_nothing_the_object_itself_does(world: World) -> None:
    plan = world.plan(desired())
    world.edited("PATCH", "campaigns/Sales/channels/email", MAIL)
    applying = Applying(world)
    applying.transport.deaf_to = "/v1/audit"
    with pytest.raises(BlockedAtApply) as stopped:
        applying.apply(plan)
    assert "in signature, last changed by maria at 20" in str(stopped.value)

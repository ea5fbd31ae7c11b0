"""Undo leaves alone what did not happen, and says what has happened since."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.errors import PlanRefused
from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields
from reconciler.live.platform import UnreadResource
from reconciler.message import Message
from reconciler.planning.change import Action, Origin
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.planning.undo.planner import make_undo_plan
from tests.planning.plan_worlds import (
    NOW,
    SETTINGS,
    campaign,
    carried_out,
    complete,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)
from tests.planning.undo.undo_plans import World, journal, undone


def test_only_what_happened_is_undone() -> None:
    live = snapshot([live_resource("statuses/B", icon="fork")])
    books = ledger(owned("statuses/B", {"icon": "fork"}))
    made = planned(desired(wanted("statuses/A"), wanted("statuses/B", {"icon": "x"})), live, books)
    done = replace(made, changes=tuple(c for c in made.changes if c.address == "statuses/A"))
    back = undone(made, carried_out(done, live, books), failed=["update statuses/B"])
    assert [change.key for change in back.changes] == ["delete statuses/A"]


def test_for_a_change_that_already_existed_only_tracking_is_restored() -> None:
    made = planned(desired(wanted("statuses/A")), snapshot([]))
    world = carried_out(made, snapshot([]), ledger())
    steps = journal(made, found_so=["create statuses/A"])
    back = make_undo_plan(made, steps, *world, run_id="r1", settings=SETTINGS, now=NOW)
    assert [change.key for change in back.changes] == ["forget statuses/A"]


def _edited(world: World, address: str, **fields: str) -> World:
    one = world[0].resources[identity(address)]
    edited = replace(one, fields={**one.fields, **fields})
    return replace(world[0], resources={**world[0].resources, identity(address): edited}), world[1]


def _spoon() -> tuple[Plan, World]:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork"}))
    made = planned(desired(wanted("statuses/Lunch", {"icon": "spoon"})), live, books)
    return made, carried_out(made, live, books)


def test_what_changed_since_elsewhere_stays() -> None:
    made, world = _spoon()
    back = undone(made, _edited(world, "statuses/Lunch", color="#abcdef"))
    (change,) = back.changes
    assert change.after == {"icon": "fork", "color": "#abcdef"}
    assert [difference.path for difference in change.differences] == ["icon"]


def test_the_same_field_changed_since_is_a_conflict() -> None:
    made, world = _spoon()
    (change,) = undone(made, _edited(world, "statuses/Lunch", icon="knife")).changes
    (difference,) = change.differences
    assert (difference.before, difference.after, difference.base) == ("knife", "fork", "spoon")
    assert difference.origin is Origin.BOTH


def test_a_created_resource_that_was_edited_since_is_a_conflict() -> None:
    made = planned(desired(wanted("statuses/A", {"icon": "x"})), snapshot([]))
    world = carried_out(made, snapshot([]), ledger())
    (change,) = undone(made, _edited(world, "statuses/A", icon="y")).changes
    assert change.action is Action.DELETE
    (difference,) = change.differences
    assert (difference.before, difference.after, difference.base) == ("y", None, "x")
    assert difference.origin is Origin.BOTH


def test_a_deleted_resource_that_was_created_again_since_is_a_conflict() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    made = planned(desired(), live, ledger(owned("statuses/Lunch")))
    (change,) = undone(
        made, (snapshot([live_resource("statuses/Lunch", icon="knife")]), ledger())
    ).changes
    assert (change.action, change.unowned) == (Action.UPDATE, True)
    assert [difference.origin for difference in change.differences] == [Origin.BOTH]


def test_a_member_added_by_the_run_and_edited_since_is_a_conflict() -> None:
    address = "campaigns/Sales/members"
    live = snapshot(campaign("Sales"))
    made = planned(desired(wanted(address, {"members": [{"user": "ana"}]})), live, ledger())
    _, books = carried_out(made, live, ledger())
    members: Fields = {"members": [{"user": "ana", "channels": {"sms": {"create": False}}}]}
    since = replace(
        live, resources={**live.resources, identity(address): live_resource(address, **members)}
    )
    (change, _) = undone(made, (since, books)).changes
    assert [(difference.path, difference.origin) for difference in change.differences] == [
        ("members[ana]", Origin.BOTH)
    ]


def test_a_resource_deleted_since_is_noted_and_skipped() -> None:
    made, (live, books) = _spoon()
    back = undone(made, (replace(live, resources={}), books))
    assert back.is_empty
    assert tuple(map(str, back.notes)) == (
        "Not restored, because it no longer exists on the platform: statuses/Lunch",
    )


def test_members_are_restored_one_by_one_and_later_members_stay() -> None:
    def members(*users: str) -> list[dict[str, object]]:
        return [{"user": user, "penalty": 0, "channels": {}} for user in users]

    others = [one for one in campaign("Sales") if not one.address.endswith("members")]
    live = snapshot(
        [*others, live_resource("campaigns/Sales/members", members=members("ana", "luis"))]  # type: ignore[arg-type]
    )
    books = ledger(owned("campaigns/Sales"), owned("campaigns/Sales/members"))
    want = desired(
        wanted("campaigns/Sales"),
        wanted("campaigns/Sales/members", {"members": [{"user": "luis"}, {"user": "eva"}]}),
    )
    made = planned(want, live, books)
    after_run, owned_now = carried_out(made, live, books)
    since = snapshot(
        [
            *others,
            live_resource("campaigns/Sales/members", members=members("luis", "eva", "pia")),  # type: ignore[arg-type]
        ]
    )
    (change,) = undone(made, (since, owned_now)).changes
    assert change.after is not None
    assert change.after["members"] == members("ana", "luis", "pia")
    assert {difference.origin for difference in change.differences} == {Origin.GIT}
    assert carried_out(undone(made, (after_run, owned_now)), after_run, owned_now)[0] == live


def test_a_later_runs_fields_stay_in_the_ledger() -> None:
    made, (live, books) = _spoon()
    want = desired(wanted("statuses/Lunch", {"icon": "spoon", "color": "#112233"}))
    world = carried_out(planned(want, live, books), live, books)
    after = carried_out(undone(made, world), *world)
    entry = after[1].find("statuses/Lunch")
    assert entry is not None
    assert entry.fields == {"icon": "fork", "color": "#112233"}


def test_a_restored_reference_to_a_resource_deleted_since_is_refused() -> None:
    live = snapshot([live_resource("quality_models/Q"), *campaign("Sales", quality_models=["Q"])])
    books = ledger(owned("campaigns/Sales"), owned("quality_models/Q"))
    made = planned(desired(wanted("quality_models/Q")), live, books)
    world = carried_out(made, live, books)
    gone = {k: v for k, v in world[0].resources.items() if k != "quality_models/q"}
    with pytest.raises(PlanRefused, match="refers to the quality model 'Q', which does not exist"):
        undone(made, (replace(world[0], resources=gone), world[1]))


def test_a_resource_whose_parent_was_deleted_since_is_refused() -> None:
    live = snapshot([*campaign("Sales"), live_resource("campaigns/Sales/statuses/Own")])
    books = ledger(owned("campaigns/Sales"), owned("campaigns/Sales/statuses/Own"))
    made = planned(
        desired(wanted("campaigns/Sales"), lists=[complete("campaigns/Sales/statuses")]),
        live,
        books,
    )
    with pytest.raises(PlanRefused, match="is in campaigns/Sales, which does not exist"):
        undone(made, (snapshot([]), ledger()))


def test_an_old_name_taken_since_is_refused() -> None:
    live = snapshot([live_resource("dispositions/Sale")])
    books = ledger(owned("dispositions/Sale"))
    made = planned(desired(wanted("dispositions/Sold", renamed_from="Sale")), live, books)
    after, owned_now = carried_out(made, live, books)
    both = snapshot([*after.resources.values(), live_resource("dispositions/Sale")])
    with pytest.raises(PlanRefused, match="both 'Sold' and 'Sale' are on the platform"):
        undone(made, (both, owned_now))
    ours = ledger(owned("dispositions/Sale"))
    with pytest.raises(PlanRefused, match="both 'Sold' and 'Sale' are on the platform"):
        undone(made, (both, ours))


def test_a_resource_that_another_project_owns_now_is_marked() -> None:
    live = snapshot([live_resource("statuses/Lunch")])
    made = planned(desired(), live, ledger(owned("statuses/Lunch", on_remove="keep")))
    (change,) = undone(made, (live, ledger(foreign={"statuses/lunch": "other"}))).changes
    assert (change.action, change.owner) == (Action.ADOPT, "other")


def test_resources_created_since_below_a_created_one_are_deleted_as_unowned() -> None:
    made = planned(desired(wanted("campaigns/Sales")), snapshot([]))
    live, books = carried_out(made, snapshot([]), ledger())
    grown = snapshot([*live.resources.values(), live_resource("campaigns/Sales/statuses/Theirs")])
    back = undone(made, (grown, books))
    (theirs,) = [c for c in back.changes if c.address == "campaigns/Sales/statuses/Theirs"]
    assert (theirs.cascaded, theirs.unowned) == (True, True)


def test_undoing_twice_finds_nothing_left_to_do() -> None:
    made, world = _spoon()
    world = carried_out(undone(made, world), *world)
    assert undone(made, world).is_empty


def test_an_undo_names_its_run_and_its_digest_covers_that_and_the_notes() -> None:
    made, world = _spoon()
    back = undone(made, world)
    assert back.undoes == "r1"
    other = make_undo_plan(made, journal(made), *world, run_id="r2", settings=SETTINGS, now=NOW)
    assert other.digest != back.digest
    assert other.content_digest == back.content_digest
    assert codec.load_plan(codec.dump_plan(back), name="p") == back


def test_a_channel_of_a_campaign_that_cannot_be_read_is_restored() -> None:
    address = "campaigns/Sales/channels/webchat"
    live = snapshot(campaign("Sales"))
    made = planned(desired(wanted(address, {"enabled": True})), live, ledger())
    after, books = carried_out(made, live, ledger())
    seen = {key: item for key, item in after.resources.items() if key != "campaigns/sales"}
    unread = replace(after, resources=seen, unknown={"campaigns": Message.plain("403")})
    back = undone(made, (unread, books))
    assert [change.key for change in back.changes] == [f"update {address}", f"forget {address}"]


def test_a_restored_resource_that_needs_an_unreadable_one_is_skipped_with_a_note() -> None:
    live = snapshot([live_resource("quality_models/Q"), *campaign("Sales", quality_models=["Q"])])
    want = desired(wanted("quality_models/Q"))
    made = planned(want, live, ledger(owned("campaigns/Sales"), owned("quality_models/Q")))
    after, books = carried_out(made, live, ledger(owned("quality_models/Q")))
    seen = {key: item for key, item in after.resources.items() if key != "quality_models/q"}
    hidden = UnreadResource(Address("quality_models/Q"), Message.plain("bad value"))
    unread = replace(after, resources=seen, unreadable={"quality_models/q": hidden})
    back = undone(made, (unread, books))
    assert not [change for change in back.changes if change.address == "campaigns/Sales"]
    assert "Not changed, because it cannot be read now: campaigns/Sales" in map(str, back.notes)
    assert not any("Created again" in str(note) for note in back.notes)

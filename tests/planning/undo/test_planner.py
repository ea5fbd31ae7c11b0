"""Undo restores what a run did, one action at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.live.platform import Usage
from reconciler.message import Message
from reconciler.planning.change import Action, Origin
from reconciler.planning.undo.planner import make_undo_plan
from reconciler.planning.undo.run_effects import RunEffect, run_effects
from tests.planning.plan_worlds import (
    NOW,
    SETTINGS,
    campaign,
    carried_out,
    desired,
    ledger,
    live_resource,
    only,
    owned,
    planned,
    snapshot,
    wanted,
)
from tests.planning.undo.undo_plans import journal, there_and_back, undone


def test_what_was_created_is_deleted() -> None:
    _, back, (live, books) = there_and_back(
        desired(wanted("statuses/Lunch")), snapshot([]), ledger()
    )
    assert only(back, Action.DELETE) == ["statuses/Lunch"]
    assert not live.resources
    assert not books.entries


def test_what_was_deleted_is_created_again_and_owned_again() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork"}, protect=True))
    _, back, after = there_and_back(desired(), live, books)
    assert only(back, Action.CREATE) == ["statuses/Lunch"]
    assert after == (live, books)


def test_an_update_is_reverted_with_its_ledger_record() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork"}))
    _, back, after = there_and_back(
        desired(wanted("statuses/Lunch", {"icon": "spoon", "color": "#112233"})), live, books
    )
    assert [difference.path for difference in back.changes[0].differences] == ["icon", "color"]
    assert {difference.origin for difference in back.changes[0].differences} == {Origin.GIT}
    assert after == (live, books)


def test_an_adoption_with_changes_is_reverted_and_then_forgotten() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    _, back, after = there_and_back(
        desired(wanted("statuses/Lunch", {"icon": "spoon"})), live, ledger()
    )
    assert [change.key for change in back.changes] == [
        "update statuses/Lunch",
        "forget statuses/Lunch",
    ]
    assert back.changes[1].depends_on == ("update statuses/Lunch",)
    assert after == (live, ledger())


def test_what_was_only_adopted_is_only_forgotten() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    _, back, after = there_and_back(
        desired(wanted("statuses/Lunch", {"icon": "fork"})), live, ledger()
    )
    assert [change.key for change in back.changes] == ["forget statuses/Lunch"]
    assert not back.writes
    assert after == (live, ledger())


def test_what_was_forgotten_is_tracked_again() -> None:
    live = snapshot([live_resource("statuses/Lunch")])
    books = ledger(owned("statuses/Lunch", {"icon": "circle"}, on_remove="keep"))
    _, back, after = there_and_back(desired(), live, books)
    assert only(back, Action.ADOPT) == ["statuses/Lunch"]
    assert not back.writes
    assert after == (live, books)


def test_the_effects_are_read_a_fixed_number_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def times_gone_through(deleted: int) -> int:
        live = snapshot([live_resource(f"statuses/S{number}") for number in range(deleted)])
        made = planned(desired(), live, ledger(*[owned(resource) for resource in live.resources]))
        counted = _Counted(run_effects(made, journal(made)))
        monkeypatch.setattr("reconciler.planning.undo.planner.run_effects", lambda *_: counted)
        assert len(undone(made, (snapshot([]), ledger())).changes) == deleted
        return counted.times

    assert times_gone_through(20) == times_gone_through(2)


class _Counted(tuple[RunEffect, ...]):
    """Counts how often it is gone through."""

    times = 0

    def __iter__(self) -> Iterator[RunEffect]:
        self.times += 1
        return super().__iter__()


def test_renames_are_undone_with_everything_below_and_its_edits() -> None:
    live = snapshot(
        [
            live_resource("dispositions/Sale"),
            live_resource("dispositions/Sale/Done", text_code="D"),
            live_resource("dispositions/Sale/Old"),
        ]
    )
    books = ledger(
        owned("dispositions/Sale"),
        owned("dispositions/Sale/Done", {"text_code": "D"}),
        owned("dispositions/Sale/Old"),
    )
    want = desired(
        wanted("dispositions/Sold", renamed_from="Sale"),
        wanted("dispositions/Sold/Completed", {"text_code": "C"}, renamed_from="Done"),
        wanted("dispositions/Sold/New"),
    )
    made, back, after = there_and_back(want, live, books)
    assert only(made, Action.DELETE) == ["dispositions/Sold/Old"]
    assert [change.key for change in back.changes] == [
        "rename dispositions/Sale",
        "rename dispositions/Sale/Done",
        "create dispositions/Sale/Old",
        "delete dispositions/Sale/New",
        "update dispositions/Sale/Done",
    ]
    assert after == (live, books)


def test_a_change_of_case_is_undone() -> None:
    live = snapshot([live_resource("dispositions/sale")])
    books = ledger(owned("dispositions/sale"))
    want = desired(wanted("dispositions/Sale"))
    _, back, after = there_and_back(want, live, books)
    assert [(c.action, c.previous_address, c.address) for c in back.changes] == [
        (Action.RENAME, "dispositions/Sale", "dispositions/sale")
    ]
    assert after == (live, books)


def test_a_rename_of_an_unowned_resource_is_undone_and_forgotten() -> None:
    live = snapshot([live_resource("dispositions/Sale")])
    want = desired(wanted("dispositions/Sold", renamed_from="Sale"))
    _, back, after = there_and_back(want, live, ledger())
    assert [change.key for change in back.changes] == [
        "rename dispositions/Sale",
        "forget dispositions/Sale",
    ]
    assert after == (live, ledger())


def test_a_replace_is_undone_as_a_replace_with_its_referrers() -> None:
    live = snapshot(
        [live_resource("quality_models/Old"), *campaign("Sales", quality_models=["Old"])]
    )
    books = ledger(
        owned("quality_models/Old"), owned("campaigns/Sales", {"quality_models": ["Old"]})
    )
    want = desired(
        wanted("quality_models/New", renamed_from="Old"),
        wanted("campaigns/Sales", {"quality_models": ["New"]}),
    )
    _, back, after = there_and_back(want, live, books)
    assert [change.key for change in back.changes] == [
        "replace quality_models/Old",
        "update campaigns/Sales",
        "delete quality_models/New",
    ]
    assert back.changes[0].previous_address == "quality_models/New"
    assert after == (live, books)


def test_a_replace_that_kept_the_old_resource_is_undone_to_it() -> None:
    live = snapshot([live_resource("statuses/Old")])
    books = ledger(owned("statuses/Old", on_remove="keep"))
    _, back, after = there_and_back(
        desired(wanted("statuses/New", renamed_from="Old")), live, books
    )
    assert [change.key for change in back.changes] == ["adopt statuses/Old", "delete statuses/New"]
    assert after == (live, books)


def test_a_deleted_campaign_is_restored_and_the_notes_list_what_is_lost() -> None:
    members: Fields = {"members": [{"user": "ana", "penalty": 3, "channels": {}}]}
    live = snapshot(
        [
            *[
                one
                for one in campaign("Sales", enabled=True)
                if not one.address.endswith(("members", "webchat"))
            ],
            live_resource("campaigns/Sales/members", **members),
            live_resource("campaigns/Sales/channels/webchat", enabled=True),
            live_resource("campaigns/Sales/dispositions/Refund"),
            live_resource("campaigns/Sales/dispositions/Refund/Full"),
        ]
    )
    books = ledger(
        owned("campaigns/Sales"),
        owned("campaigns/Sales/members", members),
        owned("campaigns/Sales/channels/sms"),
    )
    made = planned(desired(), live, books)
    usage = Usage(Address("campaigns/Sales"), interactions_total=120)
    told = replace(
        made,
        changes=tuple(
            replace(change, usage=usage) if change.address == "campaigns/Sales" else change
            for change in made.changes
        ),
    )
    world = carried_out(told, live, books)
    back = undone(told, world)
    assert carried_out(back, *world) == (live, books)
    assert only(back, Action.UPDATE) == [
        "campaigns/Sales/channels/webchat",
        "campaigns/Sales/members",
    ]
    assert only(back, Action.ADOPT) == ["campaigns/Sales/channels/sms"]
    assert "Created again without its interactions: campaigns/Sales (120 interactions)" in map(
        str, back.notes
    )
    assert any("dispositions/Refund/Full" in str(note) for note in back.notes)


def test_notes_never_name_customers() -> None:
    live = snapshot([live_resource("blacklist/+59829001234")])
    books = ledger(owned("blacklist/+59829001234"))
    made = planned(desired(wanted("blacklist/+59829005678")), live, books)
    unread = snapshot([], unknown={"blacklist": Message.plain("403")})
    back = make_undo_plan(
        made, journal(made), unread, books, run_id="r1", settings=SETTINGS, now=NOW
    )
    assert tuple(map(str, back.notes)) == (
        "Not changed, because it cannot be read now: 2 blacklist entries",
    )
    assert back.is_empty

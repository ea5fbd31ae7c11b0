"""What cannot be read is left unchanged, and so is what depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from reconciler.kinds.address import Address, identity
from reconciler.live.platform import LiveResource, Snapshot, UnreadResource
from reconciler.message import Message
from reconciler.planning.plan import Plan, Unknown
from tests.planning.plan_worlds import (
    campaign,
    complete,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)

WHY = Message.plain("the platform sends a value that cannot be read (x)")


def without(live: Iterable[LiveResource], *unreadable: str) -> Snapshot:
    """A snapshot in which these resources, and so what is below them, cannot be read."""
    keys = [identity(one) for one in unreadable]
    seen = [
        one
        for one in live
        if not any(f"{identity(one.address)}/".startswith(f"{key}/") for key in keys)
    ]
    found = {identity(one): UnreadResource(Address(one), WHY) for one in unreadable}
    return replace(snapshot(seen), unreadable=found)


def does(plan: Plan) -> list[str]:
    """`update statuses/Lunch`, in order."""
    return [f"{change.action.value} {change.address}" for change in plan.changes]


def only_unknown(plan: Plan) -> Unknown:
    (unknown,) = plan.unknowns
    assert unknown.reason == WHY
    assert unknown.is_resource
    return unknown


TEMPLATE = {"type": "text", "content": "hi"}
BROKEN = "templates/Broken"


def test_an_unreadable_resource_is_neither_created_again_nor_forgotten() -> None:
    live = without(campaign("Sales"), BROKEN)
    books = ledger(owned(BROKEN, TEMPLATE))
    assert does(planned(desired(wanted(BROKEN, TEMPLATE)), live, books)) == []
    made = planned(desired(), live, books)
    assert does(made) == []
    assert only_unknown(made).wanted == 0


def test_no_complete_list_deletes_it_or_anything_below_it() -> None:
    live = without([*campaign("Sales"), live_resource("dispositions/Other")], "dispositions/Sale")
    want = desired(lists=[complete("dispositions")])
    assert does(planned(want, live)) == ["delete dispositions/Other"]


def test_resources_below_it_are_not_written() -> None:
    live = without(campaign("Sales"), "campaigns/Sales")
    want = desired(
        wanted("campaigns/Sales", {"enabled": False}),
        wanted("campaigns/Sales/statuses/New", {}),
        wanted("campaigns/Sales/members", {"members": [{"user": "ana"}]}),
        wanted("campaigns/Sales/channels/webchat", {"enabled": True}),
        lists=[complete("campaigns/Sales/statuses")],
    )
    made = planned(want, live)
    assert does(made) == []
    assert only_unknown(made).wanted == 5


def test_a_new_referrer_is_skipped_and_an_existing_one_is_not() -> None:
    signed = live_resource("campaigns/Sales/channels/email", signature="Broken")
    live = without([*campaign("Other"), *campaign("Sales")[:1], signed], BROKEN)
    want = desired(
        wanted("campaigns/Sales/channels/email", {"signature": "Broken", "max_queue": 7}),
        wanted("campaigns/Other/channels/email", {"signature": "Broken", "max_queue": 7}),
        wanted("campaigns/Other/channels/webchat", {"max_queue": 7}),
    )
    made = planned(want, live)
    assert sorted(does(made)) == [
        "adopt campaigns/Other/channels/webchat",
        "adopt campaigns/Sales/channels/email",
    ]


def test_a_reference_means_a_nearer_readable_resource() -> None:
    own = live_resource("campaigns/Sales/templates/Broken", type="text", content="")
    live = without([*campaign("Sales"), own], BROKEN)
    want = desired(wanted("campaigns/Sales/channels/email", {"signature": "Broken"}))
    assert does(planned(want, live)) == ["adopt campaigns/Sales/channels/email"]
    nearer = without([*campaign("Sales"), live_resource(BROKEN, **TEMPLATE)], own.address)
    assert does(planned(want, nearer)) == []


def test_a_referrer_of_a_skipped_resource_is_skipped() -> None:
    live = without(campaign("Sales"), "quality_models/Broken")
    want = desired(
        wanted("campaigns/New", {"quality_models": ["Broken"]}),
        wanted("campaigns/New/statuses/S", {}),
        wanted("holidays/H", {"date": "2098-01-01", "campaigns": ["New"]}),
        wanted("holidays/All", {"date": "2098-01-02", "campaigns": "all"}),
    )
    made = planned(want, live)
    assert does(made) == ["create holidays/All"]
    assert only_unknown(made).wanted == 3


@pytest.mark.parametrize("unreadable", ["statuses/Old", "statuses/New"])
def test_a_replace_is_skipped_with_its_delete(unreadable: str) -> None:
    others = [live_resource("statuses/Old")] if unreadable.endswith("New") else []
    live = without(others, unreadable)
    want = desired(wanted("statuses/New", {}, renamed_from="Old"))
    books = ledger(owned("statuses/Old"))
    assert does(planned(want, live, books)) == []
    exclusive = replace(want, lists={"statuses": complete("statuses")})
    assert does(planned(exclusive, live, books)) == []


def test_a_replace_that_is_skipped_for_its_reference_keeps_the_old_resource() -> None:
    old = live_resource("holidays/Old", date="2098-01-01", campaigns="all")
    live = without([old], "campaigns/Sales")
    fields = {"date": "2098-01-01", "campaigns": ["Sales"]}
    want = desired(wanted("holidays/New", fields, renamed_from="Old"), lists=[complete("holidays")])
    for books in (ledger(), ledger(owned("holidays/Old", old.fields))):
        assert does(planned(want, live, books)) == []


def test_a_level_above_an_unreadable_one_is_not_renamed() -> None:
    tree = [live_resource("dispositions/Sale"), live_resource("dispositions/Sale/Postponed")]
    live = without(tree, "dispositions/Sale/Done")
    names = ("dispositions/Sale", "dispositions/Sale/Done", "dispositions/Sale/Postponed")
    books = ledger(*(replace(owned(name), form="nested") for name in names))
    want = desired(
        wanted("dispositions/Deal", {}, renamed_from="Sale"),
        wanted("dispositions/Deal/Done", {}, form="nested"),
        wanted("dispositions/Deal/Postponed", {"enabled": False}, form="nested"),
        lists=[complete("dispositions/Deal")],
    )
    assert does(planned(want, live, books)) == []


def test_its_parent_is_not_deleted_and_its_siblings_stay() -> None:
    tree = [
        live_resource("dispositions/Sale"),
        live_resource("dispositions/Sale/A"),
        live_resource("dispositions/Sale/A/B"),
        live_resource("dispositions/Sale/C"),
    ]
    live = without(tree, "dispositions/Sale/A/Broken")
    books = ledger(
        owned("dispositions/Sale"),
        owned("dispositions/Sale/C", form="nested"),
        owned("dispositions/Sale/A/B", form="nested"),
    )
    made = planned(desired(), live, books)
    assert does(made) == []
    assert only_unknown(made).kept == ("dispositions/Sale",)
    assert made.unread


def test_a_campaign_stays_with_a_channel_that_cannot_be_read_and_others_go() -> None:
    live = without([*campaign("Sales"), *campaign("Old")], "campaigns/Sales/channels/email")
    books = ledger(owned("campaigns/Sales"), owned("campaigns/Old"))
    made = planned(desired(), live, books)
    assert [one for one in does(made) if one.count("/") == 1] == ["delete campaigns/Old"]
    assert only_unknown(made).kept == ("campaigns/Sales",)


def test_a_complete_snapshot_skips_nothing() -> None:
    made = planned(desired(wanted("statuses/S", {})), snapshot(campaign("Sales")))
    assert (does(made), made.unknowns) == (["create statuses/S"], ())

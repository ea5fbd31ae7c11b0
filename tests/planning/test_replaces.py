"""Renames of what the platform cannot rename: the new one is made, the old one goes."""

from __future__ import annotations


from reconciler.manifests.desired import Lifecycle
from tests.planning.estates import (
    campaign,
    carried_out,
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)

KEEP = Lifecycle(on_remove="keep")


def test_a_rename_of_what_cannot_be_renamed_creates_repoints_and_deletes_in_that_order() -> None:
    signature = {"signature": "Old", "enabled": True, "connector": "mail"}
    live = snapshot(
        [
            *[one for one in campaign("Sales") if one.address != "campaigns/Sales/channels/email"],
            live_resource("campaigns/Sales/channels/email", **signature),  # type: ignore[arg-type]
            live_resource("templates/Old", type="text", content="x"),
        ]
    )
    books = ledger(
        owned("campaigns/Sales"),
        owned("campaigns/Sales/channels/email", {"signature": "Old"}),
        owned("templates/Old", {"type": "text", "content": "x"}),
    )
    want = desired(
        wanted("campaigns/Sales"),
        wanted("campaigns/Sales/channels/email", {"signature": "New"}),
        wanted("templates/New", {"type": "text", "content": "x"}, renamed_from="Old"),
    )
    made = planned(want, live, books)
    assert [c.key for c in made.changes] == [
        "replace templates/New",
        "update campaigns/Sales/channels/email",
        "delete templates/Old",
    ]
    assert planned(want, *carried_out(made, live, books)).is_empty


def test_what_is_left_to_people_is_as_the_old_one_has_it() -> None:
    live = snapshot([live_resource("statuses/Old", icon="spoon", color="#112233")])
    new = wanted(
        "statuses/New",
        {"icon": "fork", "color": "#445566"},
        renamed_from="Old",
        lifecycle=Lifecycle(ignore=frozenset({"icon"})),
    )
    books = ledger(owned("statuses/Old", {"color": "#112233"}))
    made = planned(desired(new), live, books)
    assert made.changes[0].after == {"icon": "spoon", "color": "#445566"}
    assert planned(desired(new), *carried_out(made, live, books)).is_empty

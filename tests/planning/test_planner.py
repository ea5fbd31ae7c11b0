"""Plans from a desired state, a live state and a ledger."""

from __future__ import annotations

import pytest

from reconciler.errors import ManifestError
from reconciler.manifests.desired import DesiredList, Lifecycle
from reconciler.manifests.source import Source
from reconciler.message import Message
from reconciler.planning.change import Action, Origin, Reason
from tests.planning.plan_worlds import (
    campaign,
    carried_out,
    complete,
    desired,
    ledger,
    live_resource,
    only,
    owned,
    planned,
    snapshot,
    wanted,
)


def test_what_is_missing_is_created_with_its_defaults_shown() -> None:
    made = planned(desired(wanted("statuses/Lunch", {"icon": "fork"})), snapshot([]))
    (change,) = made.changes
    assert change.action is Action.CREATE
    assert change.after == {"icon": "fork", "color": "#808080"}
    assert change.tracking is not None
    assert change.tracking.fields == {"icon": "fork"}


def test_an_unowned_equal_resource_is_adopted_without_a_write() -> None:
    made = planned(
        desired(wanted("statuses/Lunch", {"icon": "fork"})),
        snapshot([live_resource("statuses/Lunch", icon="fork")]),
    )
    (change,) = made.changes
    assert change.action is Action.ADOPT
    assert not change.writes


def test_a_field_left_out_is_never_changed() -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork", color="#112233")])
    made = planned(
        desired(wanted("statuses/Lunch", {"icon": "spoon"})),
        live,
        ledger(owned("statuses/Lunch", {"icon": "fork"})),
    )
    (change,) = made.changes
    assert change.after == {"icon": "spoon", "color": "#112233"}
    assert [difference.path for difference in change.differences] == ["icon"]


@pytest.mark.parametrize(
    ("applied", "live_icon", "git_icon", "origin"),
    [
        ("fork", "fork", "spoon", Origin.GIT),
        ("fork", "knife", "fork", Origin.PLATFORM),
        ("fork", "knife", "spoon", Origin.BOTH),
    ],
)
def test_a_difference_says_whose_change_it_is(
    applied: str, live_icon: str, git_icon: str, origin: Origin
) -> None:
    made = planned(
        desired(wanted("statuses/Lunch", {"icon": git_icon})),
        snapshot([live_resource("statuses/Lunch", icon=live_icon)]),
        ledger(owned("statuses/Lunch", {"icon": applied})),
    )
    (change,) = made.changes
    (difference,) = change.differences
    assert (difference.origin, difference.base) == (origin, applied)


def test_the_same_change_on_both_sides_only_updates_the_ledger() -> None:
    made = planned(
        desired(wanted("statuses/Lunch", {"icon": "spoon"})),
        snapshot([live_resource("statuses/Lunch", icon="spoon")]),
        ledger(owned("statuses/Lunch", {"icon": "fork"})),
    )
    (change,) = made.changes
    assert (change.action, change.reason, change.writes) == (Action.ADOPT, Reason.TRACKING, False)


def test_a_document_that_disappears_deletes_what_the_ledger_owns_and_nothing_else() -> None:
    live = snapshot([live_resource("statuses/Lunch"), live_resource("statuses/Theirs")])
    made = planned(desired(), live, ledger(owned("statuses/Lunch")))
    assert only(made, Action.DELETE) == ["statuses/Lunch"]
    assert made.unmanaged == ("statuses/Theirs",)


def test_a_resource_to_keep_is_forgotten_and_not_deleted() -> None:
    made = planned(
        desired(),
        snapshot([live_resource("statuses/Lunch")]),
        ledger(owned("statuses/Lunch", on_remove="keep")),
    )
    assert only(made, Action.FORGET) == ["statuses/Lunch"]


@pytest.mark.parametrize("lists", [[], [complete("statuses")]])
def test_a_system_default_removed_from_git_is_forgotten_and_stays(
    lists: list[DesiredList],
) -> None:
    live = snapshot([live_resource("statuses/Break", color="#112233")])
    books = ledger(owned("statuses/Break", {"color": "#112233"}))
    made = planned(desired(lists=lists), live, books)
    (change,) = made.changes
    assert (change.action, change.reason) == (Action.FORGET, Reason.PLATFORMS_OWN)
    assert planned(desired(lists=lists), *carried_out(made, live, books)).is_empty


def test_a_resource_to_keep_in_a_complete_list_stays_tracked() -> None:
    live = snapshot([live_resource("statuses/Lunch")])
    books = ledger(owned("statuses/Lunch", on_remove="keep"))
    assert planned(desired(lists=[complete("statuses")]), live, books).is_empty


def test_a_list_key_that_disappears_releases_its_entries() -> None:
    live = snapshot([*campaign("Sales"), live_resource("campaigns/Sales/statuses/Coaching")])
    books = ledger(
        owned("campaigns/Sales"), owned("campaigns/Sales/statuses/Coaching", form="nested")
    )
    made = planned(desired(wanted("campaigns/Sales")), live, books)
    assert only(made, Action.FORGET) == ["campaigns/Sales/statuses/Coaching"]
    assert not made.writes


def test_a_complete_list_deletes_what_it_does_not_name_and_marks_the_unowned() -> None:
    live = snapshot(
        [
            *campaign("Sales"),
            live_resource("campaigns/Sales/statuses/Coaching"),
            live_resource("campaigns/Sales/statuses/Theirs"),
        ]
    )
    books = ledger(
        owned("campaigns/Sales"), owned("campaigns/Sales/statuses/Coaching", form="nested")
    )
    made = planned(
        desired(wanted("campaigns/Sales"), lists=[complete("campaigns/Sales/statuses")]),
        live,
        books,
    )
    deletes = {c.address: c.unowned for c in made.changes if c.action is Action.DELETE}
    assert deletes == {
        "campaigns/Sales/statuses/Coaching": False,
        "campaigns/Sales/statuses/Theirs": True,
    }


def test_an_exclusive_collection_never_deletes_the_platforms_own() -> None:
    live = snapshot([live_resource("statuses/Break"), live_resource("statuses/Extra")])
    made = planned(desired(lists=[complete("statuses")]), live)
    assert only(made, Action.DELETE) == ["statuses/Extra"]


def test_a_partial_list_removes_only_what_it_names() -> None:
    live = snapshot(
        [
            *campaign("Sales"),
            live_resource("campaigns/Sales/statuses/A"),
            live_resource("campaigns/Sales/statuses/B"),
        ]
    )
    source = Source("estate.yaml", 3)
    removing = DesiredList(
        "campaigns/Sales/statuses",
        source,
        complete=False,
        removes=(("campaigns/Sales/statuses/A", source),),  # type: ignore[arg-type]
    )
    made = planned(
        desired(wanted("campaigns/Sales"), lists=[removing]), live, ledger(owned("campaigns/Sales"))
    )
    assert only(made, Action.DELETE) == ["campaigns/Sales/statuses/A"]


def test_deleting_a_campaign_cascades_to_changes_that_send_nothing() -> None:
    live = snapshot(
        [
            *campaign("Sales"),
            live_resource("campaigns/Sales/dispositions/Refund"),
            live_resource("campaigns/Sales/dispositions/Refund/Full"),
        ]
    )
    made = planned(desired(), live, ledger(owned("campaigns/Sales")))
    cascaded = [c.address for c in made.changes if c.cascaded]
    assert cascaded == [
        "campaigns/Sales/dispositions/Refund",
        "campaigns/Sales/dispositions/Refund/Full",
    ]
    assert [c.address for c in made.changes if c.sends] == ["campaigns/Sales"]


def test_a_rename_runs_first_and_what_is_below_moves_with_it() -> None:
    live = snapshot(
        [live_resource("dispositions/Sale"), live_resource("dispositions/Sale/Done", text_code="D")]
    )
    books = ledger(owned("dispositions/Sale"), owned("dispositions/Sale/Done", {"text_code": "D"}))
    want = desired(
        wanted("dispositions/Sold", renamed_from="Sale"),
        wanted("dispositions/Sold/Completed", {"text_code": "C"}, renamed_from="Done"),
    )
    made = planned(want, live, books)
    assert [c.key for c in made.changes] == [
        "rename dispositions/Sold",
        "rename dispositions/Sold/Completed",
        "update dispositions/Sold/Completed",
    ]
    assert made.changes[1].previous_address == "dispositions/Sold/Done"
    after = carried_out(made, live, books)
    assert planned(want, *after).is_empty


def test_an_old_name_that_is_no_longer_live_is_spent() -> None:
    live = snapshot([live_resource("dispositions/Sold")])
    want = desired(wanted("dispositions/Sold", renamed_from="Sale"))
    assert planned(want, live, ledger(owned("dispositions/Sold"))).is_empty


def test_two_live_names_are_an_error() -> None:
    live = snapshot([live_resource("dispositions/Sold"), live_resource("dispositions/Sale")])
    with pytest.raises(ManifestError) as refused:
        planned(desired(wanted("dispositions/Sold", renamed_from="Sale")), live)
    assert "both 'Sale' and 'Sold'" in refused.value.problems[0].message.unmasked()


def test_a_change_of_an_immutable_field_is_an_error() -> None:
    live = snapshot([live_resource("templates/Hi", type="text", content="x")])
    want = desired(wanted("templates/Hi", {"type": "html", "content": "x"}))
    with pytest.raises(ManifestError) as refused:
        planned(want, live, ledger(owned("templates/Hi", {"type": "text", "content": "x"})))
    assert (
        "type cannot change from 'text' to 'html'" in refused.value.problems[0].message.unmasked()
    )


def test_a_change_of_case_alone_of_a_fixed_name_is_an_error() -> None:
    live = snapshot([live_resource("statuses/lunch")])
    with pytest.raises(ManifestError, match="names of this kind cannot change"):
        planned(desired(wanted("statuses/Lunch")), live)


@pytest.mark.parametrize("collection", ["statuses", "dispositions"])
def test_a_name_whose_letters_are_only_composed_otherwise_is_the_same_name(collection: str) -> None:
    live = snapshot([live_resource(f"{collection}/Caf\u00e9")])
    want = desired(wanted(f"{collection}/Cafe\u0301"))
    assert planned(want, live, ledger(owned(f"{collection}/Caf\u00e9"))).is_empty


def test_in_an_unknown_collection_nothing_is_created_or_deleted() -> None:
    live = snapshot([], unknown={"statuses": Message.plain("403")})
    made = planned(
        desired(wanted("statuses/New")), live, ledger(owned("statuses/Owned", {"icon": "x"}))
    )
    assert made.is_empty
    assert [(one.collection, one.wanted) for one in made.unread] == [("statuses", 1)]


def test_an_unreadable_complete_list_is_unread() -> None:
    live = snapshot(
        [], unknown={"statuses": Message.plain("403"), "templates": Message.plain("403")}
    )
    made = planned(desired(lists=[complete("statuses")]), live)
    assert [one.collection for one in made.unread] == ["statuses"]
    assert [unknown.collection for unknown in made.unknowns] == ["statuses", "templates"]


def test_nothing_is_created_in_a_hidden_campaign() -> None:
    unknown = {"campaigns": "403", "campaigns/-/channels": "403", "campaigns/-/members": "403"}
    want = desired(wanted("campaigns/Sales"), wanted("campaigns/Sales/statuses/New"))
    made = planned(want, snapshot([], unknown))
    assert made.is_empty
    assert [(one.collection, one.wanted) for one in made.unread] == [("campaigns", 2)]
    inhabited = snapshot([live_resource("campaigns/Sales/statuses/Old")], unknown)
    assert only(planned(want, inhabited), Action.CREATE) == ["campaigns/Sales/statuses/New"]


def test_a_channel_alone_is_planned_when_its_campaign_cannot_be_read() -> None:
    address = "campaigns/Sales/channels/webchat"
    live = snapshot([live_resource(address)], unknown={"campaigns": Message.plain("403")})
    assert only(planned(desired(wanted(address, {"enabled": True})), live), Action.ADOPT) == [
        address
    ]


def test_a_dangling_reference_is_an_error_with_the_nearest_name() -> None:
    want = desired(wanted("campaigns/Sales/members", {"members": [{"user": "anna"}]}))
    with pytest.raises(ManifestError) as caught:
        planned(want, snapshot(campaign("Sales")))
    (problem,) = caught.value.problems
    assert problem.message.unmasked() == (
        "campaigns/Sales/members: the member 'anna' is not a user of the platform"
    )
    assert problem.hint.unmasked() == "did you mean 'ana'?"


def test_a_reference_to_a_resource_that_the_plan_deletes_is_an_error() -> None:
    live = snapshot([*campaign("Sales"), live_resource("quality_models/Q")])
    want = desired(wanted("campaigns/Sales", {"quality_models": ["Q"]}))
    with pytest.raises(ManifestError) as caught:
        planned(want, live, ledger(owned("quality_models/Q", {})))
    (problem,) = caught.value.problems
    assert problem.message.unmasked().endswith("'Q', which this plan deletes")
    assert "declare it again" in problem.hint.unmasked()


def test_members_keep_what_the_manifest_leaves_out_and_moves_are_one_difference() -> None:
    members = [{"user": "ana", "penalty": 5}, {"user": "luis"}]
    live = snapshot(
        [
            *[one for one in campaign("Sales") if one.address != "campaigns/Sales/members"],
            live_resource("campaigns/Sales/members", members=members),  # type: ignore[arg-type]
        ]
    )
    want = desired(
        wanted("campaigns/Sales/members", {"members": [{"user": "luis"}, {"user": "ana"}]})
    )
    books = ledger(owned("campaigns/Sales/members", {"members": members}))  # type: ignore[dict-item]
    (change,) = planned(want, live, books).changes
    assert [difference.path for difference in change.differences] == ["members.order"]
    assert change.after is not None
    assert change.after["members"] == [
        {"user": "luis", "penalty": 0, "channels": {}},
        {"user": "ana", "penalty": 5, "channels": {}},
    ]


def test_what_is_ignored_is_set_on_create_and_then_left_alone() -> None:
    lifecycle = Lifecycle(ignore=frozenset({"icon"}))
    want = desired(wanted("statuses/Lunch", {"icon": "fork"}, lifecycle=lifecycle))
    made = planned(want, snapshot([]))
    assert made.changes[0].after == {"icon": "fork", "color": "#808080"}
    live, books = carried_out(made, snapshot([]), ledger())
    assert planned(want, live, books).is_empty
    edited = snapshot([live_resource("statuses/Lunch", icon="spoon")])
    assert planned(want, edited, books).is_empty


def test_a_reset_empties_maps_of_texts_too() -> None:
    address = "campaigns/Sales/channels/webchat"
    live = snapshot(
        [
            *[one for one in campaign("Sales") if one.address != address],
            live_resource(address, enabled=True, welcome={"en": "Hi"}),
        ]
    )
    defaults = live_resource(address).fields
    made = planned(desired(wanted(address, defaults)), live, ledger(owned(address)))
    assert made.changes[0].after == defaults

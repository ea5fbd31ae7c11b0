"""empty-desired: nothing would be left, or nothing is asked for."""

from __future__ import annotations

import pytest

from reconciler.guards.context import Review
from reconciler.message import Message
from reconciler.planning.change import Reason
from reconciler.planning.plan import Unknown
from tests.guards.guard_builders import (
    create,
    delete,
    found,
    live,
    members,
    only,
    owned,
    rename,
    replacing,
    review,
    update,
)

CODE = "empty-desired"


def test_a_list_that_loses_all_it_had_is_blocked() -> None:
    one = review(delete("campaigns/A/statuses/S0"), delete("campaigns/A/statuses/S1"))
    finding = only(CODE, one)

    assert finding.blocks
    assert finding.address == finding.approval == "campaigns/A/statuses"
    assert str(finding.message) == "this list would be empty: it has 2 entries now"


def test_the_safer_change_for_a_list_is_to_remove_its_key() -> None:
    gone = [delete(f"campaigns/A/statuses/{n}", reason=Reason.NOT_IN_COMPLETE_LIST) for n in "ST"]
    assert "remove the key from the manifest" in str(only(CODE, review(*gone)).safer)
    emptied = review(update("campaigns/A/members", members("ana", "eva"), members()))
    assert "remove the key from the manifest" in str(only(CODE, emptied).safer)


@pytest.mark.parametrize(
    "address",
    ["blacklist/+5982900123{}", "contacts/c{}", "statuses/S{}", "campaigns/A/contacts/{}"],
)
def test_the_safer_change_for_documents_is_to_restore_them(address: str) -> None:
    finding = only(CODE, review(delete(address.format(4)), delete(address.format(5))))
    assert str(finding.safer).startswith("restore the documents")
    assert "key" not in str(finding.safer)


def test_the_safer_change_for_an_exclusive_collection_is_shared_ownership() -> None:
    gone = [delete(f"statuses/{n}", reason=Reason.NOT_IN_EXCLUSIVE_COLLECTION) for n in "ST"]
    assert "`ownership`" in str(only(CODE, review(*gone)).safer)


def test_a_list_of_one_that_loses_it_warns() -> None:
    assert only(CODE, review(delete("campaigns/A/statuses/S0"))).severity == "warn"


def test_a_list_that_keeps_something_passes() -> None:
    on = [live("statuses/S0"), live("statuses/S1")]

    assert found(CODE, review(delete("statuses/S0"), on=on)) == []


def test_platform_defaults_do_not_keep_a_list_from_being_empty() -> None:
    on = [live("statuses/S0"), live("statuses/S1"), live("statuses/Break")]

    assert only(CODE, review(delete("statuses/S0"), delete("statuses/S1"), on=on)).blocks


def test_a_list_that_gets_new_entries_passes() -> None:
    assert found(CODE, review(delete("statuses/S0"), create("statuses/S9"))) == []


def test_a_replace_leaves_something() -> None:
    assert found(CODE, review(*replacing("statuses/S0", "statuses/S9"))) == []


def test_a_level_that_loses_all_below_it_is_reported() -> None:
    on = [live("dispositions/Sale"), live("dispositions/Sale/A"), live("dispositions/Sale/B")]
    one = review(
        rename("dispositions/Sale", "dispositions/Sold"),
        delete("dispositions/Sold/A"),
        delete("dispositions/Sold/B"),
        on=on,
    )

    assert only(CODE, one).address == "dispositions/Sold"


def test_lists_of_deleted_resources_are_not_reported() -> None:
    on = [live("dispositions/Sale"), live("dispositions/Sale/A"), live("dispositions/Other")]
    one = review(delete("dispositions/Sale"), delete("dispositions/Sale/A", cascaded=True), on=on)
    assert found(CODE, one) == []

    campaign = review(
        delete("campaigns/A"),
        delete("campaigns/A/statuses/S", cascaded=True),
        on=[live("campaigns/A"), live("campaigns/B"), live("campaigns/A/statuses/S")],
    )
    assert found(CODE, campaign) == []


def test_a_member_list_that_is_emptied_is_blocked() -> None:
    finding = only(CODE, review(update("campaigns/A/members", members("ana", "eva"), members())))

    assert finding.blocks
    assert finding.address == "campaigns/A/members"


def test_manifests_that_declare_nothing_are_blocked_by_collection() -> None:
    one = review(
        delete("statuses/S0"),
        unchanged=(),
        on=[live("statuses/S0"), live("statuses/S1"), live("campaigns/A")],
        ledger=owned("statuses/S0", "campaigns/A"),
    )
    findings = found(CODE, one)

    assert [finding.address for finding in findings] == ["campaigns", "statuses"]
    assert all(finding.blocks for finding in findings)
    assert "declare nothing, and this project manages 1 resource" in str(findings[0].message)


def test_nothing_declared_and_nothing_owned_passes() -> None:
    assert found(CODE, review(unchanged=())) == []


def test_an_unreadable_collection_may_hide_a_declaration() -> None:
    def unread(collection: str) -> Review:
        unknowns = (Unknown(collection, Message.plain("403")),)
        return review(unchanged=(), ledger=owned("statuses/S0"), unknowns=unknowns)

    assert found(CODE, unread("statuses")) == []
    assert only(CODE, unread("users")).blocks


def test_an_unreadable_resource_hides_only_what_depends_on_it() -> None:
    unasked = (Unknown("holidays/H", Message.plain("date")),)
    asked = (Unknown("holidays/H", Message.plain("date"), wanted=1),)
    nothing = review(unchanged=(), ledger=owned("statuses/S0"), unknowns=unasked)

    assert "declare nothing" in str(only(CODE, nothing).message)
    assert found(CODE, review(unchanged=(), ledger=owned("statuses/S0"), unknowns=asked)) == []

"""`--only`: some changes of a plan, and never a part that cannot be made alone."""

from __future__ import annotations

import pytest

from reconciler.errors import UsageError
from reconciler.kinds.address import Address
from reconciler.planning.change import Action
from reconciler.planning.digests import with_digests
from tests.planning.plan_worlds import (
    campaign,
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

TWO = desired(wanted("statuses/Lunch", {"icon": "fork"}), wanted("statuses/Rest", {"icon": "bed"}))


def test_other_changes_are_left_out_and_counted() -> None:
    made = planned(TWO, snapshot([]), globs=["statuses/lunch"])
    assert only(made, Action.CREATE) == ["statuses/Lunch"]
    assert (made.only, made.left_out) == (("statuses/lunch",), 1)


def test_a_glob_selects_what_is_below_a_match() -> None:
    want = desired(wanted("campaigns/New", {}), wanted("campaigns/New/statuses/Own", {"icon": "x"}))
    made = planned(want, snapshot([]), globs=["campaigns/N*"])
    assert only(made, Action.CREATE) == ["campaigns/New", "campaigns/New/statuses/Own"]


def test_what_is_unchanged_or_unmanaged_elsewhere_is_not_listed() -> None:
    live = snapshot([live_resource("statuses/Other"), live_resource("statuses/Rest", icon="bed")])
    books = ledger(owned("statuses/Rest", {"icon": "bed"}))
    made = planned(TWO, live, books, globs=["statuses/Lunch"])
    assert (made.unmanaged, made.unchanged) == ((), ())


def test_an_empty_selection_is_not_nothing_to_do() -> None:
    live = snapshot([live_resource("statuses/Rest", icon="bed")])
    books = ledger(owned("statuses/Rest", {"icon": "bed"}))
    made = planned(TWO, live, books, globs=["statuses/Rest"])
    assert made.is_empty
    assert made.left_out == 1


def test_a_glob_that_matches_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="--only statuses/Lunhc matches nothing") as refused:
        planned(TWO, snapshot([]), globs=["statuses/Lunhc"])
    assert str(refused.value.next_step) == "did you mean statuses/Lunch?"


def test_a_dependency_that_is_left_out_is_named_with_the_command_that_adds_it() -> None:
    want = desired(
        wanted("templates/Sign", {"type": "html", "content": "x"}),
        wanted("campaigns/Sales", {}),
        wanted(
            "campaigns/Sales/channels/email",
            {"enabled": True, "connector": "mail", "signature": "Sign"},
        ),
    )
    live = snapshot(campaign("Sales"))
    with pytest.raises(UsageError) as refused:
        planned(want, live, globs=["campaigns/Sales/channels"])
    text = str(refused.value)
    assert "adopt campaigns/Sales/channels/email depends on create templates/Sign" in text
    assert "`reconciler plan --only campaigns/Sales/channels --only templates/Sign`" in text
    made = planned(want, live, globs=["campaigns/Sales/channels", "templates/Sign"])
    assert len(made.changes) == 2


def test_a_delete_takes_its_cascade_along() -> None:
    live = snapshot([*campaign("Old"), live_resource("campaigns/Old/statuses/Own")])
    books = ledger(owned("campaigns/Old"), owned("campaigns/Old/statuses/Own"))
    made = planned(desired(), live, books, globs=["campaigns/Old"])
    assert only(made, Action.DELETE) == ["campaigns/Old", "campaigns/Old/statuses/Own"]
    with pytest.raises(UsageError, match="depends on delete campaigns/Old"):
        planned(desired(), live, books, globs=["campaigns/Old/statuses/Own"])


@pytest.mark.parametrize("glob", ["statuses/Midday", "statuses/Lunch"])
def test_a_replace_is_selected_whole_by_either_name(glob: str) -> None:
    live = snapshot([live_resource("statuses/Lunch", icon="fork")])
    books = ledger(owned("statuses/Lunch", {"icon": "fork"}))
    want = desired(wanted("statuses/Midday", {"icon": "fork"}, renamed_from="Lunch"))
    made = planned(want, live, books, globs=[glob])
    assert only(made, Action.REPLACE) == ["statuses/Midday"]
    assert only(made, Action.DELETE) == ["statuses/Lunch"]


@pytest.mark.parametrize("glob", ["dispositions/Sold", "dispositions/Sale"])
def test_a_rename_and_an_edit_of_one_resource_are_selected_together(glob: str) -> None:
    live = snapshot([live_resource("dispositions/Sale"), live_resource("statuses/Rest")])
    books = ledger(owned("dispositions/Sale", {}))
    want = desired(
        wanted("dispositions/Sold", {"enabled": False}, renamed_from="Sale"),
        wanted("statuses/Lunch", {"icon": "fork"}),
    )
    made = planned(want, live, books, globs=[glob])
    assert [change.action for change in made.changes] == [Action.RENAME, Action.UPDATE]


def test_a_level_below_a_rename_that_is_left_out_is_refused() -> None:
    live = snapshot([live_resource("dispositions/Sale"), live_resource("dispositions/Sale/Done")])
    books = ledger(owned("dispositions/Sale"), owned("dispositions/Sale/Done", form="nested"))
    want = desired(
        wanted("dispositions/Sold", {}, renamed_from="Sale"),
        wanted("dispositions/Sold/Done", {"enabled": False}, form="nested"),
        lists=[complete("dispositions/Sold")],
    )
    with pytest.raises(UsageError, match="depends on rename dispositions/Sold"):
        planned(want, live, books, globs=["dispositions/Sold/Done"])


def test_the_digests_carry_the_selection() -> None:
    whole = planned(desired(TWO.resources["statuses/lunch"]), snapshot([]))
    part = planned(TWO, snapshot([]), globs=["statuses/Lunch"])
    assert part.content_digest != whole.content_digest
    assert with_digests(part) == part


def test_a_command_hides_the_customer_that_a_glob_names() -> None:
    address = Address("blacklist/+59829001234")
    want = desired(wanted(address, {}), wanted("statuses/Lunch", {"icon": "fork"}))
    made = planned(want, snapshot([]), globs=[address])
    assert "29001234" not in str(made.command_to_review.typed(lambda _: "~x"))

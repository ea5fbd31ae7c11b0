"""spent-rename: a declared rename that would delete and create instead."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds.address import Address
from reconciler.planning.change import Change
from tests.guards.guard_builders import approve, approved, create, delete, found, only, review

CODE = "spent-rename"


def spent(address: str, old: str) -> Change:
    return replace(create(address), spent_rename=Address(old))


def test_a_misspelled_old_name_is_blocked_with_the_nearest_deleted_one() -> None:
    one = review(
        spent("dispositions/Sale/Sold", "dispositions/Sale/Bougth"),
        delete("dispositions/Sale/Bought"),
        delete("dispositions/Sale/Refused"),
    )
    finding = only(CODE, one)

    assert finding.blocks
    assert finding.address == finding.approval == "dispositions/Sale/Sold"
    assert "did you mean 'Bought'?" in finding.message.unmasked()
    assert "with its history" in finding.message.unmasked()
    assert "write `renamed_from: Bought`" in finding.safer.unmasked()
    assert finding.evidence.referrers == ("dispositions/Sale/Bought",)


def test_the_advice_is_valid_yaml() -> None:
    one = review(spent("statuses/All day", "statuses/24%2F77"), delete("statuses/24%2F7"))

    assert 'write `renamed_from: "24/7"`' in only(CODE, one).safer.unmasked()


def test_a_list_that_deletes_nothing_is_not_reported() -> None:
    """A new environment never had the old name."""
    assert found(CODE, review(spent("statuses/Meal", "statuses/Lunch"))) == []


def test_a_delete_elsewhere_is_not_reported_outside_a_tree() -> None:
    one = review(spent("statuses/Meal", "statuses/Lunch"), delete("campaigns/Sales/statuses/Lunch"))

    assert found(CODE, one) == []


def test_a_level_that_seems_to_move_is_blocked() -> None:
    one = review(
        spent("dispositions/Won/Done", "dispositions/Won/Sale%2FDone"),
        delete("dispositions/Sale/Done"),
        delete("dispositions/Sale/Lost"),
    )
    finding = only(CODE, one)

    assert "cannot move to another parent" in finding.message.unmasked()
    assert finding.evidence.referrers == ("dispositions/Sale/Done",)


def test_likely_rename_does_not_repeat_it() -> None:
    one = review(spent("statuses/Lunches", "statuses/Lunhc"), delete("statuses/Lunch"))

    assert only(CODE, one).blocks
    assert found("likely-rename", one) == []


def test_it_can_be_approved() -> None:
    one = review(spent("statuses/Meal", "statuses/Lunhc"), delete("statuses/Lunch"))
    findings = approved(one, approve(CODE, "statuses/Meal")).findings

    assert not any(finding.blocks for finding in findings if finding.code == CODE)

"""delete-protected: protection outlives the file that declared it."""

from __future__ import annotations

from tests.guards.guard_builders import delete, found, only, review


def test_deleting_what_the_ledger_protects_is_blocked() -> None:
    finding = only("delete-protected", review(delete("campaigns/Sales", protected=True)))

    assert finding.blocks
    assert finding.approval == "campaigns/Sales"
    assert "protect: false" in str(finding.safer)


def test_a_cascaded_delete_is_protected_too() -> None:
    below = delete("campaigns/Sales/statuses/Coaching", protected=True, cascaded=True)
    finding = only("delete-protected", review(delete("campaigns/Sales"), below))

    assert finding.address == "campaigns/Sales/statuses/Coaching"
    assert "together with its parent" in str(finding.message)


def test_an_unprotected_resource_passes() -> None:
    assert found("delete-protected", review(delete("statuses/Lunch"))) == []

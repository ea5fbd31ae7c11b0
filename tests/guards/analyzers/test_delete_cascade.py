"""delete-cascade: what a delete takes along, and whether anybody asked for that."""

from __future__ import annotations

from tests.guards.guard_builders import delete, found, only, owned, review

CODE = "delete-cascade"
SALE, DONE = "dispositions/Sale", "dispositions/Sale/Done"


def test_what_git_removed_with_its_parent_is_a_warning() -> None:
    finding = only(
        CODE, review(delete(SALE), delete(DONE, cascaded=True), ledger=owned(SALE, DONE))
    )

    assert finding.severity == "warn"
    assert finding.address == SALE
    assert "also deletes 1 disposition" in str(finding.message)


def test_a_cascade_over_unowned_resources_is_blocked() -> None:
    one = review(
        delete("campaigns/Sales"),
        delete("campaigns/Sales/contacts/ana@example.com", cascaded=True, unowned=True),
        delete("campaigns/Sales/statuses/Coaching", cascaded=True),
    )
    finding = only(CODE, one)

    assert finding.blocks
    assert "also deletes 1 status and 1 contact" in str(finding.message)
    assert "no project ever managed 1 contact" in str(finding.message)
    assert "ana@example.com" not in str(finding.message)
    assert finding.evidence.counts == {"deletes": 2, "unowned": 1}


def test_a_cascade_over_resources_to_keep_is_blocked() -> None:
    one = review(
        delete(SALE), delete(DONE, cascaded=True), ledger=owned(SALE, DONE, on_remove="keep")
    )

    assert "the manifests keep 1 disposition" in str(only(CODE, one).message)
    assert only(CODE, one).blocks


def test_deeper_levels_count_for_the_deleted_resource() -> None:
    one = review(delete(SALE), delete(DONE, cascaded=True), delete(f"{DONE}/Twice", cascaded=True))

    assert only(CODE, one).evidence.counts == {"deletes": 2}


def test_channels_and_members_are_not_reported() -> None:
    one = review(
        delete("campaigns/Sales"),
        delete("campaigns/Sales/members", cascaded=True, before={"members": [{"user": "ana"}]}),
        delete("campaigns/Sales/channels/email", cascaded=True, unowned=True),
    )

    assert found(CODE, one) == []

"""unblock: lifting a block takes an approval, and names nobody in its words."""

from __future__ import annotations

from tests.guards.guard_builders import create, delete, forget, found, live, only, review

CODE = "unblock"
PHONE = "+59829001234"


def test_lifting_a_block_for_all_campaigns_is_blocked() -> None:
    finding = only(CODE, review(delete(f"blacklist/{PHONE}")))

    assert finding.blocks
    assert "contacted again by all campaigns" in str(finding.message)
    assert PHONE not in str(finding.message) + str(finding.safer)
    assert finding.approval == f"blacklist/{PHONE}"


def test_lifting_a_block_for_one_campaign_says_which() -> None:
    entry = f"campaigns/Sales/blacklist/{PHONE}"
    finding = only(CODE, review(delete(entry), on=[live("campaigns/Sales"), live(entry)]))

    assert "by the campaign Sales" in str(finding.message)


def test_a_customer_who_stays_blocked_everywhere_is_not_unblocked() -> None:
    gone = delete(f"campaigns/Sales/blacklist/{PHONE}")

    assert found(CODE, review(gone, create(f"blacklist/{PHONE}"))) == []
    on = [live(f"campaigns/Sales/blacklist/{PHONE}"), live(f"blacklist/{PHONE}")]
    assert found(CODE, review(gone, on=on)) == []


def test_a_block_for_all_campaigns_that_is_only_forgotten_blocks_nobody() -> None:
    gone, lifted = delete(f"campaigns/Sales/blacklist/{PHONE}"), forget(f"blacklist/{PHONE}")
    on = [live("campaigns/Sales"), live(f"campaigns/Sales/blacklist/{PHONE}")]

    assert "by the campaign Sales" in str(only(CODE, review(gone, lifted, on=on)).message)


def test_a_block_for_all_campaigns_that_is_left_to_people_still_blocks() -> None:
    gone, left = delete(f"campaigns/Sales/blacklist/{PHONE}"), forget(f"blacklist/{PHONE}")
    there = [live(f"campaigns/Sales/blacklist/{PHONE}"), live(f"blacklist/{PHONE}")]

    assert found(CODE, review(gone, left, on=there)) == []


def test_lifting_both_blocks_at_once_is_two_findings() -> None:
    gone = delete(f"campaigns/Sales/blacklist/{PHONE}")

    assert len(found(CODE, review(gone, delete(f"blacklist/{PHONE}")))) == 2


def test_a_deleted_campaigns_own_entries_lift_nothing() -> None:
    gone = delete(f"campaigns/Sales/blacklist/{PHONE}", cascaded=True)

    assert found(CODE, review(delete("campaigns/Sales"), gone)) == []

"""delete-campaign: what is lost is counted, and disabling offered."""

from __future__ import annotations

from tests.guards.guard_builders import (
    again,
    approve,
    approved,
    delete,
    found,
    members,
    only,
    review,
    usage,
)

CODE = "delete-campaign"
SALES = "campaigns/Sales"
LIST = "campaigns/Sales/members"


def test_what_is_lost_with_a_campaign_is_counted() -> None:
    one = review(
        delete(SALES, used=usage(SALES, total=12345, opened=2)),
        delete(LIST, before=members("ana", "luis"), cascaded=True),
    )
    finding = only(CODE, one)

    assert finding.blocks
    assert "12,345 interactions, 2 memberships, its channels" in str(finding.message)
    assert "2 interactions are open now" in str(finding.message)
    assert "`enabled: false`" in str(finding.safer)
    assert finding.evidence.counts == {
        "interactions_total": 12345,
        "open_interactions": 2,
        "members": 2,
    }
    assert finding.evidence.headline == "interactions_total"


def test_it_blocks_without_usage_too() -> None:
    finding = only(CODE, review(delete(SALES)))

    assert finding.blocks
    assert "could not be read" in str(finding.message)


def test_a_holiday_that_names_it_is_a_referrer() -> None:
    used = usage(SALES, referrers=["holidays/Carnival"])

    assert "used by 1 holiday" in str(only(CODE, review(delete(SALES, used=used))).message)


def test_other_deletes_are_ignored() -> None:
    assert found(CODE, review(delete("statuses/Lunch"))) == []


def test_interactions_that_open_after_the_approval_block_again() -> None:
    planned = approved(review(delete(SALES, used=usage(SALES, total=5))), approve(CODE, SALES))

    assert not again(review(delete(SALES, used=usage(SALES, total=7))), planned, CODE).blocks
    finding = again(review(delete(SALES, used=usage(SALES, total=7, opened=1))), planned, CODE)
    assert finding.blocks
    assert "open interactions: approved at 0, now 1" in str(finding.message)

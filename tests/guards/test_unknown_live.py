"""unknown-live: unknown is not empty."""

from __future__ import annotations

from guard_builders import delete, found, only, owned, review

from reconciler.planning.model import Unknown

CODE = "unknown-live"
OWN = (Unknown("campaigns/-/statuses", "403"),)


def test_a_collection_with_something_owned_in_it_blocks() -> None:
    finding = only(CODE, review(unknowns=OWN, ledger=owned("campaigns/A/statuses/S")))

    assert finding.blocks
    assert finding.address == finding.approval == "campaigns/-/statuses"
    assert "403" in finding.message
    assert "1 resource of this project" in finding.message


def test_a_collection_with_nothing_owned_in_it_warns() -> None:
    finding = only(CODE, review(unknowns=OWN, ledger=owned("statuses/S")))

    assert finding.severity == "warn"
    assert "nothing in it is created, changed or deleted" in finding.message


def test_a_campaign_that_goes_with_a_list_nobody_could_read_blocks() -> None:
    finding = only(CODE, review(delete("campaigns/Sales"), unknowns=OWN))

    assert finding.blocks
    assert finding.evidence.referrers == ("campaigns/Sales",)
    assert "deletes 1 campaign, and what it holds of statuses goes along unseen" in finding.message
    assert "nothing in it is" not in finding.message
    assert "`enabled: false`" in finding.safer


def test_a_campaign_that_goes_takes_along_nothing_of_a_global_list() -> None:
    unread = (Unknown("statuses", "403"),)
    finding = only(CODE, review(delete("campaigns/Sales"), unknowns=unread))

    assert finding.severity == "warn"


def test_names_that_cannot_be_checked_warn() -> None:
    assert (
        "names of users are not checked"
        in only(CODE, review(unknowns=(Unknown("users", "403"),))).message
    )


def test_a_platform_read_whole_passes() -> None:
    assert found(CODE, review(ledger=owned("statuses/S"))) == []

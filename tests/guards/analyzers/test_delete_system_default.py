"""delete-system-default: defence in depth."""

from __future__ import annotations

from tests.guards.guard_builders import delete, found, only, review


def test_a_platform_default_is_never_deleted() -> None:
    finding = only("delete-system-default", review(delete("statuses/On call")))

    assert finding.blocks
    assert finding.approval == ""


def test_a_campaigns_own_of_the_same_name_is_no_default() -> None:
    assert found("delete-system-default", review(delete("campaigns/A/statuses/On call"))) == []

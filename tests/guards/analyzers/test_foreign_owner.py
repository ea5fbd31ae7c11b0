"""foreign-owner: two projects never take each other's."""

from __future__ import annotations

from dataclasses import replace

from reconciler.guards.evaluate import evaluate
from reconciler.planning.findings import WhyUnused
from tests.guards.guard_builders import approve, delete, found, only, review, update

CODE = "foreign-owner"


def test_deleting_another_projects_is_blocked_and_cannot_be_approved() -> None:
    one = review(delete("statuses/Lunch", unowned=True, owner="support"))
    finding = only(CODE, one)
    assert "the project 'support' owns this status, and this plan would have it deleted" in str(
        finding.message
    )
    assert finding.approval == ""

    findings, unused = evaluate(one, [approve(CODE, "statuses/Lunch")])

    assert any(finding.code == CODE and finding.blocks for finding in findings)
    assert [str(each.sentence()) for each in unused] == [
        "foreign-owner at statuses/Lunch: no approval can cover foreign-owner here"
    ]
    assert unused[0].why is WhyUnused.NOT_APPROVABLE


def test_adopting_another_projects_is_blocked_even_without_changes() -> None:
    change = replace(update("statuses/Lunch", {}, {}, adopts=True), owner="support")

    assert "taken over" in str(only(CODE, review(change)).message)


def test_this_projects_resources_pass() -> None:
    assert found(CODE, review(delete("statuses/Lunch"))) == []

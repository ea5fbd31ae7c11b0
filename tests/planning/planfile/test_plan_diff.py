"""The message when a new plan is not the approved one."""

from __future__ import annotations

import pytest

from reconciler.errors import UsageError
from reconciler.planning.plan import Plan
from reconciler.planning.planfile.plan_diff import (
    action_counts,
    check_approved_digest,
    compare_content,
    has_content_digest,
    unexpected_plan,
)
from tests.planning.plan_worlds import (
    desired,
    ledger,
    live_resource,
    owned,
    planned,
    snapshot,
    wanted,
)

LIVE = snapshot([live_resource("statuses/Old"), live_resource("statuses/Lunch", icon="fork")])
BOOKS = ledger(owned("statuses/Old"), owned("statuses/Lunch", {"icon": "fork"}))


def _plan(*names: str, icon: str) -> Plan:
    made = [wanted(f"statuses/{name}") for name in names]
    return planned(desired(*made, wanted("statuses/Lunch", {"icon": icon})), LIVE, BOOKS)


APPROVED = _plan("A", icon="spoon")
NOW_MADE = _plan("B", "Old", icon="knife")


def test_changes_are_compared_by_address() -> None:
    found = compare_content(APPROVED, NOW_MADE)
    assert [one.key for one in found.added] == ["create statuses/B"]
    assert [one.key for one in found.removed] == ["create statuses/A", "delete statuses/Old"]
    (altered,) = found.altered
    assert altered.change.key == "update statuses/Lunch"
    assert altered.paths == ("after.icon", "tracking.fields.icon")


def test_a_plan_does_not_differ_from_itself() -> None:
    assert list(compare_content(APPROVED, APPROVED).messages()) == []


def test_the_refusal_shows_the_new_digest_and_the_differences() -> None:
    alone = str(unexpected_plan(NOW_MADE, "abc", None))
    assert NOW_MADE.content_digest[:16] in alone
    assert "1 create, 1 update" in alone
    assert "reconciler plan" in alone
    told = str(unexpected_plan(NOW_MADE, "abc", APPROVED))
    assert "added: create statuses/B" in told
    assert "removed: create statuses/A, delete statuses/Old" in told
    assert "different: update statuses/Lunch (after.icon, tracking.fields.icon)" in told


def test_a_plan_to_compare_with_must_be_the_approved_one() -> None:
    check_approved_digest(APPROVED, APPROVED.content_digest[:16])
    with pytest.raises(UsageError, match="was approved: give the approved plan"):
        check_approved_digest(NOW_MADE, APPROVED.content_digest)


@pytest.mark.parametrize("length", [0, 1, 15])
def test_a_digest_that_is_too_short_approves_nothing(length: int) -> None:
    with pytest.raises(UsageError, match="is not a content digest"):
        has_content_digest(APPROVED, APPROVED.content_digest[:length])


def test_counts_are_by_action() -> None:
    assert action_counts(APPROVED) == "1 create, 1 update, 1 delete"
    assert action_counts(planned(desired(), snapshot([]))) == "no changes"

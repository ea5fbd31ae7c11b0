"""delete-unowned: a complete list takes nothing silently that nobody ever owned."""

from __future__ import annotations

from reconciler.planning.change import Reason
from tests.guards.guard_builders import delete, found, members, only, replacing, review, update

CODE = "delete-unowned"
LIST = "campaigns/Sales/members"


def test_an_unowned_entry_of_a_complete_list_is_blocked() -> None:
    change = delete("dispositions/Old", unowned=True, reason=Reason.NOT_IN_COMPLETE_LIST)
    finding = only(CODE, review(change))

    assert finding.blocks
    assert "no project ever managed this disposition" in str(finding.message)
    assert "add: […]" in str(finding.safer)


def test_an_entry_named_by_remove_passes() -> None:
    change = delete("dispositions/Old", unowned=True, reason=Reason.REMOVE_LISTED)

    assert found(CODE, review(change)) == []


def test_a_cascaded_delete_is_left_to_delete_cascade() -> None:
    assert found(CODE, review(delete("dispositions/Old/One", unowned=True, cascaded=True))) == []


def test_another_projects_is_left_to_foreign_owner() -> None:
    assert found(CODE, review(delete("statuses/Lunch", unowned=True, owner="other"))) == []


def test_the_delete_of_a_replace_passes() -> None:
    made, gone = replacing("statuses/Lunch", "statuses/Meal")

    assert found(CODE, review(made, gone)) == []


def test_what_is_owned_passes() -> None:
    assert found(CODE, review(delete("statuses/Lunch"))) == []


def test_members_people_added_are_warned_about() -> None:
    change = update(LIST, members("ana", "luis"), members("ana"), base=members("ana"))
    finding = only(CODE, review(change))

    assert finding.severity == "warn"
    assert "1 member that people added" in str(finding.message)
    assert "luis" in str(finding.message)


def test_members_of_a_list_that_is_adopted_are_warned_about() -> None:
    change = update(LIST, members("ana", "luis"), members("ana"), adopts=True)

    assert only(CODE, review(change)).evidence.counts == {"members": 1}


def test_members_that_git_removes_pass() -> None:
    assert found(CODE, review(update(LIST, members("ana", "luis"), members("ana")))) == []

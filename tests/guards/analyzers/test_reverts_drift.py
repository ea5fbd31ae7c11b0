"""reverts-drift: what people did on the platform is not reverted unseen."""

from __future__ import annotations

from dataclasses import replace

from reconciler.planning.change import Difference, Origin
from tests.guards.guard_builders import create, delete, found, only, owned, review, update

CODE = "reverts-drift"


def test_author_and_time_of_an_edit_are_reported() -> None:
    change = update("statuses/Lunch", {"icon": "pizza"}, {"icon": "soup"}, base={"icon": "soup"})
    told = replace(change.differences[0], by="luis", at="2026-11-20T10:00:00Z")
    finding = only(CODE, review(replace(change, differences=(told,))))

    assert finding.severity == "warn"
    assert 'icon from "pizza" back to "soup" (changed by luis at 2026-11-20T10:00:00Z)' in str(
        finding.message
    )


def test_personal_data_is_not_reported() -> None:
    change = update("contacts/k", {"contact_name": "Ana B"}, {}, base={})

    assert "Ana" not in str(only(CODE, review(change)).message)


def test_a_resource_that_people_deleted_is_reported_and_created_again() -> None:
    one = review(create("statuses/Lunch"), ledger=owned("statuses/Lunch"))

    assert str(only(CODE, one).message) == (
        "it was deleted on the platform and would be created again"
    )


def test_a_login_never_begins_a_sentence() -> None:
    one = review(replace(create("statuses/Lunch"), by="admin"), ledger=owned("statuses/Lunch"))

    assert str(only(CODE, one).message).startswith("it was deleted on the platform by admin")


def test_a_change_from_git_passes() -> None:
    changes = (update("statuses/Lunch", {}, {"icon": "soup"}), create("statuses/New"))

    assert found(CODE, review(*changes)) == []


def test_an_edit_that_a_delete_loses_is_reported_with_author_and_time() -> None:
    lost = Difference(
        "icon", "pizza", None, Origin.PLATFORM, base="soup", by="luis", at="2026-11-20T10:00:00Z"
    )
    change = replace(delete("statuses/Lunch"), differences=(lost,))
    finding = only(CODE, review(change, ledger=owned("statuses/Lunch")))

    assert finding.severity == "warn"
    assert str(finding.message) == (
        "edits since the last apply would be lost with it: "
        'icon "pizza", last applied "soup" (changed by luis at 2026-11-20T10:00:00Z)'
    )

"""reverts-drift: what people did on the platform is not reverted unseen."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds.field_path import FieldPath
from reconciler.planning.change import Difference, Origin
from tests.guards.guard_builders import create, delete, found, only, owned, review, update

CODE = "reverts-drift"


def test_author_and_time_of_an_edit_are_reported() -> None:
    change = update("statuses/Lunch", {"icon": "pizza"}, {"icon": "soup"}, base={"icon": "soup"})
    told = replace(change.differences[0], by="luis", at="2026-11-20T10:00:00Z")
    finding = only(CODE, review(replace(change, differences=(told,))))

    assert finding.severity == "warn"
    assert str(finding.message) == (
        "people's edits would be reverted: "
        "luis changed icon from soup to pizza on 2026-11-20T10:00:00Z; git changes it back"
    )


def test_members_who_were_taken_out_are_named_and_git_puts_them_back() -> None:
    members = [{"user": name} for name in ("ana", "bea", "luis")]
    change = update("campaigns/S/members", {"members": members[1:2]}, {"members": members})
    taken_out = tuple(
        Difference(
            FieldPath(f"members[{name}]"),
            None,
            {"user": name},
            Origin.PLATFORM,
            base={"user": name},
            by="admin",
            at="2026-11-20T10:28:00Z",
        )
        for name in ("ana", "luis")
    )
    finding = only(CODE, review(replace(change, differences=taken_out)))

    assert str(finding.message) == (
        "people's edits would be reverted: "
        "admin took out 2 members (ana and luis) on 2026-11-20T10:28:00Z; git puts them back"
    )


def test_edits_of_two_people_are_two_sentences() -> None:
    change = update(
        "statuses/Lunch",
        {"icon": "pizza", "color": "#ffffff"},
        {"icon": "soup", "color": "#000000"},
        base={"icon": "soup", "color": "#000000"},
    )
    icon, color = change.differences
    told = (replace(icon, by="luis"), color)
    finding = only(CODE, review(replace(change, differences=told)))

    assert str(finding.message).endswith(
        "luis changed icon from soup to pizza; git changes it back. "
        "somebody changed color from #000000 to #ffffff; git changes it back"
    )


def test_a_closed_day_is_called_closed() -> None:
    closed = Difference(
        FieldPath("schedule.sat"), ["09:00-13:00"], [], Origin.PLATFORM, base=[], by="luis"
    )
    change = update("campaigns/S", {"enabled": False}, {"enabled": True})
    message = str(only(CODE, review(replace(change, differences=(closed,)))).message)

    assert "luis changed schedule.sat from closed to 09:00-13:00; git changes it back" in message


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
        FieldPath("icon"),
        "pizza",
        None,
        Origin.PLATFORM,
        base="soup",
        by="luis",
        at="2026-11-20T10:00:00Z",
    )
    change = replace(delete("statuses/Lunch"), differences=(lost,))
    finding = only(CODE, review(change, ledger=owned("statuses/Lunch")))

    assert finding.severity == "warn"
    assert str(finding.message) == (
        "edits since the last apply would be lost with it: "
        "luis changed icon from soup to pizza on 2026-11-20T10:00:00Z"
    )

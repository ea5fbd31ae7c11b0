"""conflict: both sides changed one field."""

from __future__ import annotations

from dataclasses import replace

from tests.guards.guard_builders import found, only, review, update

CODE = "conflict"


def test_all_three_values_with_author_and_time_are_reported() -> None:
    change = update("statuses/Lunch", {"icon": "pizza"}, {"icon": "soup"}, base={"icon": "fork"})
    told = replace(change.differences[0], by="luis", at="2026-11-20T10:00:00Z")
    finding = only(CODE, review(replace(change, differences=(told,))))

    assert finding.blocks
    assert (
        "icon is soup in git, pizza on the platform, by luis at 2026-11-20T10:00:00Z, "
        "and was fork when last applied"
    ) in str(finding.message)


def test_personal_data_is_not_reported() -> None:
    change = update(
        "contacts/k",
        {"contact_name": "Ana B"},
        {"contact_name": "Ana C"},
        base={"contact_name": "Ana A"},
    )
    message = str(only(CODE, review(change)).message)

    assert "contact_name" in message
    assert "Ana" not in message


def test_long_values_are_cut() -> None:
    change = update(
        "templates/T", {"content": "b" * 500}, {"content": "c" * 500}, base={"content": "a"}
    )

    assert len(str(only(CODE, review(change)).message)) < 350


def test_a_change_of_one_side_passes() -> None:
    assert found(CODE, review(update("statuses/Lunch", {}, {"icon": "soup"}))) == []

"""Member lists and schedules as lines."""

from __future__ import annotations

from typing import Any

from reconciler.views.fragments.members import member_lines
from reconciler.views.fragments.schedule import schedule_lines
from reconciler.views.style.colour import PLAIN


def _members(*names: str) -> dict[str, Any]:
    return {"members": [{"user": name} for name in names]}


def _moves(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return member_lines(before, after, paint=PLAIN)


def test_one_moved_member_is_one_line() -> None:
    assert _moves(_members("bea", "carla", "ana"), _members("ana", "bea", "carla")) == [
        "ana moves from 3 to 1"
    ]


def test_members_after_a_removed_one_do_not_move() -> None:
    lines = _moves(_members("pia", "ana", "luis"), _members("ana", "luis"))
    assert lines == ["\N{MINUS SIGN} pia"]


def test_an_added_member_shows_unusual_fields() -> None:
    new = {"user": "luis", "penalty": 10, "channels": {"sms": {"receive": True, "create": False}}}
    lines = _moves(_members("ana"), {"members": [{"user": "ana"}, new]})
    assert lines == ["+ luis (penalty 10, sms: does not create)"]


def test_members_are_compared_without_case() -> None:
    assert _moves(_members("Ana", "bea"), _members("ana", "BEA")) == []


def test_a_week_has_two_rows_for_a_changed_day_and_one_for_unchanged_days() -> None:
    lines = schedule_lines({"mon": ["09:00-18:00"]}, {"mon": ["10:00-18:15"]}, paint=PLAIN)
    assert len(lines) == 1 + 2 + 1 + 1
    assert lines[3].startswith("tue\N{EN DASH}sun ")
    assert lines[1].endswith("09:00-18:00")
    after = lines[2].split()[1]
    assert after[18:20] == "\N{MINUS SIGN}" * 2
    assert after[20:36] == "█" * 16
    assert after[36:38] == "+·"


def test_days_with_the_same_change_share_their_rows() -> None:
    lines = schedule_lines("always", "never", paint=PLAIN)
    assert lines[1].startswith("mon\N{EN DASH}sun  before")
    assert sum(line.count("\N{MINUS SIGN}") for line in lines[1:-1]) == 48


def test_an_invalid_week_is_shown_as_a_value() -> None:
    assert schedule_lines("always", "25:00", paint=PLAIN) == ["always → 25:00"]

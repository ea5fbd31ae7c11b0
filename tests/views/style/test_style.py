"""The parts of a plan's text, each by itself."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from reconciler.views.plan.members import member_lines
from reconciler.views.plan.schedule import schedule_lines
from reconciler.views.style.colour import PLAIN
from reconciler.views.style.escaping import visible
from reconciler.views.style.values import inline
from reconciler.views.style.vocabulary import moment, with_readable_moments


def _members(*names: str) -> dict[str, Any]:
    return {"members": [{"user": name} for name in names]}


def _moves(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return member_lines(before, after, paint=PLAIN)


def test_one_member_who_moves_up_is_one_move() -> None:
    assert _moves(_members("bea", "carla", "ana"), _members("ana", "bea", "carla")) == [
        "ana moves from 3 to 1"
    ]


def test_who_only_closes_ranks_does_not_move() -> None:
    lines = _moves(_members("pia", "ana", "luis"), _members("ana", "luis"))
    assert lines == ["\N{MINUS SIGN} pia"]


def test_a_newcomer_says_what_is_unusual_about_them() -> None:
    new = {"user": "luis", "penalty": 10, "channels": {"sms": {"receive": True, "create": False}}}
    lines = _moves(_members("ana"), {"members": [{"user": "ana"}, new]})
    assert lines == ["+ luis (penalty 10, sms: does not create)"]


def test_members_are_the_same_however_their_case_is_written() -> None:
    assert _moves(_members("Ana", "bea"), _members("ana", "BEA")) == []


def test_a_week_shows_seven_days_and_two_rows_for_those_that_change() -> None:
    lines = schedule_lines({"mon": ["09:00-18:00"]}, {"mon": ["10:00-18:15"]}, paint=PLAIN)
    assert len(lines) == 1 + 8 + 1
    assert lines[1].endswith("09:00-18:00")
    after = lines[2].split()[1]
    assert after[18:20] == "\N{MINUS SIGN}" * 2
    assert after[20:36] == "█" * 16
    assert after[36:38] == "+·"


def test_a_week_goes_from_always_to_never() -> None:
    lines = schedule_lines("always", "never", paint=PLAIN)
    assert sum(line.count("\N{MINUS SIGN}") for line in lines[1:-1]) == 7 * 48


def test_a_week_that_is_none_is_shown_as_it_is() -> None:
    assert schedule_lines("always", "25:00", paint=PLAIN) == ["always → 25:00"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (None, "none"),
        ("", '""'),
        ("yes", '"yes"'),
        ("12", '"12"'),
        ("wa-main", "wa-main"),
        ("On call", "On call"),
        ("+59829001234", "+59829001234"),
        ([], "empty"),
        (["a", "b"], "a, b"),
        ({"receive": True, "create": False}, "{receive: yes, create: no}"),
        (60, "60"),
    ],
)
def test_values_read_as_people_write_them(value: Any, text: str) -> None:
    assert inline(value) == text


def test_letters_that_are_joined_stay_as_they_are() -> None:
    for text in ("España", "日本", "👩\u200d🚒", "نمی\u200cشد"):
        assert visible(text) == text


def test_moments_are_in_utc_and_to_the_minute() -> None:
    assert moment("2026-11-20T11:03:59-03:00") == "2026-11-20 14:03 UTC"
    assert moment("sometime") == "sometime"
    assert (
        with_readable_moments("by luis at 2026-11-20T14:03:12Z.")
        == "by luis at 2026-11-20 14:03 UTC."
    )


def test_no_view_pays_for_rich_until_it_is_used() -> None:
    modules = (
        *(f"plan.{name}" for name in ("text", "json")),
        *(f"run.{name}" for name in ("text", "json", "history")),
        *(f"reports.{name}" for name in ("errors", "explain", "drift", "usage")),
    )
    imports = "; ".join(f"import reconciler.views.{module}" for module in modules)
    code = f"import sys; {imports}; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

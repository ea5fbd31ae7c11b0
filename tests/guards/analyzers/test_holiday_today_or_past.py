"""holiday-today-or-past: a date that is no longer ahead. NOW is 2026-11-23, 15:00 UTC."""

from __future__ import annotations

import pytest

from tests.guards.guard_builders import complete, create, delete, found, only, review, update

CODE = "holiday-today-or-past"


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-24"])
def test_a_date_that_some_clock_shows_now_is_today(day: str) -> None:
    finding = only(CODE, review(create("holidays/H", date=day)))

    assert finding.severity == "warn"
    assert "is today somewhere in the world and would be created" in str(finding.message)


def test_a_date_gone_by_is_past() -> None:
    change = delete("holidays/H", before=complete("holidays/H", date="2026-11-01"))

    assert "is in the past and would be deleted" in str(only(CODE, review(change)).message)


def test_moving_a_holiday_away_from_today_is_reported() -> None:
    change = update("holidays/H", {"date": "2026-11-23"}, {"date": "2027-11-23"})

    assert "would be changed" in str(only(CODE, review(change)).message)


def test_a_recurring_holiday_has_no_past() -> None:
    assert found(CODE, review(create("holidays/H", date="2020-12-25", recurring=True))) == []
    today = create("holidays/H", date="2020-11-23", recurring=True)
    assert "is today" in str(only(CODE, review(today)).message)


def test_a_date_ahead_passes() -> None:
    assert found(CODE, review(create("holidays/H", date="2026-11-25"))) == []

"""Opening hours: valid schedules, and when a campaign is open, clock changes included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.campaign import Campaign
from reconciler.kinds.values.refusal import message_and_hint
from reconciler.kinds.values.schedule import (
    WEEKDAYS,
    Calendar,
    Closure,
    Schedule,
    TimeRange,
    clean_zone,
    is_fixed_offset,
)
from reconciler.message import Message

_ZONES = ("America/Montevideo", "America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "UTC")
_OFFICE = Schedule.parse({"mon": ["09:00-13:00", "15:00-19:00"]})


def _at(text: str, zone: str, *, fold: int = 0) -> datetime:
    """The moment a clock in a zone shows a local time, the first or the second time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00-10:00", "is not a time range"),
        ("09:00", "is not a time range"),
        ("09:00 - 10:00", "is not a time range"),
        ("25:00-26:00", "that does not exist"),
        ("09:60-10:00", "that does not exist"),
        ("09:00-24:01", "ends after 24:00"),
        ("10:00-10:00", "does not end after it starts"),
        ("22:00-02:00", '"22:00-24:00", and on the next day "00:00-02:00"'),
    ],
)
def test_an_invalid_time_range_is_refused_with_the_reason(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match="'" + text) as refusal:
        TimeRange.parse(text)
    assert expected in ": ".join(map(Message.unmasked, message_and_hint(refusal.value)))


def test_the_end_of_the_day_is_a_legal_end() -> None:
    assert str(TimeRange.parse("15:00-24:00")) == "15:00-24:00"


def test_ranges_of_a_day_are_sorted_and_may_touch_but_not_overlap() -> None:
    week = Schedule.parse({"tue": ["15:00-19:00", "09:00-15:00"]})
    assert [str(hours) for hours in week.days[1]] == ["09:00-15:00", "15:00-19:00"]
    with pytest.raises(ValueError, match="tue: 09:00-15:00 and 14:59-19:00 overlap"):
        Schedule.parse({"tue": ["14:59-19:00", "09:00-15:00"]})


def test_a_schedule_in_normal_form_names_all_seven_days() -> None:
    made = Campaign.model_validate({"schedule": {"tue": ["09:00-10:00"]}})
    assert isinstance(made.schedule, dict)
    assert tuple(made.schedule) == WEEKDAYS
    assert made.schedule["tue"] == ["09:00-10:00"]
    assert made.schedule["mon"] == []


def test_a_range_is_open_from_its_first_minute_to_the_last_before_its_end() -> None:
    calendar = Calendar(enabled=True, zone="America/Montevideo", schedule=_OFFICE)
    open_at = {
        text: calendar.open_at(_at(f"2026-11-23T{text}", "America/Montevideo"))
        for text in ("08:59:59", "09:00:00", "12:59:59", "13:00:00", "15:00:00", "19:00:00")
    }
    assert open_at == {
        "08:59:59": False,
        "09:00:00": True,
        "12:59:59": True,
        "13:00:00": False,
        "15:00:00": True,
        "19:00:00": False,
    }


def test_the_day_is_the_campaigns_own_and_not_the_callers() -> None:
    calendar = Calendar(enabled=True, zone="Asia/Tokyo", schedule=_OFFICE)
    assert calendar.open_at(datetime(2026, 11, 23, 0, 30, tzinfo=UTC))  # Monday 09:30 in Tokyo
    assert not calendar.open_at(datetime(2026, 11, 23, 10, 30, tzinfo=UTC))  # Monday 19:30 there
    assert not calendar.open_at(datetime(2026, 11, 22, 23, 59, tzinfo=UTC))


def test_opening_hours_stay_on_the_clock_when_clocks_change() -> None:
    calendar = Calendar(enabled=True, zone="Europe/Madrid", schedule=_OFFICE)
    winter, summer = (
        datetime(2026, 3, 23, 8, 0, tzinfo=UTC),
        datetime(2026, 3, 30, 7, 0, tzinfo=UTC),
    )
    for opening in (winter, summer):
        assert calendar.open_at(opening)
        assert not calendar.open_at(opening - timedelta(minutes=1))


def test_an_hour_that_comes_twice_is_open_both_times() -> None:
    night = Schedule.parse({"sun": ["02:00-03:00"]})
    calendar = Calendar(enabled=True, zone="Europe/Madrid", schedule=night)
    twice = [_at("2026-10-25T02:30", "Europe/Madrid", fold=fold) for fold in (0, 1)]
    assert twice[1] - twice[0] == timedelta(hours=1)
    assert [calendar.open_at(moment) for moment in twice] == [True, True]
    assert not calendar.open_at(_at("2026-10-25T03:00", "Europe/Madrid"))


def test_an_hour_that_is_left_out_is_never_open() -> None:
    night = Schedule.parse({"sun": ["02:00-03:00"]})
    calendar = Calendar(enabled=True, zone="Europe/Madrid", schedule=night)
    midnight = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    day = [midnight + timedelta(minutes=minute) for minute in range(23 * 60)]
    assert day[-1].astimezone(ZoneInfo("Europe/Madrid")).time().isoformat() == "23:59:00"
    assert not any(calendar.open_at(moment) for moment in day)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(_ZONES),
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1]),
)
def test_open_is_what_the_clock_on_the_wall_says(
    moment: datetime, zone: str, pair: tuple[int, int]
) -> None:
    one = TimeRange(*pair)
    week = Schedule.parse({day: [str(one)] for day in WEEKDAYS})
    shown = moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    start, end = str(one).split("-")
    calendar = Calendar(enabled=True, zone=zone, schedule=week)
    assert calendar.open_at(moment) == (start <= shown < end)


def test_always_has_no_closed_minute_and_never_no_open_one() -> None:
    moment = _at("2026-10-25T02:30", "Europe/Madrid", fold=1)
    for word, is_open in (("always", True), ("never", False)):
        calendar = Calendar(enabled=True, zone="Europe/Madrid", schedule=Schedule.parse(word))
        assert calendar.open_at(moment) is is_open


def test_a_disabled_campaign_is_closed() -> None:
    calendar = Calendar(enabled=False, zone="UTC", schedule=Schedule.parse("always"))
    assert not calendar.open_at(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))


def test_a_holiday_closes_the_local_day_and_no_other() -> None:
    christmas = Closure("Christmas", date(2026, 12, 25), recurring=False, campaigns=None)
    calendar = Calendar(
        enabled=True,
        zone="America/Montevideo",
        schedule=Schedule.parse("always"),
        closures=(christmas,),
    )
    edges = {
        "2026-12-24T23:59": True,
        "2026-12-25T00:00": False,
        "2026-12-25T23:59": False,
        "2026-12-26T00:00": True,
        "2027-12-25T12:00": True,
    }
    found = {text: calendar.open_at(_at(text, "America/Montevideo")) for text in edges}
    assert found == edges


def test_a_recurring_holiday_comes_every_year_and_29_february_in_leap_years_only() -> None:
    leap = Closure("Leap day", date(2024, 2, 29), recurring=True, campaigns=None)
    assert leap.falls_on(date(2028, 2, 29))
    assert not leap.falls_on(date(2027, 2, 28))
    assert not leap.falls_on(date(2027, 3, 1))


def test_a_holiday_closes_all_campaigns_or_the_named_ones() -> None:
    day = date(2026, 12, 25)
    assert Closure("A", day, recurring=False, campaigns=None).concerns("sales")
    named = Closure("B", day, recurring=False, campaigns=frozenset({"sales"}))
    assert named.concerns("sales")
    assert not named.concerns("support")


def test_what_a_schedule_closes_is_counted_in_minutes_a_week() -> None:
    shorter = Schedule.parse({"mon": ["10:00-13:00", "15:00-19:00"], "sat": ["09:00-12:00"]})
    assert shorter.closed_minutes(_OFFICE) == 60
    assert _OFFICE.closed_minutes(shorter) == 180
    assert Schedule.parse("always").closed_minutes(_OFFICE) == 0


def test_a_zone_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="is not an IANA time zone") as refusal:
        clean_zone("America/Montevido")
    assert message_and_hint(refusal.value)[1].unmasked() == "did you mean America/Montevideo?"
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        clean_zone("localtime")


def test_zones_with_a_fixed_offset_are_recognised() -> None:
    assert [
        zone for zone in ("EST", "Etc/GMT+3", "UTC", "Europe/Madrid") if is_fixed_offset(zone)
    ] == [
        "EST",
        "Etc/GMT+3",
    ]

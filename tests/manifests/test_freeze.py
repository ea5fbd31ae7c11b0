"""Freeze windows: which one a moment is in, when it ends, and how environment files declare it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.values.schedule import Schedule, Weekday
from reconciler.manifests.freeze import DatedWindow, Freeze
from tests.manifests.manifest_project import ENVIRONMENT, ManifestProject

MONTEVIDEO = "America/Montevideo"
NEVER = Schedule.parse("never")
STATUS = "{kind: Status, name: A}"


def at(text: str, zone: str = MONTEVIDEO, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def weekly(zone: str = MONTEVIDEO, **days: list[str]) -> Freeze:
    named: dict[Weekday, list[str]] = dict(days)  # type: ignore[arg-type]
    return Freeze(zone, Schedule.parse(named))


def dated(start: str, end: str, zone: str = MONTEVIDEO) -> Freeze:
    return Freeze(zone, NEVER, (DatedWindow.parse(start, end, "Sale"),))


def why_frozen(freeze: Freeze, moment: datetime) -> str | None:
    found = freeze.window_at(moment)
    return found.reason if found is not None else None


WEEKEND = weekly(fri=["18:00-24:00"], sat=["00:00-24:00"])


@pytest.mark.parametrize(
    ("moment", "frozen"),
    [
        ("2026-11-27T17:59:59", False),
        ("2026-11-27T18:00", True),
        ("2026-11-28T23:59:59", True),
        ("2026-11-29T00:00", False),
    ],
)
def test_a_weekly_window_begins_and_ends_to_the_minute(moment: str, frozen: bool) -> None:
    assert (why_frozen(WEEKEND, at(moment)) is not None) is frozen
    assert (why_frozen(WEEKEND, at(moment).astimezone(UTC)) is not None) is frozen


def test_windows_that_touch_open_once_at_the_end_of_the_last() -> None:
    assert WEEKEND.next_opening(at("2026-11-27T20:30:15")) == at("2026-11-29T00:00")


def test_outside_a_window_it_is_open_now() -> None:
    now = at("2026-11-26T12:00")
    assert WEEKEND.next_opening(now) == now


@pytest.mark.parametrize(
    ("moment", "frozen"),
    [
        ("2026-12-19T23:59", False),
        ("2026-12-20T00:00", True),
        ("2026-12-27T23:59:59", True),
        ("2026-12-28T00:00", False),
    ],
)
def test_the_last_date_of_a_window_is_frozen_whole(moment: str, frozen: bool) -> None:
    assert why_frozen(dated("2026-12-20", "2026-12-27"), at(moment)) == ("Sale" if frozen else None)


def test_a_window_may_begin_and_end_at_a_time() -> None:
    freeze = dated("2026-11-27T08:00", "2026-11-27T20:00")
    assert why_frozen(freeze, at("2026-11-27T07:59")) is None
    assert why_frozen(freeze, at("2026-11-27T08:00")) == "Sale"
    assert why_frozen(freeze, at("2026-11-27T20:00")) is None
    assert freeze.next_opening(at("2026-11-27T08:00")) == at("2026-11-27T20:00")


def test_a_window_without_a_reason_is_described_by_its_times() -> None:
    freeze = Freeze(MONTEVIDEO, NEVER, (DatedWindow.parse("2026-12-20", "2026-12-20"),))
    assert why_frozen(freeze, at("2026-12-20T12:00")) == "2026-12-20 00:00 to 2026-12-21 00:00"


@pytest.mark.parametrize("zone", [MONTEVIDEO, "Europe/Madrid", "America/Santiago", "UTC"])
def test_a_week_that_is_frozen_whole_never_opens(zone: str) -> None:
    assert Freeze(zone, Schedule.parse("always")).next_opening(at("2026-12-20", zone)) is None


# Clocks that change: in Madrid they go back at 03:00 on 25 October 2026, and on at 02:00 on
# 29 March; in Santiago they go on at midnight, so that 6 September 2026 begins at 01:00.


def test_the_hour_that_comes_twice_is_frozen_both_times() -> None:
    freeze = weekly("Europe/Madrid", sun=["02:00-02:30"])
    for fold in (0, 1):
        assert why_frozen(freeze, at("2026-10-25T02:10", "Europe/Madrid", fold=fold))
        assert not why_frozen(freeze, at("2026-10-25T02:40", "Europe/Madrid", fold=fold))
    second = at("2026-10-25T02:10", "Europe/Madrid", fold=1)
    opening = freeze.next_opening(second)
    assert opening is not None
    assert opening - second.astimezone(UTC) == timedelta(minutes=20)


def test_a_weekly_window_that_clocks_jump_into_ends_when_they_do() -> None:
    freeze = weekly("Europe/Madrid", sun=["00:00-02:30"])
    opening = freeze.next_opening(at("2026-03-29T01:00", "Europe/Madrid"))
    assert opening is not None
    assert opening.isoformat() == "2026-03-29T03:00:00+02:00"


def test_a_dated_window_lasts_through_the_hour_that_comes_twice() -> None:
    freeze = dated("2026-10-25T02:15", "2026-10-25T02:45", "Europe/Madrid")
    begin = at("2026-10-25T02:15", "Europe/Madrid", fold=0).astimezone(UTC)
    end = at("2026-10-25T02:45", "Europe/Madrid", fold=1).astimezone(UTC)
    assert end - begin == timedelta(minutes=90)
    assert why_frozen(freeze, begin - timedelta(minutes=1)) is None
    for minutes in range(90):
        assert why_frozen(freeze, begin + timedelta(minutes=minutes)) == "Sale"
    assert why_frozen(freeze, end) is None
    opening = freeze.next_opening(begin)
    assert opening is not None
    assert opening.astimezone(UTC) == end


def test_a_date_that_does_not_begin_at_midnight_is_frozen_from_its_first_minute() -> None:
    freeze = dated("2026-09-06", "2026-09-06", "America/Santiago")
    assert why_frozen(freeze, at("2026-09-05T23:59", "America/Santiago")) is None
    assert why_frozen(freeze, at("2026-09-06T01:00", "America/Santiago")) == "Sale"


def test_a_window_that_ends_at_a_time_no_clock_shows_ends_when_they_jump() -> None:
    freeze = dated("2026-03-29T00:00", "2026-03-29T02:30", "Europe/Madrid")
    opening = freeze.next_opening(at("2026-03-29T01:00", "Europe/Madrid"))
    assert opening is not None
    assert opening.isoformat() == "2026-03-29T03:00:00+02:00"


@given(
    start=st.integers(0, 1438),
    length=st.integers(1, 1440),
    zone=st.sampled_from(["Europe/Madrid", "America/Santiago", "Australia/Lord_Howe"]),
    minutes=st.integers(0, 60 * 24 * 365),
)
def test_everything_before_the_next_opening_is_frozen(
    start: int, length: int, zone: str, minutes: int
) -> None:
    end = min(start + length, 1440)
    text = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    freeze = Freeze(zone, Schedule.parse({"sat": [text], "sun": [text]}))
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opening = freeze.next_opening(moment)
    assert opening is not None
    assert why_frozen(freeze, opening) is None
    while moment < opening:
        assert why_frozen(freeze, moment) is not None
        moment += timedelta(minutes=7)


# In an environment's file


def test_an_environment_says_when_it_is_frozen(project: ManifestProject) -> None:
    project.write(
        "environments/prod.yaml",
        ENVIRONMENT
        + """\
freeze:
  time_zone: America/Montevideo
  weekly: {fri: ["18:00-24:00"], sat: ["00:00-24:00"]}
  dated:
    - {from: 2026-12-20, to: 2026-12-27, reason: "Christmas season"}
    - {from: "2026-11-27T08:00", to: "2026-11-27T20:00", reason: "Black Friday"}
""",
    )
    freeze = project.load(STATUS).settings.environment.freeze
    assert freeze is not None
    assert why_frozen(freeze, at("2026-12-24T10:00")) == "Christmas season"
    assert why_frozen(freeze, at("2026-11-27T10:00")) == "Black Friday"
    assert why_frozen(freeze, at("2026-11-27T21:00")) == "every week, fri 18:00-24:00"
    assert why_frozen(freeze, at("2026-11-26T10:00")) is None


def test_an_environment_is_not_frozen_unless_it_says_so(project: ManifestProject) -> None:
    assert project.load(STATUS).settings.environment.freeze is None


@pytest.mark.parametrize(
    ("freeze", "message"),
    [
        ("{weekly: {}}", "`time_zone` is missing"),
        ("{time_zone: America/Montevido}", "did you mean America/Montevideo?"),
        ("{time_zone: UTC, weekly: {fri: ['18:00-02:00']}}", "a shift past midnight as two ranges"),
        ("{time_zone: UTC, weekly: {vie: ['18:00-20:00']}}", "vie"),
        ("{time_zone: UTC, dated: [{from: 2026-12-20}]}", "`to` is missing"),
        ("{time_zone: UTC, dated: [{from: 2026-12-20, to: 2026-12-19}]}", "does not end"),
        (
            "{time_zone: UTC, dated: [{from: 2026-02-30, to: 2026-03-19}]}",
            "not a date or a local time",
        ),
        (
            "{time_zone: UTC, dated: [{from: '2026-12-20T08:00Z', to: 2026-12-21}]}",
            "without a zone",
        ),
        ("{time_zone: UTC, dated: [{from: 2026-12-20, until: 2026-12-21}]}", "`until`"),
        ("{time_zone: UTC, dated: [{from: 2026-12-20, to: 9999-12-31}]}", "from 1970 to 8999"),
    ],
)
def test_a_wrong_freeze_is_a_problem(project: ManifestProject, freeze: str, message: str) -> None:
    project.write("environments/prod.yaml", f"{ENVIRONMENT}freeze: {freeze}\n")
    problems = project.problems(STATUS)
    assert any(
        message in problem.message.unmasked() + problem.hint.unmasked() for problem in problems
    ), problems
    assert {problem.file for problem in problems} == {"environments/prod.yaml"}
    assert all(problem.line for problem in problems)


# ---- one freeze against another ----------------------------------------------------------------

_START = at("2026-11-23T00:00")
_HOURS = st.integers(0, 23).flatmap(lambda h: st.tuples(st.just(h), st.integers(h + 1, 24)))
_DAYS: st.SearchStrategy[Weekday] = st.sampled_from(("mon", "fri", "sat"))


@st.composite
def _freezes(draw: st.DrawFn) -> Freeze:
    zone = draw(st.sampled_from((MONTEVIDEO, "Europe/Madrid")))
    days: dict[Weekday, list[str]] = {
        day: [f"{start:02}:00-{end:02}:00"]
        for day, (start, end) in draw(st.dictionaries(_DAYS, _HOURS, max_size=2)).items()
    }
    windows = []
    for first in draw(st.lists(st.integers(23, 29), max_size=2)):
        last = draw(st.integers(first, 30))
        windows.append(DatedWindow.parse(f"2026-11-{first}", f"2026-11-{last}"))
    always = Schedule.parse("always")
    week = draw(st.one_of(st.just(Schedule.parse(days)), st.just(always)))
    return Freeze(zone, week, tuple(windows))


@given(was=_freezes(), now=_freezes(), hours=st.integers(0, 24 * 9))
def test_where_no_window_is_missing_every_moment_is_still_frozen(
    was: Freeze, now: Freeze, hours: int
) -> None:
    moments = [_START + timedelta(hours=hour) for hour in range(hours, 24 * 10)]
    opened = [
        moment
        for moment in moments
        if was.window_at(moment) is not None and now.window_at(moment) is None
    ]
    missing = list(was.not_frozen_in(now, _START + timedelta(hours=hours)))
    assert missing or not opened
    assert list(was.not_frozen_in(was, _START)) == []


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        (None, ["2026-12-20T00:00..2026-12-28T00:00"]),
        (dated("2026-12-20", "2026-12-27"), []),
        (dated("2026-12-19", "2026-12-31"), []),
        (dated("2026-12-20", "2026-12-26"), ["2026-12-20T00:00..2026-12-28T00:00"]),
        (dated("2026-12-21", "2026-12-27"), ["2026-12-20T00:00..2026-12-28T00:00"]),
        (
            dated("2026-12-20", "2026-12-27", "Europe/Madrid"),
            ["2026-12-20T00:00..2026-12-28T00:00"],
        ),
        (dated("2026-12-19", "2026-12-28", "Europe/Madrid"), []),
        (Freeze(MONTEVIDEO, Schedule.parse("always")), []),
    ],
)
def test_a_dated_window_is_missing_unless_others_freeze_all_of_it(
    now: Freeze | None, missing: list[str]
) -> None:
    was = dated("2026-12-20", "2026-12-27")
    assert list(was.not_frozen_in(now, at("2026-11-23T12:00"))) == missing


def test_a_window_may_be_in_two_parts_and_what_is_over_may_go() -> None:
    was = dated("2026-12-20", "2026-12-27")
    parts = (
        DatedWindow.parse("2026-12-24", "2026-12-27"),
        DatedWindow.parse("2026-12-20", "2026-12-23"),
    )
    assert list(was.not_frozen_in(Freeze(MONTEVIDEO, NEVER, parts), at("2026-11-23T12:00"))) == []
    rest = dated("2026-12-24T12:00", "2026-12-27")
    assert list(was.not_frozen_in(rest, at("2026-12-24T12:00"))) == []
    assert list(was.not_frozen_in(None, at("2026-12-28T00:00"))) == []


def test_a_weekly_range_is_missing_unless_the_same_day_of_the_same_zone_has_all_of_it() -> None:
    was, now = weekly(fri=["18:00-24:00"]), at("2026-11-23T12:00")
    assert list(was.not_frozen_in(weekly(fri=["17:00-24:00"]), now)) == []
    assert list(was.not_frozen_in(weekly(fri=["18:00-21:00", "21:00-24:00"]), now)) == []
    for other in (
        weekly(fri=["18:00-23:00"]),
        weekly(sat=["18:00-24:00"]),
        weekly("Europe/Madrid", fri=["00:00-24:00"]),
    ):
        assert list(was.not_frozen_in(other, now)) == ["fri.18:00-24:00"]

"""Opening hours: weekly schedules, time zones and holidays, and what is open at a moment.

A schedule's JSON form is `"always"`, `"never"`, or an object with all seven weekdays, each a
sorted list of `HH:MM-HH:MM`; it is one value, so a JSON Merge Patch that carries it replaces it
whole. Ranges are wall-clock time in the campaign's zone: on the day clocks go back an hour
repeats and is open both times, on the day they go forward the missing hour is simply not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_RANGE = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_DAY_MINUTES = 24 * 60
_FIXED_OFFSET = re.compile(r"EST|MST|HST|(Etc/)?GMT[+-]\d+|Etc/GMT0?|GMT[+-]?0")


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """Open from `start` to `end`, in minutes after midnight; `end` itself is closed."""

    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> TimeRange:
        """Read `HH:MM-HH:MM`. Raises ValueError, also for ranges that cross midnight."""
        match = _RANGE.fullmatch(text)
        if match is None:
            raise ValueError(f"'{text}' is no range: write HH:MM-HH:MM, as in 09:00-18:30")
        hours, minutes, to_hours, to_minutes = (int(part) for part in match.groups())
        if hours > 23 or minutes > 59 or to_hours > 24 or to_minutes > 59:
            raise ValueError(f"'{text}' has an hour or a minute that no clock shows")
        start, end = hours * 60 + minutes, to_hours * 60 + to_minutes
        if end > _DAY_MINUTES:
            raise ValueError(f"'{text}' ends after 24:00")
        if end <= start:
            raise ValueError(
                f"'{text}' does not end after it starts: a shift past midnight is two ranges, "
                f"{text[:5]}-24:00 and, on the next day, 00:00-{text[6:]}"
            )
        return cls(start, end)

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


def _parse_day(day: str, texts: Iterable[str]) -> tuple[TimeRange, ...]:
    ranges = sorted(TimeRange.parse(text) for text in texts)
    for before, after in pairwise(ranges):
        if after.start < before.end:
            raise ValueError(f"{day}: {before} and {after} overlap")
    return tuple(ranges)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A week of opening hours: seven tuples of ranges, Monday first."""

    days: tuple[tuple[TimeRange, ...], ...]

    @classmethod
    def parse(cls, value: str | Mapping[Weekday, list[str]]) -> Schedule:
        """Read the JSON form, complete or with days left out (closed). Raises ValueError."""
        if value == "always":
            return cls(((TimeRange(0, _DAY_MINUTES),),) * 7)
        if isinstance(value, str):
            if value == "never":
                return cls(((),) * 7)
            raise ValueError(f"'{value}' is no schedule: write always, never, or ranges a day")
        return cls(tuple(_parse_day(day, value.get(day, ())) for day in WEEKDAYS))

    def ranges_on(self, day: date) -> tuple[TimeRange, ...]:
        """The opening hours of a date."""
        return self.days[day.weekday()]

    def closed_minutes(self, before: Schedule) -> int:
        """How many minutes a week were open in `before` and are not here."""
        return sum(
            _minutes_outside(old, new) for old, new in zip(before.days, self.days, strict=True)
        )


def _minutes_outside(old: tuple[TimeRange, ...], new: tuple[TimeRange, ...]) -> int:
    total = 0
    for one in old:
        inside = sum(max(0, min(one.end, r.end) - max(one.start, r.start)) for r in new)
        total += one.end - one.start - inside
    return total


def _normal_schedule(value: ScheduleInput) -> ScheduleInput:
    schedule = Schedule.parse(value)
    if isinstance(value, str):
        return value
    return {
        day: [str(one) for one in ranges]
        for day, ranges in zip(WEEKDAYS, schedule.days, strict=True)
    }


ScheduleInput = Literal["always", "never"] | dict[Weekday, list[str]]
ScheduleValue = Annotated[
    ScheduleInput,
    AfterValidator(_normal_schedule),
    Field(
        description="When the campaign is open: always, never, or per weekday a list of "
        "HH:MM-HH:MM in its own time zone; a day left out is closed.",
        examples=["always", {"mon": ["09:00-13:00", "15:00-19:00"]}],
    ),
]


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory", "posixrules"}


@lru_cache(maxsize=1024)
def clean_zone(name: str) -> str:
    """An IANA time zone's name. Raises ValueError with the nearest known one."""
    if name == "UTC" or name in _zones():
        return name
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(_zones()), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"'{name}' is no IANA time zone{hint}")


def is_fixed_offset(zone: str) -> bool:
    """Whether a zone ignores daylight saving by its very name, such as `EST` (warned; ours)."""
    return _FIXED_OFFSET.fullmatch(zone) is not None


TimeZone = Annotated[str, AfterValidator(clean_zone)]


@dataclass(frozen=True, slots=True)
class Closure:
    """A holiday as the calendar sees it: one date, or that day and month of every year.

    `campaigns` holds identities (case-folded names); None is all of them.
    """

    name: str
    day: date
    recurring: bool
    campaigns: frozenset[str] | None

    def falls_on(self, day: date) -> bool:
        """Whether it closes that date; a recurring 29 February only in leap years."""
        if self.recurring:
            return (day.month, day.day) == (self.day.month, self.day.day)
        return day == self.day

    def concerns(self, campaign_identity: str) -> bool:
        """Whether it closes that campaign."""
        return self.campaigns is None or campaign_identity in self.campaigns


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one campaign is open: its switch, zone, week, and the holidays that concern it."""

    enabled: bool
    zone: str
    schedule: Schedule
    closures: tuple[Closure, ...] = ()

    def today(self, moment: datetime) -> tuple[TimeRange, ...]:
        """The ranges of the local date at `moment` (aware); none when disabled or a holiday."""
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        if not self.enabled or any(closure.falls_on(day) for closure in self.closures):
            return ()
        return self.schedule.ranges_on(day)

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open at `moment` (aware)."""
        local = moment.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        return any(one.start <= minute < one.end for one in self.today(moment))

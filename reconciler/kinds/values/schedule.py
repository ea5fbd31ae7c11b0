"""Opening hours: weekly schedules, time zones, holidays, and when a campaign is open.

The JSON form of a schedule is `"always"`, `"never"`, or an object with all seven weekdays, each a
sorted list of `HH:MM-HH:MM`. It is one value: a JSON Merge Patch replaces it whole. Ranges are
wall-clock time in the campaign's zone. The hour that repeats when clocks go back is open both
times; the hour that clocks skip does not exist.
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

from reconciler.kinds.values.refusal import refusal
from reconciler.message import NO_MESSAGE, Message, Personal

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_RANGE = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_DAY_MINUTES = 24 * 60
_FIXED_OFFSET = re.compile(r"EST|MST|HST|(Etc/)?GMT[+-]\d+|Etc/GMT0?|GMT[+-]?0")


_OFFSET = re.compile(r"(Etc/)?(UTC|GMT|Z)? ?[+\u2212-] ?\d{1,2}(:?\d\d)?", re.IGNORECASE)
_OF_A_PLACE = Message.of("write the zone of a place, such as America/Montevideo")


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """Open from `start` to `end`, in minutes after midnight; closed at `end`."""

    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> TimeRange:
        """Read `HH:MM-HH:MM`. Raises ValueError, also for ranges that cross midnight."""
        match = _RANGE.fullmatch(text)
        if match is None:
            hint = Message.of('write HH:MM-HH:MM, such as "09:00-18:30"')
            raise _bad_range(text, Message.of("is not a time range"), hint)
        hours, minutes, to_hours, to_minutes = (int(part) for part in match.groups())
        if hours > 23 or minutes > 59 or to_hours > 24 or to_minutes > 59:
            raise _bad_range(text, Message.of("has an hour or a minute that does not exist"))
        start, end = hours * 60 + minutes, to_hours * 60 + to_minutes
        if end > _DAY_MINUTES:
            raise _bad_range(text, Message.of("ends after 24:00"))
        if end <= start:
            hint = Message.of('to end at midnight, write "{first}-24:00"', first=Personal(text[:5]))
            if end > 0:
                hint = Message.of(
                    'write a shift past midnight as two ranges: "{first}-24:00", and on the next '
                    'day "00:00-{last}"',
                    first=Personal(text[:5]),
                    last=Personal(text[6:]),
                )
            raise _bad_range(text, Message.of("does not end after it starts"), hint)
        return cls(start, end)

    def minutes_within(self, ranges: Iterable[TimeRange]) -> int:
        """How many of its minutes are in any of these ranges, which do not overlap."""
        return sum(max(0, min(self.end, r.end) - max(self.start, r.start)) for r in ranges)

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


def _bad_range(text: str, why: Message, hint: Message = NO_MESSAGE) -> ValueError:
    return refusal(
        "time-range", Message.of("'{text}' {why}", text=Personal(text), why=why), hint, culprit=text
    )


def _parse_day(day: str, texts: Iterable[str]) -> tuple[TimeRange, ...]:
    ranges = sorted(map(TimeRange.parse, texts))
    for before, after in pairwise(ranges):
        if after.start < before.end:
            message = Message.of(
                "{day}: {before} and {after} overlap",
                day=day,
                before=Personal(str(before)),
                after=Personal(str(after)),
            )
            raise refusal("overlap", message, culprit=day)
    return tuple(ranges)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A week of opening hours: seven tuples of ranges, Monday first."""

    days: tuple[tuple[TimeRange, ...], ...]

    @classmethod
    def parse(cls, value: str | Mapping[Weekday, list[str]]) -> Schedule:
        """Read the JSON form; days left out are closed. Raises ValueError."""
        if value == "always":
            return cls(((TimeRange(0, _DAY_MINUTES),),) * 7)
        if isinstance(value, str):
            if value == "never":
                return cls(((),) * 7)
            message = Message.of("'{value}' is not a schedule", value=Personal(value))
            hint = Message.of("write always, never, or time ranges for each day")
            raise refusal("schedule", message, hint)
        return cls(tuple(_parse_day(day, value.get(day, ())) for day in WEEKDAYS))

    def ranges_on(self, day: date) -> tuple[TimeRange, ...]:
        """The opening hours of a date."""
        return self.days[day.weekday()]

    def closed_minutes(self, before: Schedule) -> int:
        """The minutes a week that are open in `before` and closed here."""
        return sum(
            _minutes_outside(old, new) for old, new in zip(before.days, self.days, strict=True)
        )


def _minutes_outside(old: tuple[TimeRange, ...], new: tuple[TimeRange, ...]) -> int:
    return sum(was.end - was.start - was.minutes_within(new) for was in old)


def _normal_schedule(value: ScheduleInput) -> ScheduleInput:
    schedule = Schedule.parse(value)
    if isinstance(value, str):
        return value
    return {
        day: [str(time_range) for time_range in ranges]
        for day, ranges in zip(WEEKDAYS, schedule.days, strict=True)
    }


ScheduleInput = Literal["always", "never"] | dict[Weekday, list[str]]
ScheduleValue = Annotated[
    ScheduleInput,
    AfterValidator(_normal_schedule),
    Field(
        description="When the campaign is open: always, never, or a list of HH:MM-HH:MM for "
        "each weekday, in its time zone; a day left out is closed.",
        examples=["always", {"mon": ["09:00-13:00", "15:00-19:00"]}],
    ),
]


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory", "posixrules"}


@lru_cache(maxsize=1024)
def clean_zone(name: str) -> str:
    """The name of an IANA time zone. Raises ValueError with the nearest known name as hint."""
    if name == "UTC" or name in _zones():
        return name
    from difflib import get_close_matches

    message = Message.of("'{name}' is not an IANA time zone", name=Personal(name))
    if _OFFSET.fullmatch(name):
        message = Message.of(
            "'{name}' is an offset, which does not know daylight saving time", name=Personal(name)
        )
        raise refusal("time-zone", message, _OF_A_PLACE)
    near = get_close_matches(name, sorted(_zones()), n=1)
    hint = Message.of("did you mean {near}?", near=near[0]) if near else _OF_A_PLACE
    raise refusal("time-zone", message, hint)


def is_fixed_offset(zone: str) -> bool:
    """Whether a zone never has daylight saving, such as `EST` (a warning; ours)."""
    return _FIXED_OFFSET.fullmatch(zone) is not None


TimeZone = Annotated[str, AfterValidator(clean_zone)]


@dataclass(frozen=True, slots=True)
class Closure:
    """A holiday: one date, or that day and month of every year.

    `campaigns` holds identities (case-folded names); None means all campaigns.
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
    """When one campaign is open: its switch, zone, week and holidays."""

    enabled: bool
    zone: str
    schedule: Schedule
    closures: tuple[Closure, ...] = ()

    def today(self, moment: datetime) -> tuple[TimeRange, ...]:
        """The open ranges of the local date at `moment` (aware); empty when disabled or a
        holiday."""
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        if not self.enabled or any(closure.falls_on(day) for closure in self.closures):
            return ()
        return self.schedule.ranges_on(day)

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open at `moment` (aware)."""
        local = moment.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        return any(hours.start <= minute < hours.end for hours in self.today(moment))

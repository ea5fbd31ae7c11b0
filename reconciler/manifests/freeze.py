"""Freeze windows: when nothing may be applied to an environment.

Weekly ranges are wall-clock time, like schedules: the hour that repeats when clocks go back is
frozen both times. A dated window has no holes: it lasts from the first moment that a clock in its
zone shows its start to the last moment that it shows its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from reconciler.kinds.values.refusal import refusal
from reconciler.kinds.values.schedule import WEEKDAYS, Schedule
from reconciler.message import Message, Personal

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_FOLDS = (0, 1)
_YEARS = range(1970, 9000)


@dataclass(frozen=True, slots=True, order=True)
class DatedWindow:
    """From one local date or time to another. An end date is frozen to its last minute."""

    start: datetime
    """Naive, local; a date begins at midnight."""
    end: datetime
    """Naive, local; the first minute that is not frozen."""
    reason: str = ""

    @classmethod
    def parse(cls, start: str, end: str, reason: str = "") -> DatedWindow:
        """Read `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`, both in local time. Raises ValueError."""
        first, last = _local(start), _local(end)
        began = first if isinstance(first, datetime) else datetime.combine(first, time())
        if began.year not in _YEARS or last.year not in _YEARS:
            message = Message.of(
                "{start} to {end}: a year is from {first} to {last}",
                start=Personal(start),
                end=Personal(end),
                first=str(_YEARS[0]),
                last=str(_YEARS[-1]),
            )
            raise refusal("year", message)
        ended = last if isinstance(last, datetime) else datetime.combine(last, time()) + _DAY
        if ended <= began:
            message = Message.of(
                "the window does not end ({end}) after it starts ({start})",
                end=Personal(end),
                start=Personal(start),
            )
            raise refusal("window", message)
        return cls(began, ended, reason)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The window that a moment is in: its reason, and a name that is unique in the freeze."""

    reason: str
    window: str


@dataclass(frozen=True)
class Freeze:
    """When an environment is frozen, in one time zone."""

    zone: str
    weekly: Schedule
    dated: tuple[DatedWindow, ...] = ()

    def window_at(self, moment: datetime) -> Frozen | None:
        """The window at `moment` (aware), a dated one before a weekly one; None outside windows."""
        for start, end, window in self._stretches:
            if start <= moment < end:
                reason = window.reason or f"{_shown(window.start)} to {_shown(window.end)}"
                return Frozen(reason, f"freeze_from_{_minutes(window.start)}")
        local = moment.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        for hours in self.weekly.ranges_on(local.date()):
            if hours.start <= minute < hours.end:
                return Frozen(f"every week, {WEEKDAYS[local.weekday()]} {hours}", "weekly_freeze")
        return None

    def next_opening(self, moment: datetime, *, within_days: int = 366) -> datetime | None:
        """The first moment from `moment` on that is not frozen; None within the days."""
        last = moment + timedelta(days=within_days)
        while moment <= last:
            later = next(self._ends(moment), None)
            if later is None:
                return moment
            moment = later
        return None

    def not_frozen_in(self, other: Freeze | None, now: datetime) -> Iterator[str]:
        """The names of this freeze's windows that `other` does not freeze whole.

        Dated windows that ended before `now` do not count. A weekly range must be covered by weekly
        ranges in the same zone, and a dated window by dated ones, unless `other` is always frozen.
        """
        if other is not None and not other.weekly.closed_minutes(Schedule.parse("always")):
            return
        for day, ranges in enumerate(self.weekly.days):
            is_same_zone = other is not None and other.zone == self.zone
            there = other.weekly.days[day] if other is not None and is_same_zone else ()
            for hours in ranges:
                if hours.minutes_within(there) < hours.end - hours.start:
                    yield f"{WEEKDAYS[day]}.{hours}"
        for start, end, window in self._stretches:
            if end > now and (other is None or not other._freezes(max(start, now), end)):
                yield f"{_minutes(window.start)}..{_minutes(window.end)}"

    def _freezes(self, start: datetime, end: datetime) -> bool:
        """Whether the dated windows cover every moment from `start` to `end`."""
        for first, last, _ in self._stretches:
            if first > start:
                break
            start = max(start, last)
        return start >= end

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _stretches(self) -> tuple[tuple[datetime, datetime, DatedWindow], ...]:
        """The dated windows as moments, in order."""
        return tuple(
            (_first(window.start, self._zone), _last(window.end, self._zone), window)
            for window in sorted(self.dated)
        )

    def _ends(self, moment: datetime) -> Iterator[datetime]:
        """For each window at `moment`, a later moment up to which every minute is frozen."""
        for start, end, _ in self._stretches:
            if start <= moment < end:
                yield end.astimezone(self._zone)
        local = moment.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        for hours in self.weekly.ranges_on(local.date()):
            if hours.start <= minute < hours.end:
                yield self._end_of_range(local, hours.end)

    def _end_of_range(self, local: datetime, end_minute: int) -> datetime:
        midnight = datetime.combine(local.date(), time())
        end = _first(midnight + timedelta(minutes=end_minute), self._zone)
        if end > local and end.astimezone(self._zone).utcoffset() == local.utcoffset():
            return end.astimezone(self._zone)
        # Clocks change in between: check every minute of the rest of the day.
        now = local.astimezone(UTC).replace(second=0, microsecond=0)
        while True:
            now += _MINUTE
            shown = now.astimezone(self._zone)
            minute = shown.hour * 60 + shown.minute
            ranges = self.weekly.ranges_on(shown.date())
            if shown.date() != local.date() or not any(r.start <= minute < r.end for r in ranges):
                return shown


def _minutes(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")


def _local(text: str) -> date | datetime:
    try:
        if len(text) == len("YYYY-MM-DD"):
            return date.fromisoformat(text)
        if len(text) == len("YYYY-MM-DDTHH:MM") and text[10] in "T ":
            return datetime.strptime(text.replace(" ", "T"), "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - local
    except ValueError:
        pass
    message = Message.of("'{text}' is not a date or a local time", text=Personal(text))
    hint = Message.of("write YYYY-MM-DD, or YYYY-MM-DDTHH:MM without a zone")
    raise refusal("local-time", message, hint, culprit=text)


def _first(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment when a clock of the zone shows `wall`, or a later time if none shows it."""
    early, late = _moments(wall, zone)
    while early < late and early.astimezone(zone).replace(tzinfo=None) < wall:
        early += _MINUTE
    return early


def _last(wall: datetime, zone: ZoneInfo) -> datetime:
    """The last moment when a clock of the zone shows `wall`; `_first` if none shows it."""
    _, late = _moments(wall, zone)
    shows = late.astimezone(zone).replace(tzinfo=None) == wall
    return late if shows else _first(wall, zone)


def _moments(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The two moments that `wall` may mean; they differ only when clocks change."""
    first, second = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in _FOLDS)
    return first, second


def _shown(wall: datetime) -> str:
    return wall.isoformat(sep=" ", timespec="minutes")

"""Freeze windows: when nothing is applied to an environment.

Weekly ranges are wall-clock time, as schedules are: the hour that comes twice when clocks go back
is frozen both times. A dated window is one stretch without holes, from the first moment a clock in
its zone shows its start to the last one it shows its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from reconciler.kinds.values.schedule import WEEKDAYS, Schedule, TimeRange

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_FOLDS = (0, 1)
_YEARS = range(1970, 9000)


@dataclass(frozen=True, slots=True, order=True)
class DatedWindow:
    """From one local date or time to another; a date as the end is frozen to its last minute."""

    start: datetime
    """Naive, local; a date begins at midnight."""
    end: datetime
    """Naive, local; the first minute that is not frozen any more."""
    reason: str = ""

    @classmethod
    def parse(cls, start: str, end: str, reason: str = "") -> DatedWindow:
        """Read `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`, both in local time. Raises ValueError."""
        first, last = _local(start), _local(end)
        began = first if isinstance(first, datetime) else datetime.combine(first, time())
        if began.year not in _YEARS or last.year not in _YEARS:
            raise ValueError(f"{start} to {end}: a year is from {_YEARS[0]} to {_YEARS[-1]}")
        ended = last if isinstance(last, datetime) else datetime.combine(last, time()) + _DAY
        if ended <= began:
            raise ValueError(f"the window does not end ({end}) after it starts ({start})")
        return cls(began, ended, reason)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The window a moment is in: what it is for, and a name that tells it from the others."""

    reason: str
    window: str


@dataclass(frozen=True)
class Freeze:
    """When an environment is frozen, in one time zone."""

    zone: str
    weekly: Schedule
    dated: tuple[DatedWindow, ...] = ()

    def window_at(self, moment: datetime) -> Frozen | None:
        """The window `moment` (aware) is in, a dated one before a weekly one; None outside."""
        for start, end, window in self._stretches:
            if start <= moment < end:
                reason = window.reason or f"{_told(window.start)} to {_told(window.end)}"
                return Frozen(reason, f"freeze_from_{_minutes(window.start)}")
        local = moment.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        for one in self.weekly.ranges_on(local.date()):
            if one.start <= minute < one.end:
                return Frozen(f"every week, {WEEKDAYS[local.weekday()]} {one}", "weekly_freeze")
        return None

    def next_opening(self, moment: datetime, *, within_days: int = 366) -> datetime | None:
        """The first moment from `moment` on that is not frozen, or None within the days."""
        last = moment + timedelta(days=within_days)
        while moment <= last:
            later = next(self._ends(moment), None)
            if later is None:
                return moment
            moment = later
        return None

    def not_frozen_in(self, other: Freeze | None, now: datetime) -> Iterator[str]:
        """The windows of this freeze that `other` does not freeze whole, each by its name.

        Dated windows that are over at `now` do not count. A weekly range has to be in weekly
        ranges of the same zone, and a dated window in dated ones, unless `other` never opens.
        """
        if other is not None and not other.weekly.closed_minutes(Schedule.parse("always")):
            return
        for day, ranges in enumerate(self.weekly.days):
            is_same_zone = other is not None and other.zone == self.zone
            there = other.weekly.days[day] if other is not None and is_same_zone else ()
            for one in ranges:
                if not _is_within(one, there):
                    yield f"{WEEKDAYS[day]}.{one}"
        for start, end, window in self._stretches:
            if end > now and (other is None or not other._freezes(max(start, now), end)):
                yield f"{_minutes(window.start)}..{_minutes(window.end)}"

    def _freezes(self, start: datetime, end: datetime) -> bool:
        """Whether the dated windows leave no moment out from one moment to another."""
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
            (_first(one.start, self._zone), _last(one.end, self._zone), one)
            for one in sorted(self.dated)
        )

    def _ends(self, moment: datetime) -> Iterator[datetime]:
        """A later moment up to which every minute is frozen, for each window `moment` is in."""
        for start, end, _ in self._stretches:
            if start <= moment < end:
                yield end.astimezone(self._zone)
        local = moment.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        for one in self.weekly.ranges_on(local.date()):
            if one.start <= minute < one.end:
                yield self._end_of_range(local, one.end)

    def _end_of_range(self, local: datetime, end_minute: int) -> datetime:
        midnight = datetime.combine(local.date(), time())
        end = _first(midnight + timedelta(minutes=end_minute), self._zone)
        if end > local and end.astimezone(self._zone).utcoffset() == local.utcoffset():
            return end.astimezone(self._zone)
        # Clocks change on the way: look at each minute they show, to the end of the day.
        now = local.astimezone(UTC).replace(second=0, microsecond=0)
        while True:
            now += _MINUTE
            shown = now.astimezone(self._zone)
            minute = shown.hour * 60 + shown.minute
            ranges = self.weekly.ranges_on(shown.date())
            if shown.date() != local.date() or not any(r.start <= minute < r.end for r in ranges):
                return shown


def _is_within(one: TimeRange, ranges: tuple[TimeRange, ...]) -> bool:
    inside = sum(max(0, min(one.end, r.end) - max(one.start, r.start)) for r in ranges)
    return inside == one.end - one.start


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
    raise ValueError(
        f"'{text}' is no date or local time: write YYYY-MM-DD, or YYYY-MM-DDTHH:MM without a zone"
    )


def _first(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which a clock of the zone shows `wall`, or, when none does, more."""
    early, late = _moments(wall, zone)
    while early < late and early.astimezone(zone).replace(tzinfo=None) < wall:
        early += _MINUTE
    return early


def _last(wall: datetime, zone: ZoneInfo) -> datetime:
    """The last moment at which a clock of the zone shows `wall`, or as `_first` when none does."""
    _, late = _moments(wall, zone)
    shows = late.astimezone(zone).replace(tzinfo=None) == wall
    return late if shows else _first(wall, zone)


def _moments(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The two moments `wall` may stand for, the same one but when clocks change."""
    first, second = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in _FOLDS)
    return first, second


def _told(wall: datetime) -> str:
    return wall.isoformat(sep=" ", timespec="minutes")

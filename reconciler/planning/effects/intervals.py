"""Open intervals of a campaign, as pairs of whole seconds since 1970 in UTC.

Computed by ranges and merging, not by asking minute by minute. Lists are sorted and disjoint, and
neighbours do not touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from reconciler.kinds.values.schedule import Schedule

Span = tuple[int, int]

_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is looked at."""

    start: int
    end: int

    @property
    def days(self) -> range:
        """The local dates that any time zone has in it, as days since 1970."""
        return range(self.start // _DAY_SECONDS - 1, self.end // _DAY_SECONDS + 2)


@dataclass(frozen=True, slots=True)
class _Offset:
    """A time in which a zone's offset from UTC does not change."""

    start: int
    end: int
    seconds: int


def open_spans(
    schedule: Schedule, zone: str, closed_days: frozenset[int], window: Window
) -> tuple[Span, ...]:
    """When a campaign with this schedule is open; `closed_days` are local dates."""
    found: list[Span] = []
    for offset in _offsets(zone, window.start, window.end):
        for start, end in _local_ranges(schedule, closed_days, offset):
            begin = max(start - offset.seconds, offset.start)
            finish = min(end - offset.seconds, offset.end)
            if begin < finish:
                _append(found, (begin, finish))
    return tuple(found)


def _local_ranges(
    schedule: Schedule, closed_days: frozenset[int], offset: _Offset
) -> Iterator[Span]:
    first = (offset.start + offset.seconds) // _DAY_SECONDS
    last = (offset.end - 1 + offset.seconds) // _DAY_SECONDS
    for day in range(first, last + 1):
        if day not in closed_days:
            midnight = day * _DAY_SECONDS
            for hours in schedule.days[(day + 3) % 7]:  # 1970-01-01 was a Thursday
                yield midnight + hours.start * 60, midnight + hours.end * 60


def _append(spans: list[Span], span: Span) -> None:
    if spans and spans[-1][1] >= span[0]:
        spans[-1] = spans[-1][0], max(spans[-1][1], span[1])
    else:
        spans.append(span)


def without(spans: Sequence[Span], removed: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of `spans` that are in none of `removed`."""
    found: list[Span] = []
    position = 0
    for start, end in spans:
        begin = start
        while position < len(removed) and removed[position][1] <= begin:
            position += 1
        index = position
        while index < len(removed) and removed[index][0] < end:
            if begin < removed[index][0]:
                found.append((begin, removed[index][0]))
            begin = max(begin, removed[index][1])
            index += 1
        if begin < end:
            found.append((begin, end))
    return tuple(found)


def is_in(moment: int, spans: Iterable[Span]) -> bool:
    """Whether a moment is in one of the spans."""
    return any(start <= moment < end for start, end in spans)


@lru_cache(maxsize=1024)
def _offsets(zone: str, start: int, end: int) -> tuple[_Offset, ...]:
    """The offsets of a zone in a window. Assumes at most one change a day."""
    known = ZoneInfo(zone)
    found: list[_Offset] = []
    begin, current = start, _offset_at(known, start)
    for day in range(start, end, _DAY_SECONDS):
        next_day = min(day + _DAY_SECONDS, end)
        if _offset_at(known, next_day) != current:
            change = _first_change(known, day, next_day, current)
            found.append(_Offset(begin, change, current))
            begin, current = change, _offset_at(known, next_day)
    if begin < end:
        found.append(_Offset(begin, end, current))
    return tuple(found)


def _first_change(zone: ZoneInfo, start: int, end: int, offset: int) -> int:
    """The first second after `start` with another offset; `end` has one."""
    while end - start > 1:
        middle = (start + end) // 2
        if _offset_at(zone, middle) == offset:
            start = middle
        else:
            end = middle
    return end


def _offset_at(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101  a ZoneInfo always has one
    return int(offset.total_seconds())

"""A changed week, one column each half hour, with opened and closed times marked.

mon  0     3     6     9     12 …
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from pydantic import JsonValue

from reconciler.kinds.name_lists import names_in
from reconciler.kinds.values.schedule import WEEKDAYS, Schedule, TimeRange
from reconciler.text import joined, visible
from reconciler.views.style.colour import ADDED, REMOVED, Paint
from reconciler.views.style.values import short

_CELL_MINUTES = 30
_DAY_MINUTES = 24 * 60
_HOUR_MARKS = "".join(f"{hour:<6}" for hour in range(0, 24, 3)) + "24"
_OPEN, _CLOSED, _OPENS, _CLOSES = "█", "·", ADDED, REMOVED

_Day = tuple[TimeRange, ...]
_DASH = "\N{EN DASH}"
_Hours = TypeVar("_Hours")


def schedule_lines(before: JsonValue, after: JsonValue, *, paint: Paint) -> list[str]:
    """The old and the new week from Monday; days in a row that are alike share their rows."""
    try:
        old, new = _parsed(before), _parsed(after)
    except ValueError:
        return [f"{short(before)} → {short(after)}"]
    lines = [paint.faint(f"{'':17}{_HOUR_MARKS}")]
    days = zip(WEEKDAYS, zip(old.days, new.days, strict=True), strict=True)
    for names, (was, now) in _alike(days):
        lines.extend(_day_lines(_span(names), was, now, paint))
    lines.append(paint.faint(f"{'':17}{_OPEN} open   {_OPENS} opens   {_CLOSES} closes"))
    return lines


def week_in_words(value: JsonValue) -> str:
    """`Mon-Fri 09:00-19:00, Sat-Sun closed` with en dashes; `always open`; `always closed`."""
    try:
        days = _parsed(value).days
    except ValueError:
        return short(value)
    if days == Schedule.parse("always").days:
        return "always open"
    if not any(days):
        return "always closed"
    return ", ".join(
        f"{_span(names).title()} {_spoken(hours)}"
        for names, hours in _alike(zip(WEEKDAYS, days, strict=True))
    )


def day_in_words(value: JsonValue) -> str:
    """The ranges of one day in normal form; `closed` without any."""
    return joined([visible(hours).replace("-", _DASH) for hours in names_in(value)]) or "closed"


def _alike(days: Iterable[tuple[str, _Hours]]) -> Iterator[tuple[list[str], _Hours]]:
    """Consecutive days with equal hours."""
    for hours, group in groupby(days, key=itemgetter(1)):
        yield [name for name, _ in group], hours


def _span(names: Sequence[str]) -> str:
    return _DASH.join(dict.fromkeys((names[0], names[-1])))


def _parsed(value: JsonValue) -> Schedule:
    if isinstance(value, dict):
        return Schedule.parse({day: list(names_in(value.get(day))) for day in WEEKDAYS})
    return Schedule.parse(str(value))


def _day_lines(name: str, was: _Day, now: _Day, paint: Paint) -> Iterator[str]:
    if was == now:
        yield paint.faint(f"{name:<17}{_strip(was, was, paint)}  {_hours(was)}")
        return
    yield f"{name:<7}  before  {_strip(was, was, paint)}  {_hours(was)}"
    yield f"{'':9}after   {_strip(was, now, paint)}  {_hours(now)}"


def _hours(day: _Day) -> str:
    return ", ".join(map(str, day)) or "closed"


def _spoken(day: _Day) -> str:
    return joined([str(hours).replace("-", _DASH) for hours in day]) or "closed"


def _strip(was: _Day, now: _Day, paint: Paint) -> str:
    cells = [_cell(was, now, start) for start in range(0, _DAY_MINUTES, _CELL_MINUTES)]
    return "".join(_painted(cells, paint))


def _cell(was: _Day, now: _Day, start: int) -> str:
    before, after = _minutes(was, start), _minutes(now, start)
    if before - after:
        return _CLOSES
    if after - before:
        return _OPENS
    return _OPEN if after else _CLOSED


def _minutes(day: _Day, start: int) -> frozenset[int]:
    cell = range(start, start + _CELL_MINUTES)
    return frozenset(minute for minute in cell if any(r.start <= minute < r.end for r in day))


def _painted(cells: Sequence[str], paint: Paint) -> Iterator[str]:
    if not paint.colour:
        yield from cells
        return
    for cell in cells:
        if cell == _CLOSES:
            yield paint.bad(cell)
        elif cell == _OPENS:
            yield paint.good(cell)
        else:
            yield cell

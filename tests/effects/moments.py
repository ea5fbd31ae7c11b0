"""The moments at which the sandbox's clock stops: predicted boundaries, and plausible ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.kinds.values.schedule import WEEKDAYS
from reconciler.planning.effects.effects import Effects

_MINUTE = timedelta(minutes=1)
_SAMPLED = 16


def moments(
    random: Random, effects: Effects, campaigns: Iterable[Mapping[str, Any]], *, every: bool
) -> list[datetime]:
    """Each predicted boundary and the minute before it; the same for plausible ones.

    Unless `every` is set, both are sampled. Ten minutes around one boundary are visited one by one.
    """
    predicted = sorted(
        {
            moment
            for hours in effects.hours
            for interval in (*hours.lost, *hours.gained)
            for moment in (interval.start, interval.end)
        }
        | {
            day.start
            for holiday in effects.holidays
            for day in (*holiday.closes, *holiday.opens)
            if day.start < effects.until
        }
    )
    plausible = sorted(
        {
            moment
            for fields in campaigns
            for moment in _boundaries(fields, effects.now, effects.until)
        }
    )
    if not every:
        predicted = random.sample(predicted, min(len(predicted), _SAMPLED))
        plausible = random.sample(plausible, min(len(plausible), _SAMPLED // 2))
    visited = {effects.now}
    for boundary in (*predicted, *plausible):
        visited |= {boundary - _MINUTE, boundary}
    if predicted:
        around = random.choice(predicted)
        visited |= {around + _MINUTE * minute for minute in range(-5, 6)}
    return sorted(moment for moment in visited if effects.now <= moment < effects.until)


def _boundaries(fields: Mapping[str, Any], start: datetime, end: datetime) -> Iterator[datetime]:
    """The starts and ends of a campaign's ranges, and its midnights, in UTC."""
    zone, schedule = ZoneInfo(fields["time_zone"]), fields["schedule"]
    day = start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        ranges = schedule.get(WEEKDAYS[day.weekday()], ()) if isinstance(schedule, dict) else ()
        for text in ("00:00", *(part for item in ranges for part in item.split("-"))):
            hours, minutes = map(int, text.split(":"))
            local_day = day + timedelta(days=hours // 24)
            for fold in (0, 1):
                local = datetime.combine(local_day, time(hours % 24, minutes), zone)
                yield local.replace(fold=fold).astimezone(UTC)
        day += timedelta(days=1)

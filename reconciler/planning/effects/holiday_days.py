"""The open time that a holiday closes, or no longer closes, on its next date.

`campaign_hours` compares whole worlds up to the horizon. This module is about one holiday at a
time, and its date may be after the horizon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from reconciler.kinds.address import Address, identity, name_of
from reconciler.kinds.campaign import schedule_of
from reconciler.kinds.holiday import HOLIDAY, closure_of
from reconciler.kinds.values.schedule import Closure
from reconciler.live.platform import LiveResource
from reconciler.planning.effects.effects import DayEffect, HolidayEffect
from reconciler.planning.effects.intervals import Span, Window, open_spans, without
from reconciler.planning.effects.world import Touched, World, Worlds

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAY_SECONDS = 24 * 3600
_NEAR_DAYS = 3
_LEAP_YEARS = 8
"""A 29 February comes again within this number of years."""


def holiday_effects(worlds: Worlds, now: int) -> Iterator[HolidayEffect]:
    """The effect of each holiday that closes or opens campaigns, by address."""
    before, after = _Days(worlds.before, now), _Days(worlds.after, now)
    for touched in sorted(worlds.of_kind(HOLIDAY), key=attrgetter("address")):
        old, new = _closure(touched.before), _closure(touched.after)
        closes = tuple(_day_effects(before, after, new, unless=old))
        opens = tuple(_day_effects(after, before, old, unless=new))
        if closes or opens:
            yield HolidayEffect(_address(touched), closes, opens)


def _address(touched: Touched) -> Address:
    return touched.address if touched.after is None else touched.after.address


def _closure(holiday: LiveResource | None) -> Closure | None:
    return None if holiday is None else closure_of(holiday.address, holiday.fields)


def _day_effects(
    days: _Days, closed: _Days, closure: Closure | None, *, unless: Closure | None
) -> Iterator[DayEffect]:
    """The open time of each campaign on the next date of a holiday.

    The holiday is in the world of `closed`, and `unless` is in its place in the world of `days`.
    """
    if closure is None:
        return
    for key, campaign in sorted(days.world.campaigns.items()):
        name, other = identity(name_of(campaign.address)), closed.world.find(key)
        if other is None or other.fields["enabled"] is not True or not closure.concerns(name):
            continue
        day = _next_date(closure, days.today(campaign))
        if day is None or (unless and unless.concerns(name) and unless.falls_on(day)):
            continue
        spans = without(days.on(campaign, day), closed.around(other, day))
        if spans:
            yield DayEffect(
                name_of(campaign.address),
                str(campaign.fields["time_zone"]),
                day,
                datetime.fromtimestamp(spans[0][0], UTC),
                sum(end - start for start, end in spans),
            )


def _next_date(closure: Closure, today: date) -> date | None:
    """The first date of a holiday that is not in the past."""
    if not closure.recurring:
        return closure.day if closure.day >= today else None
    for year in range(today.year, today.year + _LEAP_YEARS + 1):
        try:
            found = closure.day.replace(year=year)
        except ValueError:  # 29 February in a common year
            continue
        if found >= today:
            return found
    return None


@dataclass(slots=True)
class _Days:
    """The open spans of campaigns on single dates, in one world."""

    world: World
    now: int
    _closures: dict[tuple[int, int], list[Closure]] | None = None
    _computed: dict[tuple[str, str, frozenset[int]], tuple[Span, ...]] = field(default_factory=dict)

    def today(self, campaign: LiveResource) -> date:
        """The local date now."""
        zone = ZoneInfo(str(campaign.fields["time_zone"]))
        return datetime.fromtimestamp(self.now, UTC).astimezone(zone).date()

    def on(self, campaign: LiveResource, day: date) -> tuple[Span, ...]:
        """When a campaign is open on a local date, from now on."""
        if self._is_closed(campaign, day):
            return ()
        return self._spans(campaign, day, (day,))

    def around(self, campaign: LiveResource, day: date) -> tuple[Span, ...]:
        """The same on the dates around it, since another zone has another date then."""
        near = (day + timedelta(days=number) for number in range(-_NEAR_DAYS, _NEAR_DAYS + 1))
        return self._spans(
            campaign, day, [each for each in near if not self._is_closed(campaign, each)]
        )

    def _spans(self, campaign: LiveResource, day: date, opened: Iterable[date]) -> tuple[Span, ...]:
        if campaign.fields["enabled"] is not True:
            return ()
        zone = str(campaign.fields["time_zone"])
        days = frozenset(each.toordinal() - _EPOCH_ORDINAL for each in opened)
        key = (zone, repr(campaign.fields["schedule"]), days)
        if key not in self._computed:
            number = day.toordinal() - _EPOCH_ORDINAL
            start, end = (number - 1) * _DAY_SECONDS, (number + 2) * _DAY_SECONDS
            window = Window(max(start, self.now), max(end, self.now))
            closed = frozenset(range(number - 4, number + 5)) - days
            self._computed[key] = open_spans(schedule_of(campaign.fields), zone, closed, window)
        return self._computed[key]

    def _is_closed(self, campaign: LiveResource, day: date) -> bool:
        if self._closures is None:
            self._closures = defaultdict(list)
            for holiday in self.world.of_kind(HOLIDAY):
                closure = closure_of(holiday.address, holiday.fields)
                self._closures[closure.day.month, closure.day.day].append(closure)
        name = identity(name_of(campaign.address))
        return any(
            closure.concerns(name) and closure.falls_on(day)
            for closure in self._closures.get((day.month, day.day), ())
        )

"""The opening hours that campaigns lose and gain, and the first moment that differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from reconciler.kinds.address import Address, identity, join, name_of
from reconciler.kinds.campaign import CAMPAIGN, schedule_of
from reconciler.kinds.holiday import HOLIDAY, closure_of
from reconciler.kinds.values.schedule import Closure, Schedule
from reconciler.live.platform import LiveResource
from reconciler.planning.effects.effects import HoursEffect, Interval
from reconciler.planning.effects.intervals import Span, Window, is_in, open_spans, without
from reconciler.planning.effects.world import Touched, World, Worlds

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_HOURS_FIELDS = ("enabled", "time_zone", "schedule")


@dataclass(slots=True)
class Hours:
    """The open spans of campaigns in one world. Equal calendars are computed once."""

    world: World
    window: Window
    _holidays: _Holidays | None = None
    _computed: dict[tuple[object, ...], tuple[Span, ...]] = field(default_factory=dict)

    def spans(self, address: Address) -> tuple[Span, ...]:
        """When a campaign is open; never, if it does not exist."""
        campaign = self.world.find(address)
        if campaign is None or campaign.fields["enabled"] is not True:
            return ()
        if self._holidays is None:
            self._holidays = _Holidays.of(self.world, self.window)
        zone, closed = str(campaign.fields["time_zone"]), self._holidays.closed_days(address)
        key = (zone, closed, repr(campaign.fields["schedule"]))
        if key not in self._computed:
            schedule: Schedule = schedule_of(campaign.fields)
            self._computed[key] = open_spans(schedule, zone, closed, self.window)
        return self._computed[key]

    def is_open_now(self, address: Address) -> bool:
        """Whether a campaign is open at the start of the window."""
        return is_in(self.window.start, self.spans(address))


@dataclass(slots=True)
class _Holidays:
    """The closed local dates in a window: for all campaigns, and for each campaign."""

    for_all: frozenset[int]
    by_campaign: dict[str, frozenset[int]]

    @classmethod
    def of(cls, world: World, window: Window) -> _Holidays:
        for_all: set[int] = set()
        own: dict[str, set[int]] = defaultdict(set)
        for holiday in world.of_kind(HOLIDAY):
            closure = closure_of(holiday.address, holiday.fields)
            days = days_of(closure, window)
            if closure.campaigns is None:
                for_all |= days
            elif days:
                for name in closure.campaigns:
                    own[name] |= days
        shared = frozenset(for_all)
        return cls(shared, {name: shared | days for name, days in own.items()})

    def closed_days(self, campaign: Address) -> frozenset[int]:
        """The dates on which holidays close a campaign."""
        return self.by_campaign.get(identity(name_of(campaign)), self.for_all)


def days_of(closure: Closure, window: Window) -> frozenset[int]:
    """The dates of a holiday that are in the window, as days since 1970."""
    first, last = window.days[0], window.days[-1]
    return frozenset(day for day in _all_days(closure, first, last) if first <= day <= last)


def _all_days(closure: Closure, first: int, last: int) -> Iterator[int]:
    if not closure.recurring:
        yield closure.day.toordinal() - _EPOCH_ORDINAL
        return
    for year in range(_date(first).year, _date(last).year + 1):
        try:
            yield closure.day.replace(year=year).toordinal() - _EPOCH_ORDINAL
        except ValueError:  # 29 February in a common year
            continue


def _date(day: int) -> date:
    return date.fromordinal(day + _EPOCH_ORDINAL)


def hours_effects(worlds: Worlds, before: Hours, after: Hours) -> Iterator[HoursEffect]:
    """The effect on each campaign whose opening hours differ in the window, by name."""
    for key, causes in sorted(_campaigns(worlds, before.window).items()):
        campaign = worlds.before.find(key) or worlds.after.find(key)
        if campaign is None:
            continue
        was, becomes = before.spans(campaign.address), after.spans(campaign.address)
        if was != becomes:
            lasting = worlds.after.find(key) or campaign
            effect = _effect(lasting, was, becomes, causes, before.window.start)
            yield replace(effect, previous_time_zone=str(campaign.fields["time_zone"]))


def _effect(
    campaign: LiveResource,
    before: tuple[Span, ...],
    after: tuple[Span, ...],
    causes: tuple[Address, ...],
    now: int,
) -> HoursEffect:
    return HoursEffect(
        campaign=name_of(campaign.address),
        time_zone=str(campaign.fields["time_zone"]),
        previous_time_zone=str(campaign.fields["time_zone"]),
        lost=_intervals(without(before, after)),
        gained=_intervals(without(after, before)),
        is_open_before=is_in(now, before),
        is_open_after=is_in(now, after),
        opens_again=_moment(after[0][0]) if after else None,
        causes=causes,
    )


def _campaigns(worlds: Worlds, window: Window) -> dict[str, tuple[Address, ...]]:
    """The campaigns whose hours may differ, by identity, with the changes that may cause it."""
    own: dict[str, list[Address]] = defaultdict(list)
    for_all: list[Address] = []
    for touched in worlds.of_kind(CAMPAIGN):
        if _sets_other_hours(touched):
            own[identity(touched.address)].append(touched.address)
    for touched in worlds.of_kind(HOLIDAY):
        named = _closed_by(touched, window)
        if named is None:
            for_all.append(touched.address)
        for campaign in named or ():
            own[campaign].append(touched.address)
    shared = tuple(sorted(for_all))
    everywhere = (*worlds.before.campaigns, *worlds.after.campaigns) if shared else ()
    found = dict.fromkeys(everywhere, shared)
    found.update((key, tuple(sorted([*causes, *shared]))) for key, causes in own.items())
    return found


def _sets_other_hours(campaign: Touched) -> bool:
    before, after = campaign.before, campaign.after
    if before is None or after is None:
        return True
    return any(before.fields[name] != after.fields[name] for name in _HOURS_FIELDS)


def _closed_by(holiday: Touched, window: Window) -> tuple[str, ...] | None:
    """The identities of the campaigns that a holiday closes in the window, before or after.

    None means all campaigns.
    """
    found: dict[str, None] = {}
    for resource in (holiday.before, holiday.after):
        if resource is None:
            continue
        closure = closure_of(resource.address, resource.fields)
        if not days_of(closure, window):
            continue
        if closure.campaigns is None:
            return None
        found.update((identity(join("campaigns", name)), None) for name in closure.campaigns)
    return tuple(sorted(found))


def _intervals(spans: Iterable[Span]) -> tuple[Interval, ...]:
    return tuple(Interval(_moment(start), _moment(end)) for start, end in spans)


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)

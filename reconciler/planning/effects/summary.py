"""The plan with its impact: effects as the verdict and the JSON say them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from reconciler.kinds.address import Address, campaign_name
from reconciler.kinds.holiday import HOLIDAY
from reconciler.live.platform import RecentUse
from reconciler.planning.effects.effects import DayEffect, Effects, Interval, SharedEffect
from reconciler.planning.impact import (
    HolidayImpact,
    HoursImpact,
    ServiceImpact,
    SharedImpact,
    ToggleImpact,
)
from reconciler.planning.plan import Plan


def with_effects(plan: Plan, effects: Effects) -> Plan:
    """The plan with the impact that these effects have. Its digests are old afterwards."""
    impact = replace(
        plan.impact,
        hours=tuple(_hours(effects)),
        services=tuple(_services(effects)),
        toggles=tuple(_toggles(effects)),
        holidays=tuple(_holidays(effects)),
        shared=tuple(_shared(effects)),
        unblocked=_customers(effects, "reachable"),
        blocked=_customers(effects, "blocked"),
        agents_without_status=sum(len(status.agents or ()) for status in effects.statuses),
    )
    return replace(plan, impact=impact)


def _hours(effects: Effects) -> Iterator[HoursImpact]:
    for hours in effects.hours:
        yield HoursImpact(
            hours.campaign,
            hours.time_zone,
            hours.previous_time_zone,
            hours.closes_now,
            hours.opens_now,
            hours.lost_seconds // 60,
            hours.gained_seconds // 60,
            _first(hours.lost),
            _first(hours.gained),
            all(cause.startswith(f"{HOLIDAY.collection}/") for cause in hours.causes),
        )


def _first(intervals: tuple[Interval, ...]) -> str:
    return intervals[0].start.isoformat() if intervals else ""


def _services(effects: Effects) -> Iterator[ServiceImpact]:
    for service in effects.services:
        if service.stops or service.starts:
            yield ServiceImpact(
                service.campaign,
                service.channel,
                service.direction,
                "stopped" if service.stops else "started",
                service.reasons or service.previous_reasons,
            )


def _toggles(effects: Effects) -> Iterator[ToggleImpact]:
    for toggle in effects.blacklist.toggles:
        place = toggle.place
        yield ToggleImpact(
            place.campaign, place.channel, place.direction, toggle.becomes, toggle.customers
        )


def _holidays(effects: Effects) -> Iterator[HolidayImpact]:
    for holiday in effects.holidays:
        for day, closed in _by_day(holiday.closes):
            yield HolidayImpact(
                holiday.address, day.isoformat(), "closed", _campaigns(closed), _minutes(closed)
            )
        for day, opened in _by_day(holiday.opens):
            yield HolidayImpact(
                holiday.address, day.isoformat(), "open", _campaigns(opened), _minutes(opened)
            )


def _by_day(effects: Iterable[DayEffect]) -> list[tuple[date, list[DayEffect]]]:
    found: dict[date, list[DayEffect]] = defaultdict(list)
    for effect in effects:
        found[effect.day].append(effect)
    return sorted(found.items())


def _campaigns(days: Iterable[DayEffect]) -> tuple[str, ...]:
    return tuple(day.campaign for day in days)


def _minutes(days: Iterable[DayEffect]) -> int:
    return sum(day.seconds for day in days) // 60


def _shared(effects: Effects) -> Iterator[SharedImpact]:
    uses_below: dict[Address, list[RecentUse]] = defaultdict(list)
    for level in effects.dispositions:
        if level.address != level.because_of:
            uses_below[level.because_of].extend(level.recent or ())
    for shared in effects.shared:
        if shared.kind == HOLIDAY.name:
            continue
        below = uses_below.get(shared.address, ())
        uses = None if shared.recent is None else (*shared.recent, *below)
        yield SharedImpact(
            shared.address,
            shared.kind,
            shared.edit,
            tuple(sorted({*reached_campaigns(shared), *(use.campaign for use in below)})),
            None if uses is None else sum(use.count for use in uses),
        )


def reached_campaigns(shared: SharedEffect) -> tuple[str, ...]:
    """The campaigns that name a shared resource or used it in the last 30 days."""
    names = {use.campaign for use in shared.recent or ()}
    names.update(shared.campaigns)
    names.update(campaign_name(channel) for channel in shared.channels)
    return tuple(sorted(names))


def _customers(effects: Effects, becomes: str) -> int:
    listed = effects.blacklist.customers
    return len({each.customer for each in listed if each.becomes == becomes})

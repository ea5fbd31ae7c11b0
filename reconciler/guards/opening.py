"""Who closes and opens campaigns, so that one guard reports one cause.

`open-hours` reports what closes now, `scope-widens` what closes later, and `opens-more` what opens.
`holiday-today-or-past` reports only holidays that do neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.guards.context import Review
from reconciler.guards.facts import is_disabled
from reconciler.kinds.address import Address, identity, join
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.planning.change import Action, Change
from reconciler.planning.effects.effects import DayEffect, HolidayEffect, HoursEffect
from reconciler.text import counted, duration, joined, moment_text, some

_HOURS_FIELDS = ("time_zone", "schedule")


def address_of(hours: HoursEffect) -> Address:
    """The address of the campaign."""
    return join(CAMPAIGN.collection, hours.campaign)


def own_changes(review: Review) -> dict[str, Change]:
    """The changes of campaigns that reach the platform, by identity of the address."""
    return {
        identity(change.address): change
        for change in review.plan.changes
        if change.kind == CAMPAIGN.name and change.writes
    }


@dataclass(frozen=True, slots=True)
class ClosingNow:
    """The campaigns that are open now and would close, by what closes them."""

    by_own_change: list[HoursEffect] = field(default_factory=list)
    by_holiday: dict[Address, list[HoursEffect]] = field(default_factory=dict)

    @classmethod
    def of(cls, review: Review) -> ClosingNow:
        """A campaign that is deleted or disabled closes by itself, whatever the holidays."""
        found = cls()
        changes, holidays = own_changes(review), _holidays_now(review)
        for hours in review.effects.hours:
            if not hours.closes_now:
                continue
            change = changes.get(identity(address_of(hours)))
            goes = change is not None and (change.action is Action.DELETE or is_disabled(change))
            holiday = None if goes else holidays.get(identity(hours.campaign))
            if holiday is None:
                found.by_own_change.append(hours)
            else:
                found.by_holiday.setdefault(holiday, []).append(hours)
        return found


def _holidays_now(review: Review) -> dict[str, Address]:
    """The holiday that closes a campaign now, by identity of the campaign's name."""
    return {
        identity(day.campaign): holiday.address
        for holiday in review.effects.holidays
        for day in holiday.closes
        if day.start <= review.effects.now
    }


def closes_now(holiday: HolidayEffect, review: Review) -> bool:
    """Whether `open-hours` reports it: it closes a campaign that is open now."""
    return any(day.start <= review.effects.now for day in holiday.closes)


def edited_hours(review: Review) -> Iterator[tuple[HoursEffect, Change]]:
    """The campaigns that do not close now and whose own schedule or zone changes, or that are
    disabled."""
    changes = own_changes(review)
    for hours in review.effects.hours:
        change = changes.get(identity(address_of(hours)))
        if hours.closes_now or change is None or change.before is None or change.after is None:
            continue
        if is_disabled(change) or any(
            change.before[name] != change.after[name] for name in _HOURS_FIELDS
        ):
            yield hours, change


def days_phrase(days: Iterable[DayEffect]) -> str:
    """`4 campaigns for 38 hours in all (A, B, C and D)`."""
    listed = list(days)
    time = duration(sum(day.seconds for day in listed))
    total = f"{time} in all" if len(listed) > 1 else time
    names = some(day.campaign for day in listed)
    return f"{counted(len(listed), 'campaign')} for {total} ({names})"


def hours_phrase(hours: HoursEffect) -> str:
    """`loses 3 hours (first Thu 2026-11-26 09:00, America/Montevideo) and gains …`."""
    parts = [
        f"{does} {duration(seconds)} (first {moment_text(intervals[0].start, zone)})"
        for does, intervals, seconds, zone in (
            ("loses", hours.lost, hours.lost_seconds, hours.previous_time_zone),
            ("gains", hours.gained, hours.gained_seconds, hours.time_zone),
        )
        if intervals
    ]
    return joined(parts)


def hours_count(seconds: int) -> int:
    """Hours as evidence: a started hour counts."""
    return -(-seconds // 3600)

"""When campaigns are open before and after a plan, and the facts of the plan's first line.

Pure: the moment is a parameter, and complete fields come from live state and the plan's changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.kinds.address import Address, campaign_name, identity, name_of
from reconciler.kinds.base import Fields
from reconciler.kinds.holiday import closure_of
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.schedule import WEEKDAYS, Calendar, Closure, Schedule
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.planning.change import Action, Change, Origin
from reconciler.planning.effects.blacklist import count_customers, unblocking_deletes
from reconciler.planning.plan import Consequence, Impact


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendar and the name of every campaign, by identity of its name."""

    by_campaign: Mapping[str, Calendar]
    names: Mapping[str, str]

    def open_now(self, moment: datetime) -> frozenset[str]:
        """The identities of the campaigns open at `moment`."""
        return frozenset(
            key for key, calendar in self.by_campaign.items() if calendar.open_at(moment)
        )


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The calendars before and after a plan."""

    before: Calendars
    after: Calendars

    def closing(self, moment: datetime) -> tuple[str, ...]:
        """The names of the campaigns that are open at `moment` and would close."""
        lost = self.before.open_now(moment) - self.after.open_now(moment)
        return tuple(sorted(self.before.names[key] for key in lost))


def opening_hours(
    resources: Iterable[LiveResource], changes: Iterable[Change], moment: datetime
) -> OpeningHours | None:
    """The calendars around `moment`; None when the plan changes no campaign and no holiday.

    Holidays more than two days from `moment` are left out: no time zone reaches them.
    """
    changed = [c for c in changes if KINDS[c.kind].sets_opening_hours and c.writes]
    if not changed:
        return None
    before = {
        identity(resource.address): (resource.address, resource.fields)
        for resource in resources
        if resource.kind.sets_opening_hours
    }
    after = dict(before)
    for change in changed:
        if change.action is not Action.REPLACE:  # the plan has a delete of the old one
            after.pop(identity(change.previous_address or change.address), None)
        if change.after is not None:
            after[identity(change.address)] = (change.address, change.after)
    return OpeningHours(_calendars(before.values(), moment), _calendars(after.values(), moment))


def _calendars(resources: Iterable[tuple[Address, Fields]], moment: datetime) -> Calendars:
    campaigns: list[tuple[Address, Fields]] = []
    near: list[Closure] = []
    for address, fields in resources:
        if address.startswith("campaigns/"):
            campaigns.append((address, fields))
        else:
            holiday = closure_of(address, fields)
            if _is_near(holiday, moment):
                near.append(holiday)
    by_campaign = {
        identity(name_of(address)): _calendar(address, fields, near)
        for address, fields in campaigns
    }
    names = {identity(name_of(address)): name_of(address) for address, _ in campaigns}
    return Calendars(by_campaign, names)


def _is_near(holiday: Closure, moment: datetime) -> bool:
    return any(holiday.falls_on((moment + timedelta(days=off)).date()) for off in range(-2, 3))


def _calendar(address: Address, fields: Fields, holidays: Iterable[Closure]) -> Calendar:
    key = identity(name_of(address))
    return Calendar(
        enabled=fields["enabled"] is True,
        zone=str(fields["time_zone"]),
        schedule=schedule_of(fields),
        closures=tuple(holiday for holiday in holidays if holiday.concerns(key)),
    )


def schedule_of(fields: Fields) -> Schedule:
    """The schedule of a campaign's complete fields."""
    value = fields["schedule"]
    if not isinstance(value, dict):
        return Schedule.parse(str(value))
    return Schedule.parse({day: list(names_in(value.get(day))) for day in WEEKDAYS})


def impact(
    changes: tuple[Change, ...],
    consequences: tuple[Consequence, ...],
    live: Snapshot,
    hours: OpeningHours | None,
    moment: datetime,
) -> Impact:
    """The facts of a plan's first line."""
    touched = [change.address for change in changes if change.writes]
    touched += [consequence.address for consequence in consequences]
    campaigns = {campaign_name(address) for address in touched} - {""}
    people = {
        d.by
        for c in changes
        for d in c.differences
        if d.by and d.origin in (Origin.PLATFORM, Origin.BOTH)
    }
    return Impact(
        campaigns=tuple(sorted(campaigns)),
        closing_now=hours.closing(moment) if hours else (),
        unblocked=count_customers(unblocking_deletes(changes, live)),
        reverted_people=tuple(sorted(people)),
    )

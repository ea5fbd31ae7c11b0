"""`Effects`: what a plan means for people, as one frozen value.

`compute.EffectsDraft` makes it. Guards, the verdict and views read it; they compute no effects of
their own.

    draft = EffectsDraft.of(plan.changes, live, now=live.info.time(now))
    effects = draft.effects()
    usage = await reader.usage(effects.addresses_with_usage)
    effects = draft.effects(usage)

    for hours in effects.hours:
        if hours.closes_now:
            print(hours.campaign, "closes now,", hours.lost_seconds // 3600, "hours are lost")
    for service in effects.services:
        if service.stops and service.is_open_now:
            print(service.campaign, service.channel, service.direction, service.reasons)
    for customer in effects.blacklist.customers:
        print(customer.customer, customer.becomes, list(effects.blacklist.places(customer)))

Names are as the platform has them. Every tuple is sorted. A fact from usage is None when no usage
was given for it: not known, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from reconciler.kinds.address import Address, campaign_of, child, join
from reconciler.live.platform import RecentUse
from reconciler.planning.effects.blacklist_effect import BlacklistEffect, Direction

HORIZON_DAYS = 28
"""How far ahead opening hours are compared."""

Obstacle = Literal[
    "no-campaign",
    "campaign-disabled",
    "channel-disabled",
    "no-connector",
    "no-number",
    "no-receiver",
    "no-creator",
]
"""Why a channel cannot be used in a direction. Opening hours are in `HoursEffect`."""
Edit = Literal["edited", "disabled", "enabled", "renamed", "deleted"]


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` to `end`, which is not part of it; both in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Its length."""
        return int((self.end - self.start).total_seconds())


@dataclass(frozen=True, slots=True)
class HoursEffect:
    """When a campaign is open before and after the plan, where the two differ."""

    campaign: str
    time_zone: str
    """Its zone after the plan; before, when the plan deletes it."""
    previous_time_zone: str
    """Its zone before the plan; after, when the plan creates it."""
    lost: tuple[Interval, ...]
    """Open before and closed after, from now to the horizon."""
    gained: tuple[Interval, ...]
    """Closed before and open after."""
    is_open_before: bool
    """Whether it is open now."""
    is_open_after: bool
    """Whether it would be open now, had the plan been applied."""
    opens_again: datetime | None
    """The first moment at which it is open after the plan; None when it stays closed until the
    horizon."""
    causes: tuple[Address, ...]
    """The campaign, if its own fields change, and the holidays that change for it."""

    @property
    def first_difference(self) -> datetime:
        """The first moment at which the plan makes a difference."""
        return min(interval.start for interval in (*self.lost, *self.gained))

    @property
    def closes_now(self) -> bool:
        """Whether it is open now and closes with the apply."""
        return self.is_open_before and not self.is_open_after

    @property
    def opens_now(self) -> bool:
        """Whether it is closed now and opens with the apply."""
        return self.is_open_after and not self.is_open_before

    @property
    def lost_seconds(self) -> int:
        """The open time that is lost."""
        return sum(interval.seconds for interval in self.lost)

    @property
    def gained_seconds(self) -> int:
        """The open time that is gained."""
        return sum(interval.seconds for interval in self.gained)


@dataclass(frozen=True, slots=True)
class DayEffect:
    """A campaign's open time on a local date that a holiday closes or no longer closes."""

    campaign: str
    time_zone: str
    day: date
    start: datetime
    """The first moment of it, in UTC."""
    seconds: int
    """How long the campaign is open on that date from now on, without the holiday."""


@dataclass(frozen=True, slots=True)
class HolidayEffect:
    """What a created, edited or deleted holiday does on its next date, also after the horizon.

    Campaigns that the plan creates or deletes are left out, and so are dates that another holiday
    closes.
    """

    address: Address
    """Where it is afterwards; where it is now, when the plan deletes it."""
    closes: tuple[DayEffect, ...]
    """By campaign: open that day before the plan, and closed by this holiday after it."""
    opens: tuple[DayEffect, ...]
    """By campaign: closed that day by this holiday before the plan, and open after it."""


@dataclass(frozen=True, slots=True)
class ServiceEffect:
    """Whether a campaign's channel can be used in one direction, before and after the plan.

    It is present when that changes, and when the people who can work on it change.
    """

    campaign: str
    channel: str
    direction: Direction
    previous_reasons: tuple[Obstacle, ...]
    """Why it cannot be used before; empty when it can."""
    reasons: tuple[Obstacle, ...]
    """Why it cannot be used after; empty when it can."""
    previous_staff: tuple[str, ...]
    """The members who may receive (inbound) or create (outbound) before."""
    staff: tuple[str, ...]
    """The members who may do so after."""
    is_open_now: bool
    """Whether the campaign is open now, before the plan."""
    recent: tuple[RecentUse, ...] | None = None
    """The channel's interactions in the last 30 days, in both directions."""
    open_interactions: int | None = None
    """The channel's interactions that are open now."""

    @property
    def address(self) -> Address:
        """The address of the channel."""
        return child(join("campaigns", self.campaign), "channels", self.channel)

    @property
    def stops(self) -> bool:
        """Whether it can be used now and not after the plan."""
        return bool(self.reasons) and not self.previous_reasons

    @property
    def starts(self) -> bool:
        """Whether it cannot be used now and can after the plan."""
        return bool(self.previous_reasons) and not self.reasons


@dataclass(frozen=True, slots=True)
class StatusEffect:
    """A status that is deleted."""

    address: Address
    agents: tuple[str, ...] | None
    """The agents who are in it now, and would be in none."""


@dataclass(frozen=True, slots=True)
class MemberEffect:
    """A user who leaves a campaign's members."""

    campaign: str
    user: str
    open_interactions: int | None
    """The interactions that this user has open in the campaign now."""


@dataclass(frozen=True, slots=True)
class LostCampaign:
    """A campaign that is deleted, with its interactions."""

    campaign: str
    interactions: int | None
    """All of its interactions, which are lost."""
    open_interactions: int | None


@dataclass(frozen=True, slots=True)
class SharedEffect:
    """A resource of all campaigns that the plan edits or deletes: who it reaches."""

    address: Address
    """Where it is now."""
    kind: str
    edit: Edit
    fields: tuple[str, ...]
    """The fields that change; empty for a delete or a rename."""
    is_emptied: bool
    """Whether a template loses its text, or a quality model its questions."""
    is_for_all: bool
    """Whether it reaches every campaign, except `shadowed_in`; a name that agents choose does."""
    campaigns: tuple[str, ...]
    """The campaigns that name it, before or after: quality models and holidays. Campaigns whose
    channels name a template are in `channels`."""
    shadowed_in: tuple[str, ...]
    """The campaigns with their own resource of this name, which it does not reach."""
    channels: tuple[Address, ...]
    """The channels that send it: their `signature` means it before or after."""
    recent: tuple[RecentUse, ...] | None
    """The campaigns whose interactions used it in the last 30 days."""
    open_interactions: int | None
    agents: tuple[str, ...] | None
    """The agents who are in it now, for a status."""


@dataclass(frozen=True, slots=True)
class DispositionEffect:
    """A level that agents can choose now and not after the plan, or the other way round."""

    address: Address
    """Where it is now."""
    becomes: Literal["offered", "disabled", "deleted"]
    because_of: Address
    """The level, itself or above it, that is enabled, disabled or deleted. Where it is now."""
    recent: tuple[RecentUse, ...] | None = None
    """The campaigns whose interactions chose a disabled level in the last 30 days."""


@dataclass(frozen=True, slots=True)
class ShadowEffect:
    """A name that means another resource than before in a campaign."""

    campaign: str
    kind: str
    name: str
    """A path of names for a disposition: `Sale/Completed`."""
    before: Address
    after: Address
    channels: tuple[Address, ...]
    """The channels that send it as their signature."""
    recent: tuple[RecentUse, ...] | None = None
    """How often the campaign used `before` in the last 30 days, where its own one shadows it."""

    @property
    def shadows(self) -> bool:
        """Whether the campaign's own resource takes the place of the one of all campaigns."""
        return campaign_of(self.after) is not None


@dataclass(frozen=True, slots=True)
class Effects:
    """What a plan means for people, from `now` to `until`."""

    now: datetime
    """The platform's time, in UTC."""
    until: datetime
    """The horizon."""
    hours: tuple[HoursEffect, ...] = ()
    holidays: tuple[HolidayEffect, ...] = ()
    services: tuple[ServiceEffect, ...] = ()
    blacklist: BlacklistEffect = field(default_factory=BlacklistEffect)
    statuses: tuple[StatusEffect, ...] = ()
    members: tuple[MemberEffect, ...] = ()
    lost_campaigns: tuple[LostCampaign, ...] = ()
    shared: tuple[SharedEffect, ...] = ()
    dispositions: tuple[DispositionEffect, ...] = ()
    shadows: tuple[ShadowEffect, ...] = ()
    addresses_with_usage: tuple[Address, ...] = ()
    """The live resources whose usage the effects contain. Read it, and compute again."""
    unknown: tuple[str, ...] = ()
    """The collections and resources that could not be read. Effects on and of them are missing."""

    @property
    def is_empty(self) -> bool:
        """Whether the plan means nothing for people."""
        lists = (self.hours, self.services, self.statuses, self.members, self.lost_campaigns)
        more = (self.holidays, self.shared, self.dispositions, self.shadows)
        reach = (self.blacklist.customers, self.blacklist.toggles)
        return not any((*lists, *more, *reach))

"""`Impact`: what a plan means for people, as its verdict and its JSON say it.

It is made from effects (`effects.summary`). Moments are RFC 3339 in UTC. No customer is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.kinds.address import Address


@dataclass(frozen=True, slots=True)
class HoursImpact:
    """The open time that a campaign loses and gains in the days that effects look ahead."""

    campaign: str
    time_zone: str
    previous_time_zone: str
    closes_now: bool
    opens_now: bool
    lost_minutes: int
    gained_minutes: int
    lost_from: str
    """The first moment that is lost, "" for none."""
    gained_from: str
    """The first moment that is gained, "" for none."""
    is_by_holiday: bool = False
    """Whether only holidays cause it."""


@dataclass(frozen=True, slots=True)
class ServiceImpact:
    """A channel that stops or starts in one direction."""

    campaign: str
    channel: str
    direction: Literal["inbound", "outbound"]
    becomes: Literal["stopped", "started"]
    reasons: tuple[str, ...]
    """Why it stops, or why it could not be used before."""


@dataclass(frozen=True, slots=True)
class ToggleImpact:
    """A channel that starts or stops to apply the blacklist in one direction."""

    campaign: str
    channel: str
    direction: Literal["inbound", "outbound"]
    becomes: Literal["reachable", "blocked"]
    customers: int | None
    """How many customers on the list become reachable or blocked; None when not known."""


@dataclass(frozen=True, slots=True)
class HolidayImpact:
    """A holiday that closes or opens campaigns on its next day."""

    address: Address
    date: str
    """The local date on which it makes the difference: YYYY-MM-DD."""
    becomes: Literal["closed", "open"]
    campaigns: tuple[str, ...]
    """The campaigns that are open that day without it."""
    minutes: int
    """Their open time that day, in all."""


@dataclass(frozen=True, slots=True)
class SharedImpact:
    """An edit of a resource of all campaigns, and who it reaches."""

    address: Address
    kind: str
    edit: str
    campaigns: tuple[str, ...]
    """The campaigns that name it or used it in the last 30 days."""
    interactions: int | None
    """The interactions that used it in the last 30 days; None when not known."""


@dataclass(frozen=True, slots=True)
class Impact:
    """The facts behind the first lines of a plan. Guards compute their own evidence."""

    campaigns: tuple[str, ...] = ()
    """The names of the campaigns that change."""
    reverted_people: tuple[str, ...] = ()
    """The users whose edits on the platform are reverted."""
    hours: tuple[HoursImpact, ...] = ()
    services: tuple[ServiceImpact, ...] = ()
    toggles: tuple[ToggleImpact, ...] = ()
    holidays: tuple[HolidayImpact, ...] = ()
    shared: tuple[SharedImpact, ...] = ()
    unblocked: int = 0
    """How many customers can be contacted again somewhere, because blacklist entries go."""
    blocked: int = 0
    """How many customers become blocked somewhere, because blacklist entries appear."""
    agents_without_status: int = 0
    """How many agents are in a status that is deleted."""

    @property
    def closing_now(self) -> tuple[str, ...]:
        """The names of the campaigns that are open now and would close."""
        return tuple(hours.campaign for hours in self.hours if hours.closes_now)

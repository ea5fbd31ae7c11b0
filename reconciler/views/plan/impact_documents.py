"""The parts of a plan's impact as JSON."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from reconciler.planning.impact import (
    HolidayImpact,
    HoursImpact,
    ServiceImpact,
    SharedImpact,
    ToggleImpact,
)


class HoursDocument(TypedDict):
    """The open time that a campaign loses and gains in the next 28 days."""

    campaign: str
    time_zone: str
    """Its time zone after the plan."""
    previous_time_zone: str
    closes_now: bool
    opens_now: bool
    lost_minutes: int
    gained_minutes: int
    lost_from: str | None
    """The first moment that is lost, in UTC."""
    gained_from: str | None
    """The first moment that is gained, in UTC."""


class ChannelDocument(TypedDict):
    """A channel that stops or starts in one direction."""

    campaign: str
    channel: str
    direction: Literal["inbound", "outbound"]
    becomes: Literal["stopped", "started"]
    reasons: list[str]
    """Why it stops, or why it could not be used before."""


class BlacklistChannelDocument(TypedDict):
    """A channel that starts or stops to apply the blacklist in one direction."""

    campaign: str
    channel: str
    direction: Literal["inbound", "outbound"]
    becomes: Literal["reachable", "blocked"]
    customers: int | None
    """How many customers on the list; null when not known."""


class HolidayDocument(TypedDict):
    """A holiday that closes campaigns on its next date, or no longer does."""

    address: str
    date: str
    becomes: Literal["closed", "open"]
    campaigns: list[str]
    minutes: int
    """The open time of these campaigns that day, in all."""


class SharedDocument(TypedDict):
    """An edit of a resource of all campaigns, and who it reaches."""

    address: str
    edit: str
    campaigns: list[str]
    """The campaigns that name it or used it in the last 30 days."""
    interactions: int | None
    """The interactions that used it in the last 30 days; null when not known."""


def hours_document(hours: HoursImpact) -> HoursDocument:
    """A campaign's hours as JSON."""
    return HoursDocument(
        campaign=hours.campaign,
        time_zone=hours.time_zone,
        previous_time_zone=hours.previous_time_zone,
        closes_now=hours.closes_now,
        opens_now=hours.opens_now,
        lost_minutes=hours.lost_minutes,
        gained_minutes=hours.gained_minutes,
        lost_from=hours.lost_from or None,
        gained_from=hours.gained_from or None,
    )


def channel_document(service: ServiceImpact) -> ChannelDocument:
    """A channel that stops or starts as JSON."""
    return ChannelDocument(
        campaign=service.campaign,
        channel=service.channel,
        direction=service.direction,
        becomes=service.becomes,
        reasons=list(service.reasons),
    )


def blacklist_channel_document(toggle: ToggleImpact) -> BlacklistChannelDocument:
    """A channel and the blacklist as JSON."""
    return BlacklistChannelDocument(
        campaign=toggle.campaign,
        channel=toggle.channel,
        direction=toggle.direction,
        becomes=toggle.becomes,
        customers=toggle.customers,
    )


def holiday_document(holiday: HolidayImpact) -> HolidayDocument:
    """A holiday as JSON."""
    return HolidayDocument(
        address=holiday.address,
        date=holiday.date,
        becomes=holiday.becomes,
        campaigns=list(holiday.campaigns),
        minutes=holiday.minutes,
    )


def shared_document(shared: SharedImpact) -> SharedDocument:
    """An edit of a shared resource as JSON."""
    return SharedDocument(
        address=shared.address,
        edit=shared.edit,
        campaigns=list(shared.campaigns),
        interactions=shared.interactions,
    )

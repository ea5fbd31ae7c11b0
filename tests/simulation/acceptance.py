"""Why a simulated platform does not accept an interaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.kinds.address import Address, ancestors, child, identity, join, name_of
from reconciler.kinds.disposition import DISPOSITION
from reconciler.kinds.holiday import HOLIDAY, closure_of
from reconciler.kinds.values.schedule import Calendar, Schedule
from reconciler.live.platform import LiveResource
from tests.simulation.rows import Row
from tests.simulation.simulated_platform import Platform

_NUMBERED = ("telephony", "sms", "whatsapp")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An interaction: `right` is what a member needs for it."""

    campaign: LiveResource
    channel: str | None
    right: str
    user: str | None
    customers: Sequence[str]
    used: Sequence[Row]


def refusals(platform: Platform, attempt: Attempt, at: str) -> Iterator[str]:
    """The codes of all reasons, the most important first."""
    is_inbound, fields = attempt.right == "receive", _fields(attempt.campaign)
    if not fields["enabled"]:
        yield "campaign-disabled"
    elif is_inbound and not _calendar(platform, attempt.campaign).open_at(_moment(at)):
        yield "closed"
    settings: dict[str, Any] = {}
    if attempt.channel is not None:
        settings = _at(platform, child(attempt.campaign.address, "channels", attempt.channel))
        if not settings["enabled"]:
            yield "channel-disabled"
        if attempt.channel in (*_NUMBERED, "email") and not settings["connector"]:
            yield "no-connector"
        if is_inbound and attempt.channel in _NUMBERED and not settings["numbers"]:
            yield "no-number"
        yield from _staffing(platform, attempt)
    yield from _blacklisted(platform, attempt, settings)
    for row in attempt.used:
        if row.live.kind is DISPOSITION:
            yield from _disabled_levels(platform, row.live.address)


def _staffing(platform: Platform, attempt: Attempt) -> Iterator[str]:
    able = set()
    for member in _at(platform, child(attempt.campaign.address, "members"))["members"]:
        if member["channels"].get(attempt.channel, {}).get(attempt.right, True):
            able.add(identity(member["user"]))
    if not able:
        yield "no-receiver" if attempt.right == "receive" else "no-creator"
    elif attempt.user is not None and identity(attempt.user) not in able:
        yield "user-not-permitted"


def _blacklisted(platform: Platform, attempt: Attempt, settings: dict[str, Any]) -> Iterator[str]:
    toggle = "block_inbound" if attempt.right == "receive" else "block_outbound"
    if settings.get(toggle, True):
        for customer in attempt.customers:
            own = child(attempt.campaign.address, "blacklist", customer)
            if any(platform.find(entry) for entry in (own, join("blacklist", customer))):
                yield "blacklisted"


def _disabled_levels(platform: Platform, address: Address) -> Iterator[str]:
    for level in (address, *ancestors(address)):
        row = platform.find(level)
        if row is not None and row.live.kind is DISPOSITION and not row.live.fields["enabled"]:
            yield "disposition-disabled"


def _calendar(platform: Platform, campaign: LiveResource) -> Calendar:
    fields, own = _fields(campaign), identity(name_of(campaign.address))
    holidays = (row.live for row in platform.rows.values() if row.live.kind is HOLIDAY)
    closures = (closure_of(holiday.address, holiday.fields) for holiday in holidays)
    return Calendar(
        True,
        fields["time_zone"],
        Schedule.parse(fields["schedule"]),
        tuple(closure for closure in closures if closure.concerns(own)),
    )


def _at(platform: Platform, address: str) -> dict[str, Any]:
    row = platform.find(address)
    return {} if row is None else _fields(row.live)


def _fields(resource: LiveResource) -> dict[str, Any]:
    return dict(resource.fields)


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)

"""The part of `Effects` about customers: who becomes reachable or blocked, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from reconciler.kinds.address import identity
from reconciler.kinds.values.channel_types import CHANNEL_TYPES, SOCIAL_NETWORKS

Direction = Literal["inbound", "outbound"]
DIRECTIONS: tuple[Direction, ...] = ("inbound", "outbound")
Becomes = Literal["reachable", "blocked"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A channel of a campaign, in one direction."""

    campaign: str
    channel: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class CustomerEffect:
    """A customer who becomes reachable or blocked because blacklist entries appear or go."""

    customer: str
    """A phone, an e-mail, or a social id with its network."""
    becomes: Becomes
    campaigns: tuple[str, ...]
    """Where; empty for every campaign."""
    except_campaigns: tuple[str, ...] = ()
    """With no `campaigns`: where nothing changes, because of the campaign's own entry."""


@dataclass(frozen=True, slots=True)
class ToggleEffect:
    """A channel that starts or stops to apply the blacklist."""

    place: Place
    becomes: Becomes
    customers: int | None
    """How many customers who are blocked before and after, on other channels, become reachable or
    blocked here. None when the blacklist could not be read. Customers whose entries appear or go
    are in `CustomerEffect`."""


@dataclass(frozen=True, slots=True)
class BlacklistEffect:
    """The customers who become reachable or blocked.

    A campaign that the plan creates or deletes is not a place: nobody could be reached in it
    before, or nobody can be reached in it afterwards.
    """

    customers: tuple[CustomerEffect, ...] = ()
    toggles: tuple[ToggleEffect, ...] = ()
    campaigns: tuple[str, ...] = ()
    """The campaigns that exist before and after. Empty when `customers` is empty."""
    ignored_before: frozenset[Place] = field(default_factory=frozenset)
    """The places that do not apply the blacklist before the plan."""
    ignored_after: frozenset[Place] = field(default_factory=frozenset)
    """The places that do not apply it after the plan."""

    def places(self, effect: CustomerEffect) -> Iterator[Place]:
        """Where the customer becomes reachable or blocked.

        It includes channels that cannot be used for other reasons. A social id is only on its
        network.
        """
        ignored = self.ignored_before if effect.becomes == "reachable" else self.ignored_after
        skipped = {identity(name) for name in effect.except_campaigns}
        for campaign in effect.campaigns or self.campaigns:
            if identity(campaign) in skipped:
                continue
            for channel in channels_of(effect.customer):
                for direction in DIRECTIONS:
                    place = Place(campaign, channel, direction)
                    if place not in ignored:
                        yield place


def channels_of(customer: str) -> tuple[str, ...]:
    """The channel types on which a customer exists: one network for a social id."""
    network = customer.partition(":")[0]
    return (network,) if network in SOCIAL_NETWORKS else CHANNEL_TYPES

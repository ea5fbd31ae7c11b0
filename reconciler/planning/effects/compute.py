"""`effects_of`: what a plan's changes mean for people.

Pure and deterministic. Only what the changes touch is computed, in linear time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from reconciler.kinds.address import Address, identity, join
from reconciler.kinds.holiday import HOLIDAY
from reconciler.kinds.members import MEMBERS
from reconciler.live.platform import Snapshot, Usage
from reconciler.planning.change import Change
from reconciler.planning.effects.campaign_hours import Hours, hours_effects
from reconciler.planning.effects.customers import blacklist_effect
from reconciler.planning.effects.effects import HORIZON_DAYS, Effects
from reconciler.planning.effects.holiday_days import holiday_effects
from reconciler.planning.effects.intervals import Window
from reconciler.planning.effects.names import disposition_effects, shadow_effects
from reconciler.planning.effects.people import (
    lost_campaigns,
    member_effects,
    status_effects,
    users_who_leave,
)
from reconciler.planning.effects.services import service_effects, with_channel_usage
from reconciler.planning.effects.shared_resources import shared_effects
from reconciler.planning.effects.world import Worlds, worlds

_BLACKLISTS = frozenset({"blacklist", "campaigns/-/blacklist"})
_WITH_CAMPAIGN = frozenset({"no-campaign", "campaign-disabled"})
"""A channel that stops with its campaign: the campaign's use says more."""
_NO_USAGE: Mapping[str, Usage] = MappingProxyType({})


def effects_of(
    changes: Iterable[Change],
    live: Snapshot,
    *,
    now: datetime,
    usage: Mapping[str, Usage] = _NO_USAGE,
) -> Effects:
    """What these changes mean for people, from `now` on.

    `changes` are a plan's, in order. `now` is the platform's time, with a time zone. `usage` is by
    identity of the address, as `Reader.usage` returns it for `Effects.addresses_with_usage`.
    """
    return EffectsDraft.of(changes, live, now=now).effects(usage)


@dataclass(frozen=True, slots=True)
class EffectsDraft:
    """The part of effects that needs no usage, computed once for effects without and with usage."""

    sides: Worlds
    drafted: Effects

    @classmethod
    def of(cls, changes: Iterable[Change], live: Snapshot, *, now: datetime) -> EffectsDraft:
        """The draft of these changes. The parameters are those of `effects_of`."""
        sides = worlds(live.resources, changes)
        start = now.astimezone(UTC).replace(microsecond=0)
        until = start + timedelta(days=HORIZON_DAYS)
        window = Window(int(start.timestamp()), int(until.timestamp()))
        before, after = Hours(sides.before, window), Hours(sides.after, window)
        drafted = Effects(
            start,
            until,
            hours=tuple(hours_effects(sides, before, after)),
            holidays=tuple(holiday_effects(sides, window.start)),
            services=tuple(
                service_effects(sides, before, lambda part: bool(live.unread_part(part)))
            ),
            blacklist=blacklist_effect(sides, is_whole=_BLACKLISTS.isdisjoint(live.unknown)),
            unknown=tuple(part for part, _ in live.unread()),
        )
        return cls(sides, drafted)

    def effects(self, usage: Mapping[str, Usage] = _NO_USAGE) -> Effects:
        """The effects. `usage` is by identity of the address."""
        sides = self.sides
        found = replace(
            self.drafted,
            services=tuple(
                with_channel_usage(service, usage.get(identity(service.address)))
                for service in self.drafted.services
            ),
            statuses=status_effects(sides, usage),
            members=member_effects(sides, usage),
            lost_campaigns=lost_campaigns(sides, usage),
            shared=shared_effects(sides, usage),
            dispositions=disposition_effects(sides, usage),
            shadows=shadow_effects(sides, usage),
        )
        needed = {identity(address): address for address in _needing_usage(found, sides)}
        return replace(found, addresses_with_usage=tuple(needed[key] for key in sorted(needed)))


def _needing_usage(effects: Effects, sides: Worlds) -> Iterator[Address]:
    """The live resources whose usage is part of the effects."""
    for service in effects.services:
        if service.stops and _WITH_CAMPAIGN.isdisjoint(service.reasons):
            yield service.address
    yield from (status.address for status in effects.statuses)
    yield from (shared.address for shared in effects.shared if shared.kind != HOLIDAY.name)
    yield from (each.address for each in effects.dispositions if each.becomes == "disabled")
    yield from (shadow.before for shadow in effects.shadows if shadow.shadows)
    yield from (join("campaigns", lost.campaign) for lost in effects.lost_campaigns)
    yield from (touched.address for touched in sides.of_kind(MEMBERS) if users_who_leave(touched))

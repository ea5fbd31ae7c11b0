"""The customers who become reachable or blocked: blacklist entries, and channels that apply them.

Linear: an entry for all campaigns is one effect, whatever the number of campaigns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.kinds.address import campaign_name, child, identity, join, name_of
from reconciler.kinds.blacklist_entry import BLACKLIST_ENTRY
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.platform import LiveResource
from reconciler.planning.effects.blacklist_effect import (
    DIRECTIONS,
    Becomes,
    BlacklistEffect,
    CustomerEffect,
    Place,
    ToggleEffect,
    channels_of,
)
from reconciler.planning.effects.world import World, Worlds

_TOGGLES = {"inbound": "block_inbound", "outbound": "block_outbound"}


def blacklist_effect(worlds: Worlds, *, is_whole: bool) -> BlacklistEffect:
    """The customers who become reachable or blocked, and where.

    `is_whole`: whether all entries could be read.
    """
    customers = tuple(_customer_effects(worlds))
    toggles = tuple(_toggle_effects(worlds, is_whole=is_whole))
    if not customers:
        return BlacklistEffect(toggles=toggles)
    kept = _kept_campaigns(worlds)
    return BlacklistEffect(
        customers,
        toggles,
        tuple(kept.values()),
        frozenset(_ignoring(worlds.before, kept)),
        frozenset(_ignoring(worlds.after, kept)),
    )


def _kept_campaigns(worlds: Worlds) -> dict[str, str]:
    """The names of the campaigns that exist before and after, by identity of the address."""
    return {
        key: name_of(campaign.address)
        for key, campaign in sorted(worlds.before.campaigns.items())
        if worlds.after.find(key) is not None
    }


def _ignoring(world: World, kept: Mapping[str, str]) -> Iterator[Place]:
    for campaign in kept:
        for channel in CHANNEL_TYPES:
            found = world.find(child(campaign, "channels", channel))
            if found is None:
                continue
            for direction in DIRECTIONS:
                if found.fields[_TOGGLES[direction]] is not True:
                    yield Place(kept[campaign], channel, direction)


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of one customer in one world: for all campaigns, and the campaigns' own."""

    is_everywhere: bool
    campaigns: Mapping[str, str]
    """Names by identity."""


def _customer_effects(worlds: Worlds) -> Iterator[CustomerEffect]:
    names = {
        identity(name_of(touched.address)): name_of(touched.address)
        for touched in worlds.of_kind(BLACKLIST_ENTRY)
    }
    if not names:
        return
    before, after = (_entries(world, names) for world in (worlds.before, worlds.after))
    for key, customer in sorted(names.items()):
        yield from _effects_of(worlds, customer, before[key], after[key])


def _entries(world: World, names: Iterable[str]) -> dict[str, _Entries]:
    own: dict[str, dict[str, str]] = {key: {} for key in names}
    for entry in world.of_kind(BLACKLIST_ENTRY):
        campaign, key = campaign_name(entry.address), identity(name_of(entry.address))
        if campaign and key in own:
            own[key][identity(campaign)] = campaign
    return {
        key: _Entries(world.find(join(BLACKLIST_ENTRY.collection, key)) is not None, campaigns)
        for key, campaigns in own.items()
    }


def _effects_of(
    worlds: Worlds, customer: str, before: _Entries, after: _Entries
) -> Iterator[CustomerEffect]:
    def kept(names: Mapping[str, str], unless: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(
            name
            for key, name in sorted(names.items())
            if key not in unless and _exists_in_both(worlds, name)
        )

    def effect(becomes: Becomes, campaigns: tuple[str, ...]) -> Iterator[CustomerEffect]:
        if campaigns:
            yield CustomerEffect(customer, becomes, campaigns)

    if before.is_everywhere and not after.is_everywhere:
        yield CustomerEffect(customer, "reachable", (), kept(after.campaigns, {}))
    elif after.is_everywhere and not before.is_everywhere:
        yield CustomerEffect(customer, "blocked", (), kept(before.campaigns, {}))
    elif not before.is_everywhere:
        yield from effect("blocked", kept(after.campaigns, before.campaigns))
        yield from effect("reachable", kept(before.campaigns, after.campaigns))


def _exists_in_both(worlds: Worlds, campaign: str) -> bool:
    address = join("campaigns", campaign)
    return worlds.before.find(address) is not None and worlds.after.find(address) is not None


# Toggles


def _toggle_effects(worlds: Worlds, *, is_whole: bool) -> Iterator[ToggleEffect]:
    found: list[tuple[Place, Becomes]] = []
    for touched in worlds.of_kind(CHANNEL):
        before, after = touched.before, touched.after
        if before is None or after is None or not _has_campaign(worlds, before):
            continue
        campaign, channel = campaign_name(before.address), name_of(before.address)
        for direction in DIRECTIONS:
            applied, applies = (side.fields[_TOGGLES[direction]] for side in (before, after))
            if applied != applies:
                becomes: Becomes = "blocked" if applies else "reachable"
                found.append((Place(campaign, channel, direction), becomes))
    counts = _listed(worlds) if found else {}
    for place, becomes in sorted(found):
        own = counts.get(identity(place.campaign), {})
        count = own.get(place.channel, 0) + counts.get("", {}).get(place.channel, 0)
        yield ToggleEffect(place, becomes, count if is_whole else None)


def _has_campaign(worlds: Worlds, channel: LiveResource) -> bool:
    return _exists_in_both(worlds, campaign_name(channel.address))


def _listed(worlds: Worlds) -> dict[str, dict[str, int]]:
    """How many customers are blocked both before and after, by campaign and channel type.

    The key "" counts customers whose entry for all campaigns stays; no other key counts them.
    """
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    listed = {
        (identity(campaign_name(entry.address)), identity(name_of(entry.address)))
        for world in (worlds.before, worlds.after)
        for entry in world.of_kind(BLACKLIST_ENTRY)
    }
    for campaign, customer in listed:
        everywhere = [_blocks(world, "", customer) for world in (worlds.before, worlds.after)]
        own = [_blocks(world, campaign, customer) for world in (worlds.before, worlds.after)]
        is_blocked = [one or other for one, other in zip(everywhere, own, strict=True)]
        if all(is_blocked) and (not campaign or not all(everywhere)):
            for channel in channels_of(customer):
                counts[campaign][channel] += 1
    return counts


def _blocks(world: World, campaign: str, customer: str) -> bool:
    if not campaign:
        return world.find(join(BLACKLIST_ENTRY.collection, customer)) is not None
    return world.find(join("campaigns", campaign, BLACKLIST_ENTRY.collection, customer)) is not None

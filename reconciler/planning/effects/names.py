"""Names that agents choose: levels that are offered or not, and names that mean something else.

A campaign's own template, status or disposition shadows the one of all campaigns with its name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.kinds.address import (
    Address,
    campaign_name,
    campaign_of,
    identity,
    name_of,
    parent_of,
)
from reconciler.kinds.base import Kind
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.disposition import DISPOSITION
from reconciler.kinds.status import STATUS
from reconciler.kinds.template import TEMPLATE
from reconciler.live.platform import RecentUse, Usage
from reconciler.planning.effects.effects import DispositionEffect, ShadowEffect
from reconciler.planning.effects.world import World, Worlds

_SHADOWING: tuple[Kind, ...] = (TEMPLATE, DISPOSITION, STATUS)


# Dispositions


def disposition_effects(
    worlds: Worlds, usage: Mapping[str, Usage]
) -> tuple[DispositionEffect, ...]:
    """The levels that are offered before and not after, or the other way round, by address.

    Levels of deleted campaigns are left out.
    """
    levels = _Levels(worlds)
    found: dict[str, DispositionEffect] = {}
    for touched in worlds.of_kind(DISPOSITION):
        before, after = touched.before, touched.after
        if before is None or _loses_campaign(worlds, before.address):
            continue
        if after is None:
            keys = [identity(before.address)]
        elif before.fields["enabled"] != after.fields["enabled"]:
            keys = levels.tree(identity(before.address))
        else:
            continue
        for key in keys:
            effect = levels.effect(key)
            if effect is not None:
                found[key] = effect
    return tuple(_with_choices(found[key], usage.get(key)) for key in sorted(found))


def _with_choices(effect: DispositionEffect, usage: Usage | None) -> DispositionEffect:
    if usage is None or effect.becomes != "disabled":
        return effect
    return replace(effect, recent=usage.recent)


def _loses_campaign(worlds: Worlds, address: Address) -> bool:
    campaign = campaign_of(address)
    return campaign is not None and worlds.after.find(campaign) is None


@dataclass(slots=True)
class _Levels:
    """Which levels agents can choose: a level must be enabled, and every level above it."""

    worlds: Worlds
    _below: dict[str, list[str]] | None = None
    _origins: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._origins = {after: before for before, after in self.worlds.moved.items()}

    def effect(self, key: str) -> DispositionEffect | None:
        """The effect on the level at an identity before; None when nothing changes."""
        level = self.worlds.before.find(key)
        moved = self.worlds.moved.get(key, key)
        was, becomes = _obstacle(self.worlds.before, key), _obstacle(self.worlds.after, moved)
        if level is None or (was is None) == (becomes is None):
            return None
        if becomes is None:
            return DispositionEffect(level.address, "offered", self._address(was or key))
        cause = self._origins.get(becomes, becomes)
        is_disabled = self.worlds.after.find(becomes) is not None
        return DispositionEffect(
            level.address, "disabled" if is_disabled else "deleted", self._address(cause)
        )

    def tree(self, key: str) -> list[str]:
        """The identities before of a level and everything below it."""
        if self._below is None:
            self._below = defaultdict(list)
            for level in self.worlds.before.of_kind(DISPOSITION):
                own = identity(level.address)
                self._below[parent_of(own)].append(own)
        found = [key]
        for level_key in found:  # grows while it is read
            found.extend(self._below.get(level_key, ()))
        return found

    def _address(self, key: str) -> Address:
        level = self.worlds.before.find(key)
        return level.address if level is not None else Address(key)


def _obstacle(world: World, key: str) -> str | None:
    """The level, itself or above, that keeps a level from being chosen: the highest one that does
    not exist, else the nearest one that is disabled. None when it can be chosen."""
    missing: str | None = None
    disabled: str | None = None
    for level_key in _chain(key):
        level = world.find(level_key)
        if level is None:
            missing = level_key
        elif level.fields["enabled"] is not True:
            disabled = disabled or level_key
    return missing or disabled


def _chain(key: str) -> Iterator[str]:
    """A level and the levels above it, nearest first, by identity."""
    depth = 4 if campaign_of(key) is not None else 2
    segments = key.split("/")
    for count in range(len(segments), depth - 1, -1):
        yield "/".join(segments[:count])


# Shadowing


def shadow_effects(worlds: Worlds, usage: Mapping[str, Usage]) -> tuple[ShadowEffect, ...]:
    """The names that mean something else because a campaign's own resource appears or goes."""
    found: dict[tuple[str, str, str], ShadowEffect] = {}
    for kind in _SHADOWING:
        for touched in worlds.of_kind(kind):
            for side in (touched.before, touched.after):
                effect = None if side is None else _shadow(worlds, kind, side.address)
                if effect is not None:
                    found[effect.campaign, kind.name, identity(effect.name)] = effect
    signatures = _signatures(worlds.after) if any(key[1] == TEMPLATE.name for key in found) else {}
    return tuple(
        replace(
            effect,
            channels=tuple(signatures.get(_signature_of(effect), ())),
            recent=_recent(effect, usage),
        )
        for _, effect in sorted(found.items())
    )


def _shadow(worlds: Worlds, kind: Kind, address: Address) -> ShadowEffect | None:
    campaign = campaign_of(address)
    if campaign is None or not all(world.find(campaign) for world in (worlds.before, worlds.after)):
        return None
    everywhere = address.split("/", 2)[2]
    before, after = (
        world.resolve((address, everywhere)) for world in (worlds.before, worlds.after)
    )
    if before is None or after is None or identity(before) == identity(after):
        return None
    name = everywhere.partition("/")[2] if kind.is_tree else name_of(everywhere)
    return ShadowEffect(campaign_name(address), kind.name, name, before, after, ())


def _recent(effect: ShadowEffect, usage: Mapping[str, Usage]) -> tuple[RecentUse, ...] | None:
    facts = usage.get(identity(effect.before))
    if facts is None or not effect.shadows:
        return None
    campaign = identity(effect.campaign)
    return tuple(use for use in facts.recent if identity(use.campaign) == campaign)


def _signatures(world: World) -> dict[tuple[str, str], list[Address]]:
    """The channels by the campaign and the name of their signature, by identity; sorted."""
    found: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for channel in world.of_kind(CHANNEL):
        signature = channel.fields.get("signature")
        if isinstance(signature, str):
            key = identity(campaign_name(channel.address)), identity(signature)
            found[key].append(channel.address)
    return {key: sorted(addresses) for key, addresses in found.items()}


def _signature_of(effect: ShadowEffect) -> tuple[str, str]:
    is_template = effect.kind == TEMPLATE.name
    return (identity(effect.campaign), identity(effect.name)) if is_template else ("", "")

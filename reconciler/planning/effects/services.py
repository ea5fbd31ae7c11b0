"""The channels that stop or start, by direction, and the people who are left to work on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.kinds.address import Address, campaign_of, child, identity, name_of
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.channel import CHANNEL, Channel
from reconciler.kinds.members import MEMBERS
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.platform import Usage
from reconciler.planning.effects.blacklist_effect import DIRECTIONS, Direction
from reconciler.planning.effects.campaign_hours import Hours
from reconciler.planning.effects.effects import Obstacle, ServiceEffect
from reconciler.planning.effects.world import Touched, World, Worlds

_RIGHTS: dict[Direction, str] = {"inbound": "receive", "outbound": "create"}


@dataclass(slots=True)
class Services:
    """What can be used in one world, by campaign, channel and direction."""

    world: World
    is_unread: Callable[[str], bool]
    """Whether an address could not be read. Unread members are no obstacle."""
    _staff: dict[tuple[str, str, Direction], tuple[str, ...]] = field(default_factory=dict)

    def obstacles(self, channel: Address, direction: Direction) -> tuple[Obstacle, ...]:
        """Why a channel cannot be used in a direction; empty when it can."""
        return tuple(self._obstacles(channel, direction))

    def _obstacles(self, channel: Address, direction: Direction) -> Iterator[Obstacle]:
        campaign = self.world.find(_campaign(channel))
        if campaign is None:
            yield "no-campaign"
            return
        if campaign.fields["enabled"] is not True:
            yield "campaign-disabled"
        found = self.world.find(channel)
        fields = found.fields if found is not None else {}
        if fields.get("enabled") is not True:
            yield "channel-disabled"
        body = CHANNEL.body_of(channel)
        if issubclass(body, Channel) and body.needs_connector and not fields.get("connector"):
            yield "no-connector"
        is_inbound = direction == "inbound"
        if is_inbound and "numbers" in body.model_fields and not fields.get("numbers"):
            yield "no-number"
        members = child(campaign.address, "members")
        if not self.staff(channel, direction) and not self.is_unread(members):
            yield "no-receiver" if is_inbound else "no-creator"

    def staff(self, channel: Address, direction: Direction) -> tuple[str, ...]:
        """The members who may receive (inbound) or create (outbound) on a channel, in order."""
        campaign, right = _campaign(channel), _RIGHTS[direction]
        key = (identity(campaign), name_of(channel), direction)
        if key not in self._staff:
            found = self.world.find(child(campaign, "members"))
            members = found.fields["members"] if found is not None else []
            self._staff[key] = tuple(
                str(member["user"])
                for member in (members if isinstance(members, list) else ())
                if isinstance(member, dict) and _may(member, name_of(channel), right)
            )
        return self._staff[key]


def _may(member: Mapping[str, object], channel: str, right: str) -> bool:
    channels = member["channels"]
    rights = channels.get(channel) if isinstance(channels, dict) else None
    return not isinstance(rights, dict) or rights[right] is True


def _campaign(channel: Address) -> Address:
    campaign = campaign_of(channel)
    assert campaign is not None  # noqa: S101  every channel is in a campaign
    return campaign


def service_effects(
    worlds: Worlds, hours: Hours, is_unread: Callable[[str], bool]
) -> Iterator[ServiceEffect]:
    """The effect on each channel and direction, by campaign and channel, without usage."""
    before, after = Services(worlds.before, is_unread), Services(worlds.after, is_unread)
    for channel in _channels(worlds):
        for direction in DIRECTIONS:
            was, becomes = (side.obstacles(channel, direction) for side in (before, after))
            staff = tuple(side.staff(channel, direction) for side in (before, after))
            is_same = bool(was) == bool(becomes)
            if is_same and (becomes or set(staff[0]) == set(staff[1])):
                continue
            campaign = _campaign(channel)
            yield ServiceEffect(
                name_of(campaign),
                name_of(channel),
                direction,
                previous_reasons=was,
                reasons=becomes,
                previous_staff=staff[0],
                staff=staff[1],
                is_open_now=hours.is_open_now(campaign),
            )


def _channels(worlds: Worlds) -> tuple[Address, ...]:
    """The channels that a change may stop or start, in order."""
    found: dict[tuple[str, int], Address] = {}

    def add(campaign: Address, channel: str) -> None:
        place = (identity(campaign), CHANNEL_TYPES.index(channel))
        found.setdefault(place, child(campaign, "channels", channel))

    for touched in worlds.of_kind(CAMPAIGN):
        if _is_switched(touched):
            for channel in CHANNEL_TYPES:
                add(touched.address, channel)
    for touched in worlds.of_kind(CHANNEL):
        add(_campaign(touched.address), name_of(touched.address))
    for touched in worlds.of_kind(MEMBERS):
        for channel in CHANNEL_TYPES:
            add(_campaign(touched.address), channel)
    return tuple(channel for _, channel in sorted(found.items()))


def _is_switched(campaign: Touched) -> bool:
    before, after = campaign.before, campaign.after
    if before is None or after is None:
        return True
    return before.fields["enabled"] != after.fields["enabled"]


def with_channel_usage(effect: ServiceEffect, usage: Usage | None) -> ServiceEffect:
    """The effect with the interactions of its channel."""
    if usage is None:
        return effect
    return replace(effect, recent=usage.recent, open_interactions=usage.open_interactions)

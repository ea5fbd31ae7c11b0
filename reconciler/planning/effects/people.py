"""The agents whose status is deleted, the members who leave, and the campaigns that are lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter

from reconciler.kinds.address import Address, campaign_name, campaign_of, identity, name_of
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.members import MEMBERS
from reconciler.kinds.status import STATUS
from reconciler.live.platform import LiveResource, Usage
from reconciler.planning.effects.effects import LostCampaign, MemberEffect, StatusEffect
from reconciler.planning.effects.world import Touched, Worlds

UsageByIdentity = Mapping[str, Usage]


def status_effects(worlds: Worlds, usage: UsageByIdentity) -> tuple[StatusEffect, ...]:
    """The deleted statuses, with the agents who are in them."""
    return tuple(
        StatusEffect(address, None if facts is None else tuple(sorted(facts.agents_now)))
        for address, facts in _deleted(worlds.of_kind(STATUS), usage)
    )


def lost_campaigns(worlds: Worlds, usage: UsageByIdentity) -> tuple[LostCampaign, ...]:
    """The deleted campaigns, with their interactions."""
    return tuple(
        LostCampaign(
            name_of(address),
            None if facts is None else facts.interactions_total,
            None if facts is None else facts.open_interactions,
        )
        for address, facts in _deleted(worlds.of_kind(CAMPAIGN), usage)
    )


def _deleted(
    touched: tuple[Touched, ...], usage: UsageByIdentity
) -> Iterator[tuple[Address, Usage | None]]:
    for resource in sorted(touched, key=attrgetter("address")):
        if resource.after is None:
            yield resource.address, usage.get(identity(resource.address))


def member_effects(worlds: Worlds, usage: UsageByIdentity) -> tuple[MemberEffect, ...]:
    """The users who leave campaigns that stay, with their open work."""
    found: list[MemberEffect] = []
    for touched in sorted(worlds.of_kind(MEMBERS), key=attrgetter("address")):
        campaign = campaign_of(touched.address)
        if campaign is None or worlds.after.find(campaign) is None:
            continue
        facts = usage.get(identity(touched.address))
        open_by_user = {} if facts is None else _by_identity(facts.open_by_user)
        for user in users_who_leave(touched):
            count = None if facts is None else open_by_user.get(identity(user), 0)
            found.append(MemberEffect(campaign_name(touched.address), user, count))
    return tuple(found)


def users_who_leave(members: Touched) -> tuple[str, ...]:
    """The users who are in the list before and not after."""
    stay = {identity(user) for user in _users(members.after)}
    return tuple(sorted(user for user in _users(members.before) if identity(user) not in stay))


def _users(members: LiveResource | None) -> Iterator[str]:
    listed = members.fields.get("members") if members is not None else None
    for member in listed if isinstance(listed, list) else ():
        if isinstance(member, dict):
            yield str(member["user"])


def _by_identity(counts: Mapping[str, int]) -> dict[str, int]:
    return {identity(user): count for user, count in counts.items()}

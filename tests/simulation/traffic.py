"""What makes things in use: interactions and agents' statuses, and the usage that comes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.kinds.address import name_of
from reconciler.live.platform import RecentUse, Referrer, Usage
from tests.simulation.rows import Row

_TRAFFIC_PATHS = frozenset({"campaigns", "campaigns/-/channels"})


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction of a campaign; `used` holds the numbers of the rows it used."""

    campaign: str
    channel: str | None
    user: str | None
    at: str
    open: bool
    used: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """The row of the status an agent is in, and the campaign the agent is in it for."""

    status: int
    campaign: str | None


class Traffic:
    """All interactions, and the status of each agent."""

    def __init__(self) -> None:
        self.interactions: list[Interaction] = []
        self.agents: dict[str, Agent] = {}

    def forget_campaign(self, name: str) -> None:
        """Drop the traffic of a campaign that is deleted."""
        self.interactions = [one for one in self.interactions if one.campaign != name]
        self.agents = {user: one for user, one in self.agents.items() if one.campaign != name}

    def usage(self, row: Row, referrers: Iterable[Referrer], *, since: str) -> Usage:
        """What uses a resource now, and used it since a moment."""
        address, users = row.live.address, Counter[str]()
        if row.path == "campaigns/-/members":
            users.update(
                one.user
                for one in self.interactions
                if one.open and one.user and one.campaign == row.campaign
            )
            return Usage(address, open_interactions=users.total(), open_by_user=dict(users))
        counted = [one for one in self.interactions if _concerns(one, row)]
        recent = _recent(counted, since)
        return Usage(
            address=address,
            referrers=tuple(referrers),
            recent=recent,
            recent_interactions=sum(one.count for one in recent),
            agents_now=tuple(sorted(u for u, a in self.agents.items() if a.status == row.number)),
            open_interactions=sum(one.open for one in counted),
            interactions_total=len(counted) if row.path == "campaigns" else 0,
        )


def _concerns(interaction: Interaction, row: Row) -> bool:
    if row.path not in _TRAFFIC_PATHS:
        return row.number in interaction.used
    if interaction.campaign != row.owner:
        return False
    return row.path == "campaigns" or interaction.channel == name_of(row.live.address)


def _recent(counted: Iterable[Interaction], since: str) -> tuple[RecentUse, ...]:
    moments: dict[str, list[str]] = {}
    for one in counted:
        if one.at >= since:
            moments.setdefault(one.campaign, []).append(one.at)
    recent = [RecentUse(name, len(found), max(found)) for name, found in moments.items()]
    return tuple(sorted(recent, key=lambda one: (-one.count, one.campaign)))

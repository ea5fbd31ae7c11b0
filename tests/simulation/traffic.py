"""Interactions and agent statuses, and the resulting usage."""

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
    """One interaction of a campaign; `used` contains the numbers of the used rows."""

    campaign: str
    channel: str | None
    user: str | None
    at: str
    open: bool
    used: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """The row of an agent's status, and its campaign."""

    status: int
    campaign: str | None


class Traffic:
    """All interactions, and the status of each agent."""

    def __init__(self) -> None:
        self.interactions: list[Interaction] = []
        self.agents: dict[str, Agent] = {}

    def forget_campaign(self, name: str) -> None:
        """Delete the traffic of a deleted campaign."""
        self.interactions = [
            interaction for interaction in self.interactions if interaction.campaign != name
        ]
        self.agents = {user: agent for user, agent in self.agents.items() if agent.campaign != name}

    def usage(self, row: Row, referrers: Iterable[Referrer], *, since: str) -> Usage:
        """The usage of a resource now and since a time."""
        address, users = row.live.address, Counter[str]()
        if row.path == "campaigns/-/members":
            users.update(
                interaction.user
                for interaction in self.interactions
                if interaction.open and interaction.user and interaction.campaign == row.campaign
            )
            return Usage(address, open_interactions=users.total(), open_by_user=dict(users))
        counted = [interaction for interaction in self.interactions if _concerns(interaction, row)]
        recent = _recent(counted, since)
        return Usage(
            address=address,
            referrers=tuple(referrers),
            recent=recent,
            recent_interactions=sum(item.count for item in recent),
            agents_now=tuple(sorted(u for u, a in self.agents.items() if a.status == row.number)),
            open_interactions=sum(item.open for item in counted),
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
    for item in counted:
        if item.at >= since:
            moments.setdefault(item.campaign, []).append(item.at)
    recent = [RecentUse(name, len(found), max(found)) for name, found in moments.items()]
    return tuple(sorted(recent, key=lambda entry: (-entry.count, entry.campaign)))

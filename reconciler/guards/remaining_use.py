"""What would still use a resource once a plan is done, as evidence and as a phrase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.guards.context import Review
from reconciler.guards.facts import LiveNames
from reconciler.kinds.address import Address, campaign_of, identity
from reconciler.kinds.registry import KINDS, parse_address
from reconciler.live.platform import RecentUse, Referrer, Usage
from reconciler.manifests.settings import COUNTED_DAYS
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence
from reconciler.planning.plan import Consequence
from reconciler.text import counted, joined, verb

_HEADLINES = ("agents_now", "open_interactions", "recent_interactions")


@dataclass(frozen=True, slots=True)
class RemainingUse:
    """What still uses the resources that a plan deletes; referrers that it changes do not count.

    All mappings are by identity of an address.
    """

    changes: Mapping[str, Change]
    """The changes that write."""
    losing: Mapping[str, tuple[Address, ...]]
    """The referrers that lose a resource by the plan's consequences, even when the platform does
    not report them as use."""
    made: frozenset[str]
    """What the plan creates."""
    names: LiveNames
    recent_days: int
    now: datetime

    @classmethod
    def of(cls, review: Review) -> RemainingUse:
        """The remaining use in a review's plan."""
        changes = review.plan.changes
        return cls(
            changes={identity(change.address): change for change in changes if change.writes},
            losing=_losing(review.plan.consequences),
            made=frozenset(
                identity(change.address)
                for change in changes
                if change.action in (Action.CREATE, Action.REPLACE)
            ),
            names=LiveNames.of(changes),
            recent_days=review.plan.guard_settings.get("delete-in-use.recent_days", COUNTED_DAYS),
            now=review.now,
        )

    def remaining(self, usage: Usage) -> Evidence:
        """The referrers that stay, and the work that is going on in it now."""
        counts = {
            "agents_now": len(usage.agents_now),
            "open_interactions": usage.open_interactions,
            "recent_interactions": self._recent(usage),
        }
        headline = next((name for name in _HEADLINES if counts[name]), "")
        return Evidence.of(counts, headline=headline, referrers=self.referrers(usage))

    def referrers(self, usage: Usage) -> tuple[Address, ...]:
        """The referrers that this plan neither deletes nor changes, sorted."""
        staying = {each.address for each in usage.referrers if self._stays(each, usage.address)}
        return tuple(sorted(staying.union(self.losing.get(identity(usage.address), ()))))

    def _stays(self, referrer: Referrer, target: Address) -> bool:
        change = self.changes.get(identity(referrer.address))
        if change is not None and change.action is Action.DELETE:
            return False
        if change is None or change.after is None:
            return not self._is_shadowed(referrer, target)
        wanted = identity(target)
        for reference in KINDS[change.kind].references(change.address, change.after):
            candidates = [identity(candidate) for candidate in reference.candidates]
            if wanted in candidates:
                return not self.made.intersection(candidates[: candidates.index(wanted)])
        return False

    def _is_shadowed(self, referrer: Referrer, target: Address) -> bool:
        """Whether the plan creates a nearer resource that the referrer will mean instead."""
        if not self.made:
            return False
        scope = campaign_of(referrer.address) or referrer.address
        return campaign_of(target) is None and identity(f"{scope}/{target}") in self.made

    def _recent(self, usage: Usage) -> int:
        if self.recent_days >= COUNTED_DAYS or not usage.recent:
            return usage.recent_interactions
        return recent_count(usage.recent, self.recent_days, self.now)


def recent_count(uses: Iterable[RecentUse], days: int, now: datetime) -> int:
    """The interactions of the campaigns whose last use is in the last `days`."""
    since = now - timedelta(days=days)
    return sum(
        use.count
        for use in uses
        if days >= COUNTED_DAYS or not use.last_at or datetime.fromisoformat(use.last_at) >= since
    )


def _losing(consequences: Iterable[Consequence]) -> dict[str, tuple[Address, ...]]:
    losing: dict[str, tuple[Address, ...]] = {}
    for consequence in consequences:
        for lost in consequence.references:
            if lost.means is None:
                key = identity(lost.meant)
                losing[key] = (*losing.get(key, ()), consequence.address)
    return losing


def referrers_phrase(referrers: tuple[str, ...]) -> str:
    """`3 campaigns and 1 holiday`; referrers of an unknown kind are `1 other resource`."""
    counts = Counter(_kind_name(referrer) for referrer in referrers)
    others = counts.pop("", 0)
    parts = KINDS.counted(counts)
    return joined([*parts, counted(others, "other resource")] if others else parts)


def _kind_name(address: str) -> str:
    try:
        return parse_address(address).kind.name
    except ValueError:
        return ""


def use_phrase(evidence: Evidence) -> str:
    """`used by 3 campaigns and 61 agents are in it now`; "" when nothing uses it."""
    parts: list[str] = []
    if evidence.referrers:
        parts.append(f"used by {referrers_phrase(evidence.referrers)}")
    agents = evidence.counts.get("agents_now", 0)
    if agents:
        parts.append(f"{counted(agents, 'agent')} {verb(agents, 'is', 'are')} in it now")
    opened = evidence.counts.get("open_interactions", 0)
    if opened:
        parts.append(f"{counted(opened, 'interaction')} {verb(opened, 'is', 'are')} open on it")
    recent = evidence.counts.get("recent_interactions", 0)
    if recent:
        parts.append(f"{counted(recent, 'recent interaction')} used it")
    return joined(parts)

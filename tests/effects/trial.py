"""One trial: a random estate and a random plan, predicted, applied and observed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from reconciler.kinds.address import identity, join, split
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.http.documents import usage_of
from reconciler.live.platform import Snapshot, Usage
from reconciler.planning.effects.blacklist_effect import DIRECTIONS
from reconciler.planning.effects.compute import effects_of
from reconciler.planning.effects.effects import Effects
from tests.effects.client import Client
from tests.effects.comparison import Evidence, checks, mismatches, probed_user
from tests.effects.estates import (
    CAMPAIGNS,
    LEVELS,
    STATUSES,
    TEMPLATES,
    USERS,
    Drawing,
    Estate,
    a_moment,
    directory,
)
from tests.effects.moments import moments
from tests.effects.observations import Probe, observe, open_at
from tests.effects.plans import apply, plan_between, read, with_rename

Predict = Callable[..., Effects]
_EVERY_MOMENT = 0.1
"""The share of trials that visit every boundary, not a sample."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of one trial."""

    seed: int
    found: tuple[str, ...]
    """The mismatches."""
    changes: int
    compared: int
    requests: int
    effects: Effects


def run_trial(seed: int, predict: Predict = effects_of) -> Trial:
    """Draw, predict, apply, observe and compare."""
    random = Random(seed)
    now = a_moment(random)
    drawing = Drawing(random, now)
    before = drawing.estate()
    after, renames = _renamed(random, before, drawing.edited(before, random.choice((0.05, 0.2))))
    client = Client(_seed(random, before), now)
    try:
        return _observed(seed, random, client, before, after, renames, predict)
    finally:
        client.close()


def _renamed(random: Random, before: Estate, after: Estate) -> tuple[Estate, dict[str, str]]:
    levels = sorted(
        address for address in before if "dispositions/" in address and address in after
    )
    if not levels or random.random() > 0.3:
        return after, {}
    return with_rename(after, random.choice(levels), "Deal")


def _seed(random: Random, estate: Estate) -> dict[str, Any]:
    resources = [{"address": address, **fields} for address, fields in estate.items()]
    statuses = [address for address in estate if "statuses/" in address]
    campaigns = [split(address)[1] for address in estate if address.startswith("campaigns/")]
    agents = [{"user": user, "status": random.choice(statuses)} for user in USERS if statuses]
    for agent in agents:
        names = split(agent["status"])
        if names[0] == "campaigns":
            agent["campaign"] = names[1]
    interactions = [
        {
            "campaign": random.choice(campaigns),
            "channel": random.choice(CHANNEL_TYPES),
            "user": random.choice(USERS),
            "count": random.randrange(1, 4),
            "open": random.random() < 0.5,
        }
        for _ in range(3 if campaigns else 0)
    ]
    return {
        **directory(),
        "resources": resources,
        "agents": agents,
        "interactions": interactions,
    }


def _observed(
    seed: int,
    random: Random,
    client: Client,
    before: Estate,
    after: Estate,
    renames: dict[str, str],
    predict: Predict,
) -> Trial:
    live, now = read(client), client.clock.now()
    plan = plan_between(before, after, live, renames=renames, now=now)
    probe = _probe(before, after)
    seen = observe(client, probe)
    first = predict(plan.changes, live, now=now)
    usage = _usage(client, first)
    effects = predict(plan.changes, live, now=now, usage=usage)
    fields = [
        estate[join("campaigns", name)]
        for estate in (before, after)
        for name in CAMPAIGNS
        if join("campaigns", name) in estate
    ]
    visited = moments(random, effects, fields, every=random.random() < _EVERY_MOMENT)
    interactions = {item["name"]: item["interaction_count"] for item in client.items("campaigns")}
    open_by_user = _open_by_user(client)
    open_before = open_at(client, visited)
    client.clock.set(now)
    apply(client, plan.changes)
    seen_after = observe(client, probe)
    open_after = open_at(client, visited)
    evidence = Evidence(
        seen,
        seen_after,
        open_before,
        open_after,
        open_before[effects.now],
        open_by_user,
        interactions,
        _moved(live, renames),
    )
    found = tuple(mismatches(effects, evidence))
    return Trial(seed, found, len(plan.changes), checks(evidence), client.requests, effects)


def _probe(before: Estate, after: Estate) -> Probe:
    users = {
        (campaign, channel, direction): probed_user((campaign, channel, direction))
        for campaign in CAMPAIGNS
        for channel in CHANNEL_TYPES
        for direction in DIRECTIONS
    }
    dispositions = {}
    for address in (*before, *after):
        if "dispositions/" in address:
            names = split(address)
            here = [names[1]] if names[0] == "campaigns" else list(CAMPAIGNS)
            for campaign in here:
                if join("campaigns", campaign) in before and join("campaigns", campaign) in after:
                    dispositions.setdefault(address, campaign)
            if names[0] == "campaigns":
                dispositions.setdefault(address, names[1])
    names = [
        (campaign, field, name)
        for campaign in CAMPAIGNS
        for field, known in (
            ("status", STATUSES),
            ("template", TEMPLATES),
            ("disposition", (*LEVELS, "Deal", "Deal/Done")),
        )
        for name in known
        if _is_own_somewhere(before, after, campaign, name)
    ]
    return Probe(users, [(campaign, address) for address, campaign in dispositions.items()], names)


def _is_own_somewhere(before: Estate, after: Estate, campaign: str, name: str) -> bool:
    top = join("campaigns", campaign)
    return any(
        address.startswith(f"{top}/") and address.endswith(f"/{name}")
        for address in (*before, *after)
    )


def _usage(client: Client, effects: Effects) -> dict[str, Usage]:
    return {
        identity(address): usage_of(address, client.usage(address))
        for address in effects.addresses_with_usage
    }


def _open_by_user(client: Client) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for item in client.items("interactions"):
        if item["open"] and item["user"]:
            key = item["campaign"], item["user"]
            found[key] = found.get(key, 0) + 1
    return found


def _moved(live: Snapshot, renames: dict[str, str]) -> dict[str, str]:
    found = {}
    for new, old in renames.items():
        for key in live.resources:
            if key == identity(old) or key.startswith(f"{identity(old)}/"):
                found[key] = identity(new) + key[len(identity(old)) :]
    return found

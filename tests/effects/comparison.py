"""Compares predicted effects with what a sandbox showed before and after the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.kinds.address import identity, join
from reconciler.planning.effects.blacklist_effect import Place
from reconciler.planning.effects.effects import Effects, Interval
from tests.effects.estates import CUSTOMERS, USERS
from tests.effects.observations import Observed

Open = Mapping[datetime, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was observed. `moved` maps the identity of renamed dispositions to the one after."""

    before: Observed
    after: Observed
    open_before: Open
    open_after: Open
    is_open_now: frozenset[str]
    open_by_user: Mapping[tuple[str, str], int]
    interactions: Mapping[str, int]
    moved: Mapping[str, str] = field(default_factory=dict)


def mismatches(effects: Effects, evidence: Evidence) -> Iterator[str]:
    """Every difference between prediction and observation."""
    yield from _hours(effects, evidence)
    yield from _holidays(effects, evidence)
    yield from _services(effects, evidence)
    yield from _customers(effects, evidence)
    yield from _no_channel(effects, evidence)
    yield from _people(effects, evidence)
    yield from _dispositions(effects, evidence)
    yield from _shadows(effects, evidence)
    yield from _shared(effects, evidence)


def checks(evidence: Evidence) -> int:
    """How many observed facts were compared."""
    names = evidence.before.campaigns | evidence.after.campaigns
    return len(evidence.open_before) * len(names) + sum(
        len(facts)
        for facts in (
            evidence.before.obstacles | evidence.after.obstacles,
            evidence.before.staff,
            evidence.before.blocked,
            evidence.before.offered,
            evidence.before.meanings,
            evidence.before.shared,
        )
    )


def _holidays(effects: Effects, evidence: Evidence) -> Iterator[str]:
    """A campaign is open or closed at the first moment that a holiday closes or opens."""
    for holiday in effects.holidays:
        for days, expected in ((holiday.closes, (True, False)), (holiday.opens, (False, True))):
            for day in days:
                if day.start in evidence.open_before:
                    sides = evidence.open_before[day.start], evidence.open_after[day.start]
                    seen = tuple(day.campaign in names for names in sides)
                    if seen != expected:
                        yield f"{holiday.address} at {day.start} in {day.campaign}: {seen}"


def _hours(effects: Effects, evidence: Evidence) -> Iterator[str]:
    predicted = {hours.campaign: hours for hours in effects.hours}
    for campaign in sorted(evidence.before.campaigns | evidence.after.campaigns):
        hours = predicted.get(campaign)
        for moment, names in evidence.open_before.items():
            seen = campaign in names, campaign in evidence.open_after[moment]
            lost = hours is not None and _has(hours.lost, moment)
            gained = hours is not None and _has(hours.gained, moment)
            expected = (lost, gained) if lost or gained else (seen[0], seen[0])
            if seen != expected:
                yield f"hours of {campaign} at {moment}: {seen}, predicted {expected}"
        now = (
            campaign in evidence.open_before[effects.now],
            campaign in evidence.open_after[effects.now],
        )
        if hours is not None and (hours.is_open_before, hours.is_open_after) != now:
            yield f"hours of {campaign} now: {now}"
        if hours is not None and hours.opens_again is not None:
            earlier = [m for m in evidence.open_after if m < hours.opens_again]
            if any(campaign in evidence.open_after[moment] for moment in earlier):
                yield f"{campaign} is open before {hours.opens_again}"


def _has(intervals: tuple[Interval, ...], moment: datetime) -> bool:
    return any(interval.start <= moment < interval.end for interval in intervals)


def _services(effects: Effects, evidence: Evidence) -> Iterator[str]:
    predicted = {(s.campaign, s.channel, s.direction): s for s in effects.services}
    missing = frozenset({"no-campaign"})
    before, after = evidence.before, evidence.after
    for place in sorted(set(before.obstacles) | set(after.obstacles)):
        was, becomes = before.obstacles.get(place, missing), after.obstacles.get(place, missing)
        service = predicted.pop(place, None)
        if service is None:
            if bool(was) != bool(becomes):
                yield f"{place}: {sorted(was)} → {sorted(becomes)} is not predicted"
            elif not was and before.staff.get(place) != after.staff.get(place):
                yield f"{place}: staff changes unpredicted"
            continue
        if (set(service.previous_reasons), set(service.reasons)) != (was, becomes):
            yield f"{place}: {sorted(was)} → {sorted(becomes)}, predicted {service}"
        if service.is_open_now != (place[0] in evidence.is_open_now):
            yield f"{place}: open now is wrong"
        for side, staff in ((before, service.previous_staff), (after, service.staff)):
            user = probed_user(place)
            if place in side.staff and side.staff[place] != (user in staff):
                yield f"{place}: {user} in {staff}"
    yield from (f"{place} was never observed" for place in predicted)


def probed_user(place: tuple[str, str, str]) -> str:
    """The user whom interactions at a place name."""
    return USERS[sum(map(ord, "".join(place))) % len(USERS)]


def _customers(effects: Effects, evidence: Evidence) -> Iterator[str]:
    kept = evidence.before.campaigns & evidence.after.campaigns
    seen: dict[Place, dict[str, str]] = {}
    for (campaign, channel, direction, customer), was in evidence.before.blocked.items():
        becomes = evidence.after.blocked.get((campaign, channel, direction, customer))
        if campaign in kept and channel and was != becomes:
            word = "blocked" if becomes else "reachable"
            seen.setdefault(Place(campaign, channel, direction), {})[customer] = word  # type: ignore[arg-type]
    predicted: dict[Place, dict[str, str]] = {}
    for effect in effects.blacklist.customers:
        if effect.customer not in CUSTOMERS:
            yield f"{effect.customer} is not known"
        for place in effects.blacklist.places(effect):
            predicted.setdefault(place, {})[effect.customer] = effect.becomes
    toggles = {toggle.place: toggle for toggle in effects.blacklist.toggles}
    for place in sorted({*seen, *predicted, *toggles}):
        found, expected = dict(seen.get(place, {})), predicted.get(place, {})
        for customer, word in expected.items():
            if found.pop(customer, None) != word:
                yield f"{customer} at {place}: predicted {word}"
        toggle = toggles.get(place)
        words = set(found.values()) - ({toggle.becomes} if toggle else set())
        if words or len(found) != (toggle.customers if toggle else 0):
            yield f"{place}: {found}, predicted {toggle}"


def _no_channel(effects: Effects, evidence: Evidence) -> Iterator[str]:
    """Without a channel, only entries count."""
    kept = evidence.before.campaigns & evidence.after.campaigns
    for (campaign, channel, direction, customer), was in evidence.before.blocked.items():
        if channel or campaign not in kept:
            continue
        becomes = evidence.after.blocked[campaign, channel, direction, customer]
        word = None if was == becomes else "blocked" if becomes else "reachable"
        predicted = [
            effect.becomes
            for effect in effects.blacklist.customers
            if effect.customer == customer
            and (campaign in effect.campaigns or not effect.campaigns)
            and campaign not in effect.except_campaigns
        ]
        if predicted != ([] if word is None else [word]):
            yield f"{customer} in {campaign}: {word}, predicted {predicted}"


def _people(effects: Effects, evidence: Evidence) -> Iterator[str]:
    before, after = evidence.before, evidence.after
    gone = {key: agents for key, agents in before.agents.items() if key not in after.agents}
    predicted = {identity(s.address): frozenset(s.agents or ()) for s in effects.statuses}
    if gone != predicted:
        yield f"statuses: {gone}, predicted {predicted}"
    left = {
        (campaign, user): evidence.open_by_user.get((campaign, user), 0)
        for campaign, users in before.members.items()
        for user in users - after.members.get(campaign, frozenset())
        if campaign in after.campaigns
    }
    members = {(m.campaign, m.user): m.open_interactions for m in effects.members}
    if left != members:
        yield f"members: {left}, predicted {members}"
    lost = {name: evidence.interactions[name] for name in before.campaigns - after.campaigns}
    campaigns = {c.campaign: c.interactions for c in effects.lost_campaigns}
    if lost != campaigns:
        yield f"campaigns: {lost}, predicted {campaigns}"


def _dispositions(effects: Effects, evidence: Evidence) -> Iterator[str]:
    predicted = {identity(d.address): d.becomes for d in effects.dispositions}
    for key, was in evidence.before.offered.items():
        becomes = evidence.after.offered.get(evidence.moved.get(key, key))
        campaign = key.split("/")[1] if key.startswith("campaigns/") else ""
        if (
            campaign and f"campaigns/{campaign}" not in _identities(evidence.after.campaigns)
        ) or was == bool(becomes):
            word = None
        else:
            word = "offered" if becomes else "deleted" if becomes is None else "disabled"
        if predicted.pop(key, None) != word:
            yield f"{key}: {was} → {becomes}, predicted otherwise"
    if evidence.before.campaigns & evidence.after.campaigns:  # else there is nowhere to choose one
        yield from (f"{key}: {word} is not observed" for key, word in predicted.items())


def _identities(campaigns: frozenset[str]) -> set[str]:
    return {identity(join("campaigns", name)) for name in campaigns}


_FIELDS = {"Template": "template", "Disposition": "disposition", "Status": "status"}


def _shadows(effects: Effects, evidence: Evidence) -> Iterator[str]:
    predicted = {
        (shadow.campaign, _FIELDS[shadow.kind], shadow.name): (shadow.before, shadow.after)
        for shadow in effects.shadows
    }
    for key, meant in evidence.before.meanings.items():
        means = evidence.after.meanings.get(key)
        if means is None:
            continue
        seen = None if identity(meant) == identity(means) else (meant, means)
        expected = predicted.get(key)
        if seen != (None if expected is None else tuple(map(str, expected))):
            yield f"{key}: {seen}, predicted {expected}"
    for shadow in effects.shadows:
        if shadow.kind == "Template":
            now = evidence.before.signatures[identity(shadow.before)]
            then = evidence.after.signatures[identity(shadow.after)]
            if not now & then <= set(shadow.channels) <= then:
                yield f"{shadow}: {sorted(now)} → {sorted(then)}"


def _shared(effects: Effects, evidence: Evidence) -> Iterator[str]:
    before, after = evidence.before, evidence.after
    predicted = {identity(shared.address): shared for shared in effects.shared}
    for key, fields in before.shared.items():
        becomes = after.shared.get(evidence.moved.get(key, key))
        differs = becomes != fields or key in evidence.moved
        shared = predicted.pop(key, None)
        if differs != (shared is not None):
            yield f"{key}: {fields} → {becomes}, predicted {shared}"
        if shared is None:
            continue
        if (becomes is None) != (shared.edit == "deleted"):
            yield f"{key}: {shared.edit}"
        if becomes is not None:
            names = {name for name in fields if fields[name] != becomes[name]}
            if names != set(shared.fields):
                yield f"{key}: {names} change, predicted {shared.fields}"
        channels = before.signatures.get(key, frozenset()) | after.signatures.get(key, frozenset())
        if set(shared.channels) != channels:
            yield f"{key}: sent by {sorted(channels)}, predicted {shared.channels}"
        named = before.followers.get(key, frozenset()) | after.followers.get(key, frozenset())
        if set(shared.campaigns) != named:
            yield f"{key}: named by {sorted(named)}, predicted {shared.campaigns}"
    yield from (f"{key} is not shared" for key in predicted)

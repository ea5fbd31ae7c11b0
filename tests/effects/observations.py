"""What a sandbox shows of an estate: one value a world, from its HTTP API alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reconciler.kinds.address import identity, name_of
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from tests.effects.client import Client
from tests.effects.estates import CONTACT, CONTACT_EMAIL, CONTACT_PHONE, PHONE, SOCIAL

Place = tuple[str, str, str]
"""A campaign's name, a channel type, and a direction."""
SHARED = ("templates", "dispositions", "statuses", "quality_models", "holidays")
_ASKED = "asked"
"""Marks the customer whom an interaction named, among its reasons."""
_NOT_OF_THE_PLACE = frozenset({"closed", "blacklisted", "user-not-permitted", _ASKED})
_POSTED_EVERY = 8
"""Interactions are posted at each moment of this rank of a walk."""


@dataclass(slots=True)
class Observed:
    """One world. Names are as written; keys of resources are their identity."""

    campaigns: frozenset[str] = frozenset()
    obstacles: dict[Place, frozenset[str]] = field(default_factory=dict)
    """Why no interaction is accepted, apart from hours, the customer and the disposition."""
    staff: dict[Place, bool] = field(default_factory=dict)
    """Whether the user of `Probe.users` may work at a place; only where somebody may."""
    blocked: dict[tuple[str, str, str, str], bool] = field(default_factory=dict)
    """By campaign, channel ("" for none), direction and customer."""
    closed: dict[Place, bool] = field(default_factory=dict)
    """Whether an interaction is refused for the hours; inbound at the moment of observation."""
    offered: dict[str, bool] = field(default_factory=dict)
    """By disposition; those that do not exist are left out."""
    meanings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """The address that a bare name means, by campaign, field and name."""
    signatures: dict[str, frozenset[str]] = field(default_factory=dict)
    """The channels that send a template."""
    followers: dict[str, frozenset[str]] = field(default_factory=dict)
    """The campaigns that name a quality model or a holiday names."""
    shared: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The fields of the resources of all campaigns."""
    agents: dict[str, frozenset[str]] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    """The users of each campaign, by its name."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What to look at, the same before and after a plan."""

    users: Mapping[Place, str]
    """The user whom an interaction names."""
    dispositions: Sequence[tuple[str, str]]
    """A campaign's name, and an address to try in it."""
    names: Sequence[tuple[str, str, str]]
    """A campaign's name, a field and a bare name."""


def open_at(client: Client, moments: Iterable[datetime]) -> dict[datetime, frozenset[str]]:
    """The campaigns that are open at each moment; moves the clock.

    An inbound interaction must be refused as closed exactly when its campaign is not open.
    """
    found = {}
    for rank, moment in enumerate(moments):
        client.clock.set(moment)
        items = client.items("campaigns")
        found[moment] = frozenset(item["name"] for item in items if item["open_now"])
        for item in items if rank % _POSTED_EVERY == 0 else ():
            answer = _post(client, item["name"], True)
            assert (answer.status == 201) == item["open_now"], (moment, item, answer)
    return found


def observe(client: Client, probe: Probe) -> Observed:
    """Everything but opening hours, at the moment of the clock."""
    seen = Observed()
    seen.campaigns = frozenset(item["name"] for item in client.items("campaigns"))
    for campaign in sorted(seen.campaigns):
        _post_everywhere(client, campaign, probe, seen)
    _read_lists(client, seen)
    for campaign, address in probe.dispositions:
        _choose(client, seen, campaign, address)
    for campaign, name, written in probe.names:
        if campaign in seen.campaigns:
            answer = _post(client, campaign, False, **{name: written})
            if answer.status == 201:
                seen.meanings[campaign, name, written] = answer.body[name]
    return seen


def _post(client: Client, campaign: str, inbound: bool, **fields: Any) -> Any:
    return client.call("POST", "interactions", {"campaign": campaign, "inbound": inbound, **fields})


def _post_everywhere(client: Client, campaign: str, probe: Probe, seen: Observed) -> None:
    for channel in CHANNEL_TYPES:
        for direction in ("inbound", "outbound"):
            place = (campaign, channel, direction)
            reasons = _reasons(client, place, SOCIAL.get(channel, PHONE), probe.users.get(place))
            codes = {code for code, _ in reasons}
            seen.obstacles[place] = frozenset(codes - _NOT_OF_THE_PLACE)
            seen.closed[place] = "closed" in codes
            if not codes & {"no-receiver", "no-creator"}:
                seen.staff[place] = "user-not-permitted" not in codes
            if channel in SOCIAL:
                reasons += _reasons(client, place, PHONE, None)
            _note_blocks(seen, place, reasons)
    for direction in ("inbound", "outbound"):
        for customer in (PHONE, *SOCIAL.values()):
            place = (campaign, "", direction)
            _note_blocks(seen, place, _reasons(client, place, customer, None))


def _reasons(
    client: Client, place: Place, customer: str, user: str | None
) -> list[tuple[str, str]]:
    campaign, channel, direction = place
    fields: dict[str, Any] = {"customer": customer, "contact": CONTACT, "user": user}
    if channel:
        fields["channel"] = channel
    answer = _post(client, campaign, direction == "inbound", **fields)
    if answer.status == 201:
        return [(_ASKED, customer)]
    assert answer.status == 409, answer
    listed = [(reason["code"], reason["detail"]) for reason in answer.body["reasons"]]
    return [*listed, (_ASKED, customer)]


def _note_blocks(seen: Observed, place: Place, reasons: Sequence[tuple[str, str]]) -> None:
    asked = {detail for code, detail in reasons if code == _ASKED}
    blocks = " ".join(detail for code, detail in reasons if code == "blacklisted")
    for customer in sorted(asked | {CONTACT_PHONE, CONTACT_EMAIL}):
        seen.blocked[(*place, customer)] = f"blacklist/{customer} " in blocks


def _choose(client: Client, seen: Observed, campaign: str, address: str) -> None:
    if campaign not in seen.campaigns:
        return
    answer = _post(client, campaign, False, disposition=address)
    if answer.status != 422:
        reasons = answer.body.get("reasons", ()) if answer.status == 409 else ()
        codes = {reason["code"] for reason in reasons}
        seen.offered[identity(address)] = "disposition-disabled" not in codes


def _read_lists(client: Client, seen: Observed) -> None:
    for collection in SHARED:
        for item in client.items(collection, "view=usage"):
            usage = item.pop("usage")
            key = identity(item["address"])
            seen.shared[key] = _fields(item)
            referrers = [referrer["address"] for referrer in usage["referrers"]]
            if collection == "templates":
                seen.signatures[key] = frozenset(referrers)
            elif collection == "quality_models":
                seen.followers[key] = frozenset(map(name_of, referrers))
            elif collection == "holidays" and item["campaigns"] != "all":
                seen.followers[key] = frozenset(item["campaigns"])
            elif collection == "statuses":
                seen.agents[key] = frozenset(usage["agents_now"])
    for item in client.items("campaigns/-/statuses", "view=usage"):
        seen.agents[identity(item["address"])] = frozenset(item["usage"]["agents_now"])
    for item in client.items("campaigns/-/templates", "view=usage"):
        referrers = [referrer["address"] for referrer in item["usage"]["referrers"]]
        seen.signatures[identity(item["address"])] = frozenset(referrers)
    for item in client.items("campaigns/-/members"):
        campaign = name_of(item["address"].rpartition("/")[0])
        seen.members[campaign] = frozenset(member["user"] for member in item["members"])


_META = frozenset({"etag", "created_at", "updated_at", "updated_by", "address", "name"})


def _fields(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in _META}

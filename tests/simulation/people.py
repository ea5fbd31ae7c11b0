"""Interactions and agent statuses on a simulated platform."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.kinds.address import Address, child, collection_of, identity, join, name_of
from reconciler.kinds.contact import CONTACT
from reconciler.kinds.values.customers import customer_of_interaction
from tests.simulation.acceptance import Attempt, refusals
from tests.simulation.forms import Refused
from tests.simulation.operations import located
from tests.simulation.rows import Row
from tests.simulation.simulated_platform import Platform
from tests.simulation.traffic import Agent, Interaction

_ORDER = ("dispositions", "templates", "quality_models", "statuses", "contacts")
"""The order in which the platform looks up what an interaction used."""


def interact(
    platform: Platform,
    campaign: str,
    *,
    channel: str | None = None,
    inbound: bool = True,
    customer: str | None = None,
    used: Sequence[str] = (),
    user: str | None = None,
    at: str | None = None,
    open: bool = False,  # noqa: A002
) -> Interaction:
    """Record an interaction that uses the resources `used`. Raises Refused."""
    top = _campaign(platform, campaign).live
    ordered = sorted(
        used, key=lambda address: _ORDER.index(collection_of(address).rpartition("/")[2])
    )
    rows = [_used(platform, top.address, address) for address in ordered]
    if user is not None and identity(user) not in platform.users:
        raise Refused(422, "unknown-reference", f"there is no user '{user}'")
    customers = [] if customer is None else _customer(channel, customer)
    for row in rows:
        fields = row.live.fields
        if row.live.kind is CONTACT:
            customers += [str(fields[name]) for name in ("phone", "email") if fields[name]]
    attempt = Attempt(top, channel, "receive" if inbound else "create", user, customers, rows)
    for code in refusals(platform, attempt, at or platform.now()):
        raise Refused(409, code, f"{top.address} does not accept it")
    interaction = Interaction(
        campaign=name_of(top.address),
        channel=channel,
        user=None if user is None else platform.users[identity(user)],
        at=at or platform.now(),
        open=open,
        used=tuple(row.number for row in rows),
    )
    platform.traffic.interactions.append(interaction)
    return interaction


def take_status(
    platform: Platform, user: str, status: str | None, campaign: str | None = None
) -> None:
    """Put an agent in a status, the campaign's own or a global one; None takes the agent out of
    any. Raises Refused."""
    name = platform.users.get(identity(user))
    if name is None:
        raise Refused(404, "not-found", f"there is no user '{user}'")
    top = None if campaign is None else _campaign(platform, campaign).live.address
    row = None if status is None else _status(platform, status, top)
    platform.traffic.agents.pop(name, None)
    if row is not None:
        agent = Agent(row.number, None if top is None else name_of(top))
        platform.traffic.agents[name] = agent


def _campaign(platform: Platform, name: str) -> Row:
    row = platform.find(join("campaigns", name))
    if row is None:
        raise Refused(422, "unknown-reference", f"there is no campaign '{name}'")
    return row


def _status(platform: Platform, name: str, campaign: Address | None) -> Row:
    own = () if campaign is None else (child(campaign, "statuses", name),)
    for address in (*own, join("statuses", name)):
        row = platform.find(address)
        if row is not None:
            return row
    raise Refused(422, "unknown-reference", f"there is no status '{name}'")


def _looked_up(address: str) -> int:
    return _ORDER.index(collection_of(address).rpartition("/")[2])


def _used(platform: Platform, campaign: Address, address: str) -> Row:
    try:
        row = located(platform, address)
    except Refused as no:
        raise Refused(422, "unknown-reference", no.detail) from no
    if row.owner and identity(row.owner) != identity(name_of(campaign)):
        raise Refused(422, "other-campaign", f"{address} is not for {campaign}")
    return row


def _customer(channel: str | None, customer: str) -> list[str]:
    try:
        name = customer_of_interaction(channel or "webchat", customer)
    except ValueError as error:
        raise Refused(422, "invalid", f"customer: {error}") from error
    return [] if name is None else [name]

"""Interactions and agent statuses on a simulated platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.kinds.address import Address, child, identity, join, name_of
from reconciler.kinds.values.customers import customer_of_interaction
from tests.simulation.forms import Refused
from tests.simulation.operations import located
from tests.simulation.rows import Row
from tests.simulation.simulated_platform import Platform
from tests.simulation.traffic import Agent, Interaction


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
    if not top.fields["enabled"]:
        raise Refused(409, "campaign-disabled", f"{top.address} is disabled")
    if channel is not None:
        _check_door(platform, top.address, channel, customer, inbound=inbound)
    rows = [_used(platform, address) for address in used]
    if user is not None and identity(user) not in platform.users:
        raise Refused(422, "unknown-reference", f"there is no user '{user}'")
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


def _used(platform: Platform, address: str) -> Row:
    try:
        return located(platform, address)
    except Refused as no:
        raise Refused(422, "unknown-reference", no.detail) from no


def _check_door(
    platform: Platform, campaign: Address, channel: str, customer: str | None, *, inbound: bool
) -> None:
    row = platform.find(child(campaign, "channels", channel))
    if row is None or not row.live.fields["enabled"]:
        raise Refused(409, "channel-disabled", f"{campaign}/channels/{channel} is disabled")
    if customer is None or not row.live.fields["block_inbound" if inbound else "block_outbound"]:
        return
    for address in _blocks(campaign, channel, customer):
        if platform.find(address) is not None:
            raise Refused(409, "blacklisted", f"{address} forbids it")


def _blocks(campaign: Address, channel: str, customer: str) -> Iterator[Address]:
    try:
        name = customer_of_interaction(channel, customer)
    except ValueError as error:
        raise Refused(422, "invalid", f"customer: {error}") from error
    if name is not None:
        yield join("blacklist", name)
        yield child(campaign, "blacklist", name)

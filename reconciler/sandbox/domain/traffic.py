"""Traffic: interactions and agent statuses, which create usage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from sqlalchemy import delete, func, insert, select

from reconciler.kinds.address import child, join, name_of
from reconciler.kinds.values.channel_types import ChannelType
from reconciler.kinds.values.customers import customer_of_interaction
from reconciler.kinds.values.refusal import full_message
from reconciler.sandbox.clock import moment_of, stamp
from reconciler.sandbox.domain.acceptance import Attempt, check_accepted
from reconciler.sandbox.domain.rules import field_errors
from reconciler.sandbox.problems import Refusal, invalid_field, not_found
from reconciler.sandbox.store.lookup import lookup_address, placed
from reconciler.sandbox.store.paging import PageRequest, page_body
from reconciler.sandbox.store.session import Session, Stored
from reconciler.sandbox.store.tables import AGENTS, INTERACTIONS, USES

REFERENCE_FIELDS = ("disposition", "template", "quality_model", "status", "contact")
"""The fields of an interaction that contain the address of a used resource."""


class Interaction(BaseModel):
    """One interaction. It names the resources it used by address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    campaign: str
    channel: ChannelType | None = None
    inbound: bool = True
    user: str | None = None
    customer: str | None = None
    disposition: str | None = None
    template: str | None = None
    quality_model: str | None = None
    status: str | None = None
    contact: str | None = None
    at: str | None = None
    open: bool = False


def record_interaction(session: Session, body: Mapping[str, JsonValue]) -> bytes:
    """Record an interaction. Raises 422 for unknown names, 409 if the campaign does not accept it.

    It is accepted by the state now, and by the opening hours at its time.
    """
    given = _parsed(body)
    campaign = session.find(join("campaigns", given.campaign))
    if campaign is None:
        raise invalid_field("campaign", f"the campaign '{given.campaign}' does not exist", _UNKNOWN)
    used = {name: _used(session, campaign, name, getattr(given, name)) for name in REFERENCE_FIELDS}
    user = _user(session, given.user) if given.user is not None else None
    at = session.now if given.at is None else _at(given.at)
    check_accepted(
        session,
        Attempt(
            campaign,
            given.channel,
            given.inbound,
            user,
            tuple(_customers(given, used["contact"])),
            used["disposition"],
            moment_of(at),
        ),
    )
    seq = (session.connection.execute(select(func.max(INTERACTIONS.c.seq))).scalar() or 0) + 1
    item: dict[str, Any] = {
        "id": seq,
        **given.model_dump(),
        **{name: stored.address for name, stored in used.items() if stored},
        "campaign": name_of(campaign.address),
        "user": user,
        "at": at,
    }
    insert_interactions(session, [(item, [stored.seq for stored in used.values() if stored])])
    return orjson.dumps(item)


_UNKNOWN = "unknown-reference"


def insert_interactions(session: Session, items: list[tuple[dict[str, Any], list[int]]]) -> None:
    """Insert interactions, each with the sequence numbers of the resources it used."""
    rows: list[dict[str, Any]] = []
    uses: list[dict[str, Any]] = []
    for item, used in items:
        shared = {"campaign": item["campaign"], "at": item["at"], "open": item["open"]}
        rows.append(
            {
                **shared,
                "seq": item["id"],
                "channel": item["channel"],
                "user": item["user"],
                "body": orjson.dumps(item),
            }
        )
        uses.extend({**shared, "resource": seq} for seq in used)
    if rows:
        session.connection.execute(insert(INTERACTIONS), rows)
    if uses:
        session.connection.execute(insert(USES), uses)


def _parsed(body: Mapping[str, JsonValue]) -> Interaction:
    try:
        return Interaction.model_validate(body)
    except ValidationError as error:
        raise field_errors(error) from error


def _customers(given: Interaction, contact: Stored | None) -> Iterator[str]:
    """The customers of an interaction: its own, and the phone and the e-mail of its contact."""
    if given.customer is not None:
        try:
            customer = customer_of_interaction(given.channel or _ANONYMOUS, given.customer)
        except ValueError as error:
            raise invalid_field("customer", full_message(error)) from error
        if customer is not None:
            yield customer
    if contact is not None:
        document = contact.document()
        yield from (document[name] for name in ("phone", "email") if document[name])


def _used(session: Session, campaign: Stored, field: str, written: str | None) -> Stored | None:
    """The resource that an interaction used, from its address or from a bare name."""
    if written is None:
        return None
    own, everywhere = _candidates(campaign, field, written)
    stored = session.find(own) or session.find(everywhere)
    if stored is None:
        raise invalid_field(field, f"{written} does not exist", _UNKNOWN)
    if stored.campaign is not None and stored.campaign != name_of(campaign.address):
        message = f"{stored.address} belongs to another campaign"
        raise invalid_field(field, message, "other-campaign")
    return stored


def _candidates(campaign: Stored, field: str, written: str) -> tuple[str, str]:
    """Where to look: at an address; for a bare name, in the campaign and then in all campaigns."""
    try:
        address = lookup_address(placed(written))
    except Refusal as malformed:
        collection = _COLLECTIONS.get(field)
        if collection is None:
            raise invalid_field(field, malformed.detail, _UNKNOWN) from malformed
        return f"{campaign.address}/{collection}/{written}", f"{collection}/{written}"
    return address, address


_ANONYMOUS = "webchat"
"""Without a channel a customer can be anonymous, as a webchat visitor."""

_COLLECTIONS = {"disposition": "dispositions", "template": "templates", "status": "statuses"}
"""The collections of resources that a campaign's own resource of the same name replaces."""


def _user(session: Session, name: str) -> str:
    stored = session.find(join("users", name))
    if stored is None:
        raise invalid_field("user", f"the user '{name}' does not exist", _UNKNOWN)
    known: str = stored.document()["name"]
    return known


def _at(text: str) -> str:
    try:
        return stamp(moment_of(text))
    except ValueError as error:
        raise invalid_field("at", full_message(error)) from error


def list_interactions(
    session: Session, page: PageRequest, *, campaign: str | None, since: str | None
) -> bytes:
    """A page of interactions as JSON, newest first. Raises 404 for an unknown campaign."""
    where = []
    if campaign is not None:
        stored = session.find(join("campaigns", campaign))
        if stored is None:
            raise not_found(join("campaigns", campaign))
        where.append(INTERACTIONS.c.campaign == name_of(stored.address))
    if since is not None:
        where.append(INTERACTIONS.c.at >= since)
    total = session.connection.execute(
        select(func.count()).select_from(INTERACTIONS).where(*where)
    ).scalar_one()
    if page.after is not None:
        where.append(INTERACTIONS.c.seq < page.after)
    query = select(INTERACTIONS.c.seq, INTERACTIONS.c.body).where(*where)
    query = query.order_by(INTERACTIONS.c.seq.desc()).limit(page.size + 1)
    return page_body([(row[0], row[1]) for row in session.connection.execute(query)], page, total)


def set_agent_status(session: Session, written: str, body: Mapping[str, JsonValue]) -> bytes:
    """Set an agent's status, preferring their campaign's own; null removes it."""
    agent = session.find(join("users", written))
    if agent is None:
        raise not_found(join("users", written))
    user: str = agent.document()["name"]
    unknown = sorted(set(body) - {"status", "campaign"})
    if unknown or "status" not in body:
        raise invalid_field(
            "status", 'the body must be {"status": name or null, "campaign": optional}'
        )
    campaign = _agent_campaign(session, body.get("campaign"))
    status = body["status"]
    found: Stored | None = None
    if status is not None:
        found = _status(session, str(status), campaign)
    item = {
        "user": user,
        "status": found.address if found else None,
        "campaign": name_of(campaign.address) if campaign else None,
        "since": session.now,
    }
    session.connection.execute(delete(AGENTS).where(AGENTS.c.user == user))
    if found:
        insert_agents(session, [(item, found.seq)])
    return orjson.dumps(item)


def insert_agents(session: Session, agents: list[tuple[dict[str, Any], int]]) -> None:
    """Insert agents, each with the sequence number of their status."""
    rows = [
        {
            "user": item["user"],
            "status": seq,
            "campaign": item["campaign"],
            "body": orjson.dumps(item),
        }
        for item, seq in agents
    ]
    if rows:
        session.connection.execute(insert(AGENTS), rows)


def _agent_campaign(session: Session, name: JsonValue) -> Stored | None:
    if name is None:
        return None
    stored = session.find(join("campaigns", str(name)))
    if stored is None:
        raise invalid_field("campaign", f"the campaign '{name}' does not exist", _UNKNOWN)
    return stored


def _status(session: Session, name: str, campaign: Stored | None) -> Stored:
    nearest = [child(campaign.address, "statuses", name)] if campaign else []
    for address in (*nearest, join("statuses", name)):
        stored = session.find(address)
        if stored is not None:
            return stored
    raise invalid_field("status", f"the status '{name}' does not exist", _UNKNOWN)

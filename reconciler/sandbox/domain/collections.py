"""Collections: pages of resources in creation order, with one ETag per list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import ColumnElement, func, select

from reconciler.kinds.address import identity, join
from reconciler.kinds.base import Life, Scope
from reconciler.kinds.registry import KINDS
from reconciler.sandbox.domain.computed_fields import rendered_campaigns
from reconciler.sandbox.domain.usage import usage_of
from reconciler.sandbox.problems import bad_request, not_found
from reconciler.sandbox.store.paging import PageRequest, page_body
from reconciler.sandbox.store.session import Session, list_keys
from reconciler.sandbox.store.tables import RESOURCES

DIRECTORY = ("users", "connectors", "forms")
_ALL_CAMPAIGNS = "-"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its collection, and the requested campaign name if it covers one campaign."""

    collection: str
    section: str
    campaign: str | None = None


def listing_of(names: tuple[str, ...]) -> Listing | None:
    """The list at a path, or None."""
    if len(names) == 1:
        return _global(names[0])
    if len(names) == 3 and names[0] == "campaigns":
        return _of_campaigns(names[1], names[2])
    return None


def _global(collection: str) -> Listing | None:
    if collection in DIRECTORY:
        return Listing(collection, "campaigns")
    kind = KINDS.of_collection(collection)
    if kind is None or kind.scope is Scope.CAMPAIGN:
        return None
    return Listing(collection, kind.permission_section)


def _of_campaigns(written: str, collection: str) -> Listing | None:
    kind = KINDS.of_collection(collection)
    if kind is None or kind.scope is Scope.GLOBAL:
        return None
    campaign = None if written == _ALL_CAMPAIGNS else written
    if campaign is not None and kind.life is Life.ORDERED_LIST:
        return None
    return Listing(f"campaigns/-/{kind.collection}", kind.permission_section, campaign)


def campaign_name(session: Session, written: str) -> str:
    """The stored spelling of a campaign's name. Raises 404."""
    address = join("campaigns", written)
    stored = session.find(address)
    if stored is None:
        raise not_found(address)
    name: str = stored.document()["name"]
    return name


def etag_of(session: Session, listing: Listing, lineage: str) -> str:
    """The list's ETag: its revision in this sandbox."""
    campaign = None if listing.campaign is None else campaign_name(session, listing.campaign)
    key = list_keys(listing.collection, campaign)[-1]
    return f'"{lineage}-{session.revision(key)}"'


def page(
    session: Session, listing: Listing, wanted: PageRequest, query: Mapping[str, str]
) -> bytes:
    """A page as JSON. Raises 404 for an unknown campaign, 400 for an unknown view."""
    view = query.get("view")
    if view not in (None, "usage"):
        raise bad_request("bad-view", f"unknown view '{view}': the only view is usage")
    where: list[ColumnElement[bool]] = [RESOURCES.c.collection == listing.collection]
    if listing.campaign is not None:
        where.append(RESOURCES.c.campaign == campaign_name(session, listing.campaign))
    if query.get("search"):
        where.append(RESOURCES.c.search.contains(identity(query["search"]), autoescape=True))
    total = session.connection.execute(
        select(func.count()).select_from(RESOURCES).where(*where)
    ).scalar_one()
    if wanted.after is not None:
        where.append(RESOURCES.c.seq > wanted.after)
    with_usage = view == "usage" and listing.collection not in DIRECTORY
    if listing.collection != "campaigns" and not with_usage:
        slim = select(RESOURCES.c.seq, RESOURCES.c.body).where(*where).order_by(RESOURCES.c.seq)
        pairs = [
            (row[0], row[1]) for row in session.connection.execute(slim.limit(wanted.size + 1))
        ]
        return page_body(pairs, wanted, total)
    rows = session.rows(*where, limit=wanted.size + 1)
    bodies = [stored.body for stored in rows]
    if listing.collection == "campaigns":
        bodies = rendered_campaigns(session, rows)
    if with_usage:
        usage = usage_of(session, rows)
        bodies = [
            body[:-1] + b',"usage":' + orjson.dumps(usage[stored.address]) + b"}"
            for stored, body in zip(rows, bodies, strict=True)
        ]
    return page_body(
        [(stored.seq, body) for stored, body in zip(rows, bodies, strict=True)], wanted, total
    )

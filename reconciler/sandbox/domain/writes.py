"""Writes to one resource: create, patch, put, rename.

Every check runs before the first write, so a refusal changes nothing.
"""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import JsonValue

from reconciler.kinds.address import Address, encode, identity, name_of, parent_of
from reconciler.kinds.base import Fields, Kind, Life, Renaming
from reconciler.kinds.registry import KINDS, AddressParts, address_of
from reconciler.sandbox.domain import rules
from reconciler.sandbox.problems import Refusal, not_allowed
from reconciler.sandbox.store import audit
from reconciler.sandbox.store.documents import etag_of, fields_of, kind_of, merged, row_of, size_of
from reconciler.sandbox.store.lookup import already_exists, clean_name, vacant
from reconciler.sandbox.store.session import Session, Stored


def create(session: Session, place: AddressParts, body: Fields) -> Stored:
    """Create a resource; a campaign also gets its channels and an empty member list."""
    kind = place.kind
    if kind.life is not Life.ENTRY:
        raise not_allowed(
            f"a {kind.noun} is created and deleted with its campaign: configure it with PATCH",
            "GET",
            "PATCH",
            code="not-creatable",
        )
    spot = vacant(session, place)
    given = merged({}, body, kind.replaced_whole)  # null means "not given", as in a patch
    fields = rules.complete(kind, spot.address, given if isinstance(given, dict) else {})
    rules.check_references(session, kind, spot.address, fields)
    stored, *_ = session.insert(
        [
            _new_row(session, kind, spot.address, spot.campaign, fields),
            *(_campaign_parts(session, spot.address) if kind.holds_resources else ()),
        ]
    )
    session.add_links([(stored.seq, link) for link in rules.links_of(kind, spot.address, fields)])
    audit.record(session, kind, spot.address, before=None, after=fields)
    return stored


def _new_row(
    session: Session, kind: Kind, address: Address, campaign: str | None, fields: Fields
) -> dict[str, Any]:
    now = session.now
    return row_of(kind, address, campaign, fields, created=now, updated=now, by=session.user)


def _campaign_parts(session: Session, campaign: Address) -> list[dict[str, Any]]:
    name = name_of(campaign)
    return [
        _new_row(session, kind, address, name, kind.with_defaults(address, {}))
        for kind, address in campaign_parts(name)
    ]


def campaign_parts(campaign: str) -> list[tuple[Kind, Address]]:
    """The channels and member list that exist as long as their campaign."""
    return [
        (kind, address_of(kind, campaign, *filter(None, [name])))
        for kind in KINDS
        if kind.life is not Life.ENTRY
        for name in kind.bodies
    ]


def patch(session: Session, stored: Stored, body: Fields, if_match: str | None) -> Stored:
    """Apply a JSON Merge Patch to the fields."""
    kind = kind_of(stored)
    document = stored.document()
    rules.check_match(stored, document["etag"], if_match)
    if not kind.field_names(stored.address):
        raise not_allowed(
            f"a {kind.noun} has no editable fields: create or delete it",
            "GET",
            "POST",
            "DELETE",
            code="not-editable",
        )
    wanted = merged(fields_of(kind, document), body, kind.replaced_whole)
    return _replace(session, stored, document, wanted)


def put(session: Session, stored: Stored, body: Fields, if_match: str | None) -> Stored:
    """Replace a whole ordered list."""
    kind = kind_of(stored)
    if kind.life is not Life.ORDERED_LIST:
        raise not_allowed(
            f"PUT is only for ordered lists: use PATCH for a {kind.noun}", "GET", "PATCH"
        )
    document = stored.document()
    rules.check_match(stored, document["etag"], if_match)
    return _replace(session, stored, document, body)


def _replace(
    session: Session, stored: Stored, document: dict[str, Any], wanted: JsonValue
) -> Stored:
    kind = kind_of(stored)
    fields = rules.complete(kind, stored.address, wanted if isinstance(wanted, dict) else {})
    rules.check_immutable(kind, fields_of(kind, document), fields)
    rules.check_references(session, kind, stored.address, fields)
    return write_fields(session, stored, document, fields)


def write_fields(
    session: Session, stored: Stored, document: dict[str, Any], fields: Fields
) -> Stored:
    """Write checked fields; equal fields change nothing."""
    kind = kind_of(stored)
    before = fields_of(kind, document)
    if before == fields:
        return stored
    changed = {
        **document,
        **fields,
        "etag": etag_of(fields),
        "updated_at": session.now,
        "updated_by": session.user,
    }
    links = rules.links_of(kind, stored.address, fields)
    if links != rules.links_of(kind, stored.address, before):
        session.link(stored.seq, links)
    audit.record(session, kind, stored.address, before=before, after=fields)
    return session.update(stored, size=size_of(kind, fields), body=orjson.dumps(changed))


def rename(session: Session, stored: Stored, given: Fields, if_match: str | None) -> Stored:
    """Rename a resource in place; its descendants move with it."""
    kind = kind_of(stored)
    document = stored.document()
    rules.check_match(stored, document["etag"], if_match)
    if kind.renaming is not Renaming.IN_PLACE:
        raise Refusal(422, "not-renamable", f"a {kind.noun} cannot be renamed")
    name = given.get("name")
    if not isinstance(name, str) or len(given) != 1:
        raise Refusal(422, "invalid", 'the body of a rename must be {"name": "<new name>"}')
    name = clean_name(kind, name)
    if name == name_of(stored.address):
        return stored
    address = Address(f"{parent_of(stored.address)}/{encode(name)}")
    twin = session.find(address)
    if twin is not None and identity(address) != identity(stored.address):
        raise already_exists(twin.address)
    moves = [
        (
            stored,
            address,
            orjson.dumps(
                {
                    **document,
                    "address": address,
                    kind.identity: name,
                    "updated_at": session.now,
                    "updated_by": session.user,
                }
            ),
        )
    ]
    for descendant in session.below(stored.address):
        moved = Address(address + descendant.address[len(stored.address) :])
        body = orjson.dumps({**descendant.document(), "address": moved})
        moves.append((descendant, moved, body))
    session.move(moves)
    change = {"path": kind.identity, "before": name_of(stored.address), "after": name}
    for resource, moved, _ in moves:
        changes = [change] if resource is stored else []
        audit.record_move(session, moved, resource.address, changes)
    renamed = session.find(address)
    assert renamed is not None  # noqa: S101  moved there above
    return renamed

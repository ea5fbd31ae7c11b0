"""From an address somebody sent to the resource it means, or the place one would take."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.kinds.address import Address, child, join, parent_of
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import AddressParts, address_of, parse_address
from reconciler.sandbox.domain import rules
from reconciler.sandbox.problems import Refusal, not_found
from reconciler.sandbox.store.session import Session, Stored


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a resource is to be: its address spelled as its parents are."""

    kind: Kind
    address: Address
    campaign: str | None


def placed(address: str) -> AddressParts:
    """Take an address apart. Raises 404 for what is none."""
    try:
        return parse_address(address)
    except ValueError as error:
        raise Refusal(404, "not-found", str(error)) from error


def lookup_address(place: AddressParts) -> Address:
    """The address to look up: customers are found however they are written."""
    if not place.kind.is_personal:
        return address_of(place.kind, place.campaign, *place.names)
    try:
        name = place.kind.clean_identity(place.names[0])
    except ValueError:
        name = place.names[0]
    return address_of(place.kind, place.campaign, name)


def located(session: Session, address: str) -> Stored:
    """The resource an address means. Raises 404."""
    stored = session.find(lookup_address(placed(address)))
    if stored is None:
        raise not_found(address)
    return stored


def vacant(session: Session, place: AddressParts) -> Spot:
    """The place a new resource takes. Raises 404 without its parent, 409 when taken."""
    kind = place.kind
    campaign: str | None = None
    parent = kind.collection
    if place.campaign is not None:
        owner = _parent(session, join("campaigns", place.campaign))
        campaign = owner.document()["name"]
        parent = child(owner.address, kind.collection)
    if len(place.names) > 1:
        upper = parent_of(address_of(kind, place.campaign, *place.names))
        parent = _parent(session, upper).address
    address = child(parent, rules.clean_name(kind, place.names[-1]))
    taken = session.find(address)
    if taken is not None:
        raise already_exists(taken.address)
    return Spot(kind, address, campaign)


def already_exists(address: str) -> Refusal:
    """Something of that name is there."""
    return Refusal(409, "already-exists", f"{address} exists already", extra={"address": address})


def _parent(session: Session, address: str) -> Stored:
    stored = session.find(address)
    if stored is None:
        raise Refusal(404, "parent-not-found", f"there is no {address}", extra={"parent": address})
    return stored

"""Finds the resource for an address from a request, or the free address for a new one."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.kinds.address import Address, child, join, parent_of
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import AddressParts, address_of, parse_address
from reconciler.kinds.values.refusal import full_message
from reconciler.sandbox.problems import Refusal, invalid_field, not_found
from reconciler.sandbox.store.session import Session, Stored


@dataclass(frozen=True, slots=True)
class Spot:
    """Where to create a resource: its address, with its parents spelled as stored."""

    kind: Kind
    address: Address
    campaign: str | None


def placed(address: str) -> AddressParts:
    """Parse an address. Raises 404 for an invalid one."""
    try:
        return parse_address(address)
    except ValueError as error:
        raise Refusal(404, "not-found", full_message(error)) from error


def clean_name(kind: Kind, name: str) -> str:
    """A new resource's name in normal form. Raises 422."""
    try:
        return kind.clean_identity(name)
    except ValueError as error:
        raise invalid_field(kind.identity, full_message(error)) from error


def lookup_address(place: AddressParts) -> Address:
    """The address to look up, with a customer in normal form."""
    if not place.kind.is_personal:
        return address_of(place.kind, place.campaign, *place.names)
    try:
        name = place.kind.clean_identity(place.names[0])
    except ValueError:
        name = place.names[0]
    return address_of(place.kind, place.campaign, name)


def located(session: Session, address: str) -> Stored:
    """The resource at an address. Raises 404."""
    stored = session.find(lookup_address(placed(address)))
    if stored is None:
        raise not_found(address)
    return stored


def vacant(session: Session, place: AddressParts) -> Spot:
    """The free address for a new resource. Raises 404 without its parent, 409 when it exists."""
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
    address = child(parent, clean_name(kind, place.names[-1]))
    taken = session.find(address)
    if taken is not None:
        raise already_exists(taken.address)
    return Spot(kind, address, campaign)


def already_exists(address: str) -> Refusal:
    """The 409 for an address that is taken."""
    return Refusal(409, "already-exists", f"{address} already exists", extra={"address": address})


def _parent(session: Session, address: str) -> Stored:
    stored = session.find(address)
    if stored is None:
        raise Refusal(
            404, "parent-not-found", f"{address} does not exist", extra={"parent": address}
        )
    return stored

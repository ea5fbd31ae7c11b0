"""An example of each kind that can be created: a valid address and the required fields."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields, Kind, Life, Scope
from reconciler.kinds.registry import KINDS, address_of

REQUIRED_FIELDS: Mapping[str, Fields] = {
    "Holiday": {"date": "2026-12-25", "campaigns": "all"},
    "Template": {"type": "text", "content": "Hello"},
    "Contact": {"contact_name": "Ana", "email": "ana@example.com"},
}
"""By kind; a kind without required fields is left out."""
_NAMES = {"BlacklistEntry": "ana@example.com"}

CREATED_KINDS = tuple(kind for kind in KINDS if kind.life is Life.ENTRY)


def example_address(kind: Kind) -> Address:
    campaign = "Sales" if kind.scope is Scope.CAMPAIGN else None
    return address_of(kind, campaign, _NAMES.get(kind.name, "Example"))


def required_fields(kind: Kind) -> Fields:
    return dict(REQUIRED_FIELDS.get(kind.name, {}))

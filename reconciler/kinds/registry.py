"""All kinds, found by name, by collection, or by address.

`KINDS` is in dependency order: a kind refers only to earlier kinds, and belongs only to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.kinds.address import (
    CAMPAIGNS,
    Address,
    campaign_of,
    child,
    collection_of,
    is_campaign,
    join,
    parent_of,
    split,
)
from reconciler.kinds.base import Kind, Life, Scope
from reconciler.kinds.blacklist_entry import BLACKLIST_ENTRY
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.contact import CONTACT
from reconciler.kinds.disposition import DISPOSITION
from reconciler.kinds.holiday import HOLIDAY
from reconciler.kinds.members import MEMBERS
from reconciler.kinds.quality_model import QUALITY_MODEL
from reconciler.kinds.status import STATUS
from reconciler.kinds.template import TEMPLATE
from reconciler.message import Argument, FreeText, Message, Place, Quoted
from reconciler.text import counted


class Registry:
    """Kinds by name and by collection. Each name and collection can be registered once."""

    def __init__(self, *kinds: Kind) -> None:
        self._by_name: dict[str, Kind] = {}
        self._by_collection: dict[str, Kind] = {}
        for kind in kinds:
            if kind.name in self._by_name or kind.collection in self._by_collection:
                raise ValueError(f"{kind.name} ({kind.collection}) is registered twice")
            self._by_name[kind.name] = kind
            self._by_collection[kind.collection] = kind

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Kind:
        """The kind of a name that is known to be registered, such as a change's."""
        return self._by_name[name]

    def named(self, name: str) -> Kind | None:
        """The kind with this name in `kind:` of a manifest."""
        return self._by_name.get(name)

    def of_collection(self, collection: str) -> Kind | None:
        """The kind of the resources in a collection."""
        return self._by_collection.get(collection)

    def of_address(self, address: str) -> Kind | None:
        """The kind of the resource, or of the collection, at an address."""
        return self._by_collection.get(collection_of(address).rpartition("/")[2])

    @property
    def nested(self) -> tuple[Kind, ...]:
        """The kinds that a campaign's document may declare, under their collection's name."""
        return tuple(k for k in self if k.scope is not Scope.GLOBAL and not k.is_personal)

    def counted(self, counts: Mapping[str, int]) -> list[str]:
        """`3 campaigns`, `1 holiday`, in the order of registration, from counts by kind name."""
        return [
            counted(counts[kind.name], kind.noun, kind.plural)
            for kind in self
            if counts.get(kind.name)
        ]


KINDS = Registry(
    QUALITY_MODEL,
    CAMPAIGN,
    STATUS,
    TEMPLATE,
    DISPOSITION,
    CHANNEL,
    MEMBERS,
    HOLIDAY,
    BLACKLIST_ENTRY,
    CONTACT,
)


@dataclass(frozen=True, slots=True)
class AddressParts:
    """The parts of an address: kind, campaign (None for global), and the resource's own names.

    `names` is one name, the levels of a tree, or empty for a campaign's member list.
    """

    kind: Kind
    campaign: str | None
    names: tuple[str, ...]


def parse_address(address: str) -> AddressParts:
    """The parts of an address. Raises ValueError with the reason."""
    names = split(address)
    if not all(names):
        raise ValueError(f"'{address}' is not a valid address: it has an empty part")
    if names[0] == CAMPAIGNS and len(names) >= 3:
        return _place_in(address, names[2], names[1], names[3:])
    return _place_in(address, names[0], None, names[1:])


def _place_in(
    address: str, collection: str, campaign: str | None, names: tuple[str, ...]
) -> AddressParts:
    kind = KINDS.of_collection(collection)
    if kind is None and campaign is not None:
        known = ", ".join(k.collection for k in KINDS if k.scope is not Scope.GLOBAL)
        raise ValueError(
            f"'{address}' is not a valid address: a campaign has {known}; write %2F for a / in it"
        )
    if kind is None:
        known = ", ".join(k.collection for k in KINDS)
        raise ValueError(f"'{address}' is not a valid address: it must begin with one of {known}")
    is_wrong_scope = kind.scope is (Scope.GLOBAL if campaign else Scope.CAMPAIGN)
    wanted = 0 if kind.life is Life.ORDERED_LIST else 1
    if is_wrong_scope or len(names) < wanted or (len(names) > wanted and not kind.is_tree):
        raise ValueError(f"'{address}' is not a valid address of a {kind.noun}")
    if kind.life is Life.FIXED and names[0] not in kind.bodies:
        raise ValueError(f"'{names[0]}' is not a {kind.noun}: there are {', '.join(kind.bodies)}")
    return AddressParts(kind, campaign, names)


def address_of(kind: Kind, campaign: str | None, *names: str) -> Address:
    """The address of a resource from its parts; the inverse of `parse_address`."""
    if campaign is None:
        return join(kind.collection, *names)
    return join(CAMPAIGNS, campaign, kind.collection, *names)


def is_personal(address: str) -> bool:
    """Whether the address itself names a customer or a contact; a collection names none."""
    kind = KINDS.of_address(address)
    return kind is not None and kind.is_personal and address != collection_of(address)


def has_customers(address: str) -> bool:
    """Whether it is the address of a customer, of a contact, or of a collection of them."""
    kind = KINDS.of_address(address) if address else None
    return kind is not None and kind.is_personal


def place(address: str) -> Place:
    """The address as the argument of a message."""
    return Place(address, is_personal(address))


def quote(text: str, about: str = "") -> Quoted:
    """Text of somebody else as the argument of a message; `about` is the address it is about."""
    return Quoted(text, has_customers(about))


def about(message: Message, address: str) -> Message:
    """The message, whose texts of others are about customers if the address is."""

    def marked(argument: Argument) -> Argument:
        if isinstance(argument, Quoted | FreeText):
            return replace(argument, is_about_customers=True)
        return argument

    return message.with_arguments(marked) if has_customers(address) else message


def parent_resource(address: str) -> str:
    """The address of the campaign or upper level that a resource is in; "" at the top."""
    if parent_of(address) in ("", collection_of(address)) or address == collection_of(address):
        return campaign_of(address) or ""
    return parent_of(address)


def lists_below(address: str) -> tuple[Address, ...]:
    """The lists that belong to a resource: a campaign's own collections; none for other kinds."""
    if not is_campaign(address):
        return ()
    own = (kind for kind in KINDS if kind.scope is not Scope.GLOBAL)
    return tuple(child(address, kind.collection) for kind in own)

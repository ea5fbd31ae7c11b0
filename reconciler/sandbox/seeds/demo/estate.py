"""Converts an estate grouped by campaign into a seed's flat list of resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds.address import Address, child, join

Resource = dict[str, Any]

_OWN = ("channels", "members", "dispositions", "statuses", "templates")


def campaign(document: Mapping[str, Any]) -> Iterator[Resource]:
    """A campaign and its channels, members and other resources."""
    address = join("campaigns", document["name"])
    fields = {key: value for key, value in document.items() if key not in (*_OWN, "name")}
    yield {"address": address, **fields}
    for channel, settings in document.get("channels", {}).items():
        yield {"address": child(address, "channels", channel), **settings}
    members = [_member(member) for member in document.get("members", ())]
    yield {"address": child(address, "members"), "members": members}
    yield from levels(child(address, "dispositions"), document.get("dispositions", ()))
    for collection in ("statuses", "templates"):
        yield from named(child(address, collection), document.get(collection, ()))


def _member(member: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"user": member} if isinstance(member, str) else member


def levels(parent: Address, listed: Sequence[Any]) -> Iterator[Resource]:
    """The dispositions below an address; a plain string is a level with defaults."""
    for level in listed:
        document = {"name": level} if isinstance(level, str) else level
        address = child(parent, document["name"])
        fields = {key: value for key, value in document.items() if key not in ("name", "levels")}
        yield {"address": address, **fields}
        yield from levels(address, document.get("levels", ()))


def named(collection: Address, listed: Sequence[Mapping[str, Any]]) -> Iterator[Resource]:
    """The resources of a collection, from documents with a `name`."""
    for document in listed:
        fields = {key: value for key, value in document.items() if key != "name"}
        yield {"address": child(collection, document["name"]), **fields}


def resource_address(campaign_name: str | None, collection: str, name: str) -> Address:
    """The address of a global resource, or of a campaign's."""
    if campaign_name is None:
        return join(collection, name)
    return join("campaigns", campaign_name, collection, name)


def contact(document: Mapping[str, Any]) -> Resource:
    """A contact, global or a campaign's."""
    key = document.get("key") or document.get("phone") or document["email"]
    fields = {name: value for name, value in document.items() if name not in ("campaign", "key")}
    return {"address": resource_address(document.get("campaign"), "contacts", key), **fields}

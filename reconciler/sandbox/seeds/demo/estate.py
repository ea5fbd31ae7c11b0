"""From an estate written down by campaign to a seed's flat list of resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds.address import Address, child, join

Resource = dict[str, Any]

_OWN = ("channels", "members", "dispositions", "statuses", "templates")


def campaign(document: Mapping[str, Any]) -> Iterator[Resource]:
    """A campaign and everything of its own."""
    address = join("campaigns", document["name"])
    fields = {key: value for key, value in document.items() if key not in (*_OWN, "name")}
    yield {"address": address, **fields}
    for channel, settings in document.get("channels", {}).items():
        yield {"address": child(address, "channels", channel), **settings}
    members = [_member(one) for one in document.get("members", ())]
    yield {"address": child(address, "members"), "members": members}
    yield from levels(child(address, "dispositions"), document.get("dispositions", ()))
    for collection in ("statuses", "templates"):
        yield from named(child(address, collection), document.get(collection, ()))


def _member(one: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return {"user": one} if isinstance(one, str) else one


def levels(parent: Address, listed: Sequence[Any]) -> Iterator[Resource]:
    """A tree of dispositions below an address; a plain text is a level with defaults."""
    for one in listed:
        document = {"name": one} if isinstance(one, str) else one
        address = child(parent, document["name"])
        fields = {key: value for key, value in document.items() if key not in ("name", "levels")}
        yield {"address": address, **fields}
        yield from levels(address, document.get("levels", ()))


def named(collection: Address, listed: Sequence[Mapping[str, Any]]) -> Iterator[Resource]:
    """Resources of a collection, each with its `name`."""
    for one in listed:
        fields = {key: value for key, value in one.items() if key != "name"}
        yield {"address": child(collection, one["name"]), **fields}


def placed(campaign_name: str | None, collection: str, name: str) -> Address:
    """The address of something global, or of a campaign's own."""
    if campaign_name is None:
        return join(collection, name)
    return join("campaigns", campaign_name, collection, name)


def contact(document: Mapping[str, Any]) -> Resource:
    """A contact, global or a campaign's."""
    key = document.get("key") or document.get("phone") or document["email"]
    fields = {name: value for name, value in document.items() if name not in ("campaign", "key")}
    return {"address": placed(document.get("campaign"), "contacts", key), **fields}

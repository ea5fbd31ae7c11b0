"""Addresses: a resource's path on the platform, and its name in every plan, message and report.

People read names as written, with only `/` and `%` percent-encoded; on the wire every reserved
character is (`wire_path`). Two addresses name one resource when their `identity` is equal: NFC
and case-folded (DOMAIN, "Names").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NewType
from urllib.parse import quote

Address = NewType("Address", str)
"""`statuses/Lunch`, `campaigns/Sales/dispositions/Refund/Partial`."""

_UNRESERVED = "-_.~"


def encode(name: str) -> str:
    """A name as one segment of an address."""
    if "%" in name or "/" in name:
        return name.replace("%", "%25").replace("/", "%2F")
    return name


def decode(segment: str) -> str:
    """The name that a segment of an address stands for."""
    if "%" not in segment:
        return segment
    return segment.replace("%2F", "/").replace("%2f", "/").replace("%25", "%")


def join(*names: str) -> Address:
    """The address made of plain names: collection words and names as people write them."""
    return Address("/".join([encode(name) for name in names]))


def child(parent: str, *names: str) -> Address:
    """The address of something below `parent`, given by plain names."""
    return Address("/".join([parent, *[encode(name) for name in names]]))


def split(address: str) -> tuple[str, ...]:
    """The plain names an address is made of."""
    if "%" not in address:
        return tuple(address.split("/"))
    return tuple(decode(segment) for segment in address.split("/"))


def name_of(address: str) -> str:
    """The last name of an address, as people write it."""
    return decode(address.rpartition("/")[2])


def parent_of(address: str) -> str:
    """All but the last segment: a collection, or a tree's upper level."""
    return address.rpartition("/")[0]


def ancestors(address: str) -> Iterator[str]:
    """Everything an address is below, nearest first: levels, lists, a campaign."""
    parent = parent_of(address)
    while parent:
        yield parent
        parent = parent_of(parent)


def identity(address: str) -> str:
    """What two spellings of one resource share: NFC and case-folded."""
    if address.isascii():
        return address.lower()
    folded = unicodedata.normalize("NFC", address).casefold()
    return unicodedata.normalize("NFC", folded)


def same_identity(one: str, other: str) -> bool:
    """Whether two addresses, or two names, mean one thing."""
    return identity(one) == identity(other)


def same_spelling(one: str, other: str) -> bool:
    """Whether two names are the same letters, however those are composed; case counts."""
    return one == other or _composed(one) == _composed(other)


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def wire_path(address: str) -> str:
    """An address as a URL path: every reserved character of every name percent-encoded."""
    return "/".join(quote(name, safe=_UNRESERVED) for name in split(address))


# Campaigns and collections

CAMPAIGNS = "campaigns"
"""The collection of campaigns, and how addresses inside a campaign begin."""


def is_campaign(address: str) -> bool:
    """Whether it is the address of a campaign itself."""
    return address.startswith("campaigns/") and address.count("/") == 1


def campaign_of(address: str) -> Address | None:
    """The address of the campaign a resource belongs to; None for campaigns and global ones."""
    segments = address.split("/", 2)
    if segments[0] != CAMPAIGNS or len(segments) < 3:
        return None
    return Address("/".join(segments[:2]))


def campaign_name(address: str) -> str:
    """The name of the campaign that an address is or is in; "" for anything global."""
    return name_of(campaign_of(address) or "") or (name_of(address) if is_campaign(address) else "")


def collection_of(address: str) -> str:
    """The collection of a resource in its scope, without tree levels.

    `statuses`, `campaigns/Sales/dispositions`; a campaign's member list is its own collection.
    """
    segments = address.split("/", 3)
    return "/".join(segments[:3]) if segments[0] == CAMPAIGNS and segments[2:] else segments[0]


def collection_over_campaigns(address: str) -> str:
    """The collection over all campaigns, `campaigns/-/statuses`, or the global one."""
    segments = address.split("/", 3)
    in_campaign = segments[0] == CAMPAIGNS and len(segments) >= 3
    return f"campaigns/-/{segments[2]}" if in_campaign else segments[0]

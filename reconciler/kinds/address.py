"""Addresses: a resource's path on the platform, and its name in plans, messages and reports.

Addresses show names unchanged, with only `/` and `%` percent-encoded. On the wire every reserved
character is encoded (`wire_path`). Two addresses name the same resource when their `identity` is
equal: NFC and case-folded (DOMAIN, "Names").
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
    """The name in a segment of an address."""
    if "%" not in segment:
        return segment
    return segment.replace("%2F", "/").replace("%2f", "/").replace("%25", "%")


def join(*names: str) -> Address:
    """The address made of plain names: collections and names, not encoded."""
    return Address("/".join([encode(name) for name in names]))


def child(parent: str, *names: str) -> Address:
    """The address below `parent` with these plain names."""
    return Address("/".join([parent, *[encode(name) for name in names]]))


def split(address: str) -> tuple[str, ...]:
    """The plain names in an address."""
    if "%" not in address:
        return tuple(address.split("/"))
    return tuple(decode(segment) for segment in address.split("/"))


def name_of(address: str) -> str:
    """The last name of an address, decoded."""
    return decode(address.rpartition("/")[2])


def parent_of(address: str) -> str:
    """The address without its last segment: a collection, or the upper level of a tree."""
    return address.rpartition("/")[0]


def ancestors(address: str) -> Iterator[str]:
    """Every address above this one, nearest first: levels, lists, the campaign."""
    parent = parent_of(address)
    while parent:
        yield parent
        parent = parent_of(parent)


def identity(address: str) -> str:
    """The part that all spellings of one address share: NFC and case-folded."""
    if address.isascii():
        return address.lower()
    folded = unicodedata.normalize("NFC", address).casefold()
    return unicodedata.normalize("NFC", folded)


def same_identity(first: str, second: str) -> bool:
    """Whether two addresses, or two names, mean the same thing."""
    return identity(first) == identity(second)


def same_spelling(first: str, second: str) -> bool:
    """Whether two names have the same letters in any Unicode composition; case counts."""
    return first == second or _composed(first) == _composed(second)


def differs_in_encoding(first: str, second: str) -> bool:
    """Whether two names look alike and only the encoding of their accents differs."""
    return first != second and same_spelling(first, second)


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

"""Addresses before and after renames."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.address import Address, identity


def address_under_renames(address: str, renames: Mapping[str, str]) -> Address:
    """The address with every rename of the resource, and of what it is below, carried out.

    `renames` maps the identity of an address to the address that replaces it: the same parent,
    another last name. Deeper levels are looked up first, so parents may be renamed too.
    """
    if not renames:
        return Address(address)
    segments = address.split("/")
    for end in range(len(segments), 0, -1):
        renamed = renames.get(identity("/".join(segments[:end])))
        if renamed is not None:
            segments[:end] = renamed.split("/")
    return Address("/".join(segments))

"""Read what uses resources, in as few requests as possible."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from reconciler.errors import PlatformError
from reconciler.kinds.address import Address, collection_over_campaigns, identity, wire_path
from reconciler.live.http import documents, failures, wire
from reconciler.live.http.client import Client
from reconciler.live.http.listing import NotWhole, read_whole
from reconciler.live.platform import Usage

_LISTING_WORTH = 4
"""A list with usage is read only if it saves more than this number of requests: it is slow."""


async def read_usage(
    client: Client, addresses: Sequence[Address], *, page_size: int, totals: Mapping[str, int]
) -> dict[str, Usage]:
    """Usage by identity, without resources that do not exist or may not be viewed.

    `totals` holds the number of items of each list, where it is known.
    """
    lists: dict[str, dict[str, Address]] = {}
    for address in addresses:
        lists.setdefault(collection_over_campaigns(address), {})[identity(address)] = address
    found = await asyncio.gather(
        *[
            _read_list(client, path, wanted, page_size=page_size, total=totals.get(path))
            for path, wanted in lists.items()
        ]
    )
    by_identity = {key: usage for part in found for key, usage in part.items()}
    return {
        key: by_identity[key]
        for key in dict.fromkeys(map(identity, addresses))
        if key in by_identity
    }


async def _read_list(
    client: Client,
    path: str,
    wanted: Mapping[str, Address],
    *,
    page_size: int,
    total: int | None,
) -> dict[str, Usage]:
    if len(wanted) > _LISTING_WORTH:
        if total is None:
            total = await _total(client, path)
        if total is not None and len(wanted) > total / page_size + _LISTING_WORTH:
            return await _by_listing(client, path, wanted, page_size=page_size)
    single = await asyncio.gather(*[_one(client, address) for address in wanted.values()])
    return {key: usage for key, usage in zip(wanted, single, strict=True) if usage is not None}


async def _total(client: Client, path: str) -> int | None:
    try:
        answer = await client.get(path, [("page_size", "1")])
    except PlatformError as error:
        if error.status in failures.NOT_SEEN:
            return None
        raise
    total = answer.mapping().get("total")
    return total if isinstance(total, int) else None


async def _by_listing(
    client: Client, path: str, wanted: Mapping[str, Address], *, page_size: int
) -> dict[str, Usage]:
    try:
        items = await read_whole(client, path, page_size=page_size, view="usage")
    except NotWhole as error:
        raise failures.of_shape(path, error.message) from error
    except PlatformError as error:
        if error.status in failures.NOT_SEEN:
            return {}
        raise
    found: dict[str, Usage] = {}
    for item in items:
        if not isinstance(item, dict):
            continue
        key = identity(str(item.get("address")))
        if key in wanted:
            found[key] = _parsed(wanted[key], item.get("usage"), path)
    return found


async def _one(client: Client, address: Address) -> Usage | None:
    try:
        answer = await client.get(f"{wire_path(address)}:usage")
    except PlatformError as error:
        if error.status in failures.NOT_SEEN:
            return None
        raise
    return _parsed(address, answer.json, answer.url)


def _parsed(address: Address, json: JsonValue, where: str) -> Usage:
    try:
        return documents.usage_of(address, json)
    except wire.Unparsable as error:
        raise failures.of_shape(where, error.message) from error

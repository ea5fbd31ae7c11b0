"""Read who changed resources, and when, from the platform's audit log."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from reconciler.errors import PlatformError
from reconciler.kinds.address import Address, collection_over_campaigns
from reconciler.live.http import documents, failures, wire
from reconciler.live.http.client import Client
from reconciler.live.http.listing import PageTokens
from reconciler.live.platform import AuditEntry
from reconciler.message import Message

_QUERY_CHARACTERS = 4000
"""The most characters of addresses in a URL: servers and proxies often allow 8 KB."""


async def read_audit(
    client: Client, addresses: Sequence[Address], *, since: datetime | None
) -> tuple[AuditEntry, ...]:
    """The entries of these resources, newest first, without entries that may not be viewed."""
    parts = await asyncio.gather(
        *[_read_part(client, part, since=since) for part in _parts(addresses)]
    )
    entries = [entry for part in parts for entry in part]
    return tuple(sorted(entries, key=_moment, reverse=True))


def _parts(addresses: Sequence[Address]) -> Iterator[list[Address]]:
    """Addresses in parts that fit in a URL, list by list: each list has its own permission."""
    lists: dict[str, list[Address]] = {}
    for address in dict.fromkeys(addresses):
        lists.setdefault(collection_over_campaigns(address), []).append(address)
    for members in lists.values():
        part: list[Address] = []
        size = 0
        for address in members:
            size += len(address.encode()) + len("&address=")
            if part and size > _QUERY_CHARACTERS:
                yield part
                part, size = [], len(address.encode())
            part.append(address)
        yield part


async def _read_part(
    client: Client, addresses: Sequence[Address], *, since: datetime | None
) -> list[AuditEntry]:
    query = [("address", str(address)) for address in addresses]
    if since is not None:
        query.append(("since", since.astimezone(UTC).isoformat().replace("+00:00", "Z")))
    entries: list[AuditEntry] = []
    token, tokens = "", PageTokens()
    while True:
        try:
            answer = await client.get(
                "audit", [*query, *([("page_token", token)] if token else [])]
            )
        except PlatformError as error:
            if error.status in failures.NOT_SEEN:
                return entries
            raise
        page = answer.mapping()
        items, following = page.get("items"), page.get("next_page_token")
        if not isinstance(items, list):
            raise failures.of_shape(answer.url, Message.plain("no list of items"))
        try:
            entries += [documents.audit_entry_of(item) for item in items]
        except wire.Unparsable as error:
            raise failures.of_shape(answer.url, error.message) from error
        if not isinstance(following, str) or not following:
            return entries
        if tokens.why_stop(following, items):  # keep what was read: the rest never ends
            return entries
        token = following


def _moment(entry: AuditEntry) -> datetime:
    try:
        moment = datetime.fromisoformat(entry.at)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

"""Read the platform over HTTP: everything at once, usage, and the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import JsonValue

from reconciler.errors import PlatformError, Unreachable
from reconciler.kinds.address import CAMPAIGNS, Address, ancestors, campaign_of
from reconciler.kinds.base import Kind, Life
from reconciler.kinds.registry import KINDS, about, place
from reconciler.live.http import documents, failures, wire
from reconciler.live.http.audit import read_audit
from reconciler.live.http.cache import PageCache
from reconciler.live.http.client import Client
from reconciler.live.http.listing import NotWhole, read_whole
from reconciler.live.http.usage import read_usage
from reconciler.live.platform import (
    AuditEntry,
    Connector,
    Directory,
    LiveResource,
    PlatformInfo,
    Snapshot,
    UnreadResource,
    Usage,
)
from reconciler.message import NO_MESSAGE, Message

MakeCache = Callable[[PlatformInfo], PageCache | None]

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Reading(Generic[Value]):
    """The content of a collection; or None, the reason, and its error."""

    found: Value | None
    reason: Message = NO_MESSAGE
    error: PlatformError | None = None

    @property
    def unknown(self) -> Message | None:
        """Why it is unknown; None when it was read whole."""
        return self.reason if self.found is None else None


_Lists = Mapping[str, _Reading[wire.Listed]]
"""The readings of the managed collections, by path."""


@dataclass(frozen=True, slots=True)
class _Collection:
    """A list to read: its path, the kind of its items, and whether it spans campaigns."""

    path: str
    kind: Kind
    of_campaigns: bool


_COLLECTIONS = tuple(
    _Collection(f"campaigns/-/{kind.collection}" if nested else kind.collection, kind, nested)
    for kind in KINDS
    for nested in wire.scopes_of(kind)
)


class HttpReader:
    """A `Reader` over HTTP.

    `make_cache` returns the cache of a platform, or None for no cache. `now` is this machine's
    clock, which the platform's is compared with.
    """

    def __init__(
        self, client: Client, *, make_cache: MakeCache, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._make_cache = make_cache
        self._now = now
        self._info: PlatformInfo | None = None
        self._info_requests = 0
        self._totals: dict[str, int] = {}

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""
        return self._client.requests

    async def info(self) -> PlatformInfo:
        """The platform's info. Raises AccessDenied, Unreachable, PlatformError."""
        before = self.requests
        answer = await self._client.get("platform")
        try:
            self._info = documents.info_of(answer.json, self._now())
        except wire.Unparsable as error:
            raise failures.of_shape(answer.url, error.message) from error
        self._info_requests = self.requests - before
        return self._info

    async def snapshot(self) -> Snapshot:
        """Everything; a collection that cannot be read whole is unknown, not an error."""
        info = self._info or await self.info()
        before = self.requests - self._info_requests
        cache = self._make_cache(info)
        (users, connectors, forms), lists = await asyncio.gather(
            self._directory(info, cache),
            asyncio.gather(*[self._collection(one, info, cache) for one in _COLLECTIONS]),
        )
        by_path: _Lists = {
            one.path: reading for one, reading in zip(_COLLECTIONS, lists, strict=True)
        }
        _raise_if_all_failed(
            [users.error, connectors.error, forms.error, *[one.error for one in lists]]
        )
        by_path = await self._agreeing(by_path, info, cache)
        reasons = {path: one.unknown for path, one in by_path.items()}
        reasons |= {
            "users": users.unknown,
            "connectors": connectors.unknown,
            "forms": forms.unknown,
        }
        self._totals = {p: len(one.found) for p, one in by_path.items() if one.found is not None}
        found = [one.found for one in by_path.values() if one.found is not None]
        unreadable = {key: one for each in found for key, one in each.unreadable.items()}
        return Snapshot(
            info=info,
            resources=_readable(found, unreadable),
            directory=Directory(users.found, connectors.found, forms.found),
            unknown={path: why for path, why in reasons.items() if why is not None},
            unreadable=unreadable,
            requests=self.requests - before,
        )

    async def usage(self, addresses: Sequence[Address]) -> Mapping[str, Usage]:
        """Usage by identity, without resources that do not exist or may not be viewed."""
        page_size = (self._info or await self.info()).page_size
        return await read_usage(self._client, addresses, page_size=page_size, totals=self._totals)

    async def audit(
        self, addresses: Sequence[Address], *, since: datetime | None = None
    ) -> tuple[AuditEntry, ...]:
        """Who changed these, newest first; empty when it may not be viewed."""
        return await read_audit(self._client, addresses, since=since)

    async def _directory(
        self, info: PlatformInfo, cache: PageCache | None
    ) -> tuple[_Reading[dict[str, str]], _Reading[dict[str, Connector]], _Reading[dict[str, str]]]:
        return await asyncio.gather(
            self._read("users", documents.names_of, info, cache),
            self._read("connectors", documents.connectors_of, info, cache),
            self._read("forms", documents.names_of, info, cache),
        )

    async def _collection(
        self, one: _Collection, info: PlatformInfo, cache: PageCache | None
    ) -> _Reading[wire.Listed]:
        def parse(items: Sequence[JsonValue]) -> wire.Listed:
            return wire.resources_of(one.kind, items, of_campaigns=one.of_campaigns)

        return await self._read(one.path, parse, info, cache)

    async def _read(
        self,
        path: str,
        parse: Callable[[Sequence[JsonValue]], Value],
        info: PlatformInfo,
        cache: PageCache | None,
    ) -> _Reading[Value]:
        try:
            items = await read_whole(self._client, path, page_size=info.page_size, cache=cache)
            return _Reading(parse(items))
        except PlatformError as error:
            return _Reading(None, about(error.message_and_next_step, path), error)
        except (NotWhole, wire.Unparsable) as error:
            return _Reading(None, about(error.message, path))

    async def _agreeing(
        self,
        by_path: _Lists,
        info: PlatformInfo,
        cache: PageCache | None,
    ) -> _Lists:
        """The lists, where all agree on the campaigns that exist.

        They are read concurrently, so a campaign may be created or deleted between two reads. Then
        all lists with campaigns are read once more; a list that still disagrees is unknown.
        """
        if not _disagreements(by_path):
            return by_path
        again = [one for one in _COLLECTIONS if one.of_campaigns or one.path == CAMPAIGNS]
        readings = await asyncio.gather(*[self._collection(one, info, cache) for one in again])
        _raise_if_all_failed([one.error for one in readings])
        renewed = {**by_path} | {one.path: r for one, r in zip(again, readings, strict=True)}
        return renewed | {
            path: _Reading(None, reason) for path, reason in _disagreements(renewed).items()
        }


def _readable(
    found: Sequence[wire.Listed], unreadable: Mapping[str, UnreadResource]
) -> dict[str, LiveResource]:
    """All resources, without resources below an unreadable one."""
    resources: dict[str, LiveResource] = {}
    for one in found:
        resources.update(one.resources)
    if not unreadable:
        return resources
    return {
        key: one
        for key, one in resources.items()
        if not any(upper in unreadable for upper in ancestors(key))
    }


def _disagreements(by_path: _Lists) -> dict[str, Message]:
    """For each list across campaigns, how it disagrees with the list of campaigns."""
    listed = by_path[CAMPAIGNS].found
    if listed is None:
        return {}
    campaigns = listed.addresses()
    reasons: dict[str, Message] = {}
    for one in _COLLECTIONS:
        found = by_path[one.path].found
        if not one.of_campaigns or found is None:
            continue
        entries = found.addresses().items()
        mentioned = {campaign_of(key) or "": each for key, each in entries}
        stray = next((each for key, each in mentioned.items() if key not in campaigns), None)
        if stray is not None:
            reasons[one.path] = Message.of(
                "it contains '{entry}', whose campaign is not in the list of campaigns",
                entry=place(stray),
            )
        elif one.kind.life is not Life.ENTRY and len(mentioned) < len(campaigns):
            lacking = next(each for key, each in campaigns.items() if key not in mentioned)
            reasons[one.path] = Message.of(
                "it lacks the {entries} of '{campaign}'",
                entries=one.kind.plural,
                campaign=place(lacking),
            )
    return reasons


def _raise_if_all_failed(errors: Sequence[PlatformError | None]) -> None:
    """Raise an error that concerns every list: the token is refused, or nothing answered.

    A single list that is refused or fails is only unknown.
    """
    for error in errors:
        if error is not None and error.status == 401:
            raise error
    if errors[0] is not None and all(isinstance(error, Unreachable) for error in errors):
        raise errors[0]

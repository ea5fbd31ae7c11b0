"""Sends the same requests to the simulated platform and the sandbox, and compares them.

Both are used through the ports of the reconciler: the sandbox through the real HTTP reader and
writer, with an in-process transport. A difference raises AssertionError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from reconciler.kinds.address import Address, encode, identity, split, wire_path
from reconciler.kinds.registry import parse_address
from reconciler.live.http import documents
from reconciler.live.http.connect import connect_reader, connect_writer
from reconciler.live.platform import (
    AuditEntry,
    Connector,
    LiveResource,
    Outcome,
    PlatformInfo,
    Reader,
    Request,
    Snapshot,
    Usage,
    Writer,
)
from reconciler.sandbox.api.app import create_app
from reconciler.sandbox.api.settings import SandboxSettings
from reconciler.sandbox.clock import Clock
from tests.simulation.forms import Refused
from tests.simulation.people import interact, take_status
from tests.simulation.ports import LISTS, SimulatedReader, SimulatedWriter
from tests.simulation.rights import SECTIONS
from tests.simulation.simulated_platform import Platform

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
URL = "http://platform.example"
ADMIN, CLERK, VIEWER = "maria", "clerk", "viewer"
USERS = ("ana", "Luis", "zoë", "a/b")
CONNECTORS = (
    Connector("tel", "telephony", ("+59829001000", "+59829001001")),
    Connector("Second tel", "telephony", ("+598 2900-1001",)),
    Connector("sms", "sms", ("+59899001001", "404-04")),
    Connector("mail", "email"),
    Connector("wa", "whatsapp", ("+59899001001",)),
)
FORMS = ("Order", "Über")
RIGHTS = {
    CLERK: {
        "statuses": frozenset({"view", "create"}),
        "dispositions": frozenset({"view", "update"}),
        "templates": frozenset({"delete"}),
        "blacklist": frozenset(),
        "holidays": frozenset({"create", "update", "delete"}),
    },
    VIEWER: dict.fromkeys(SECTIONS, frozenset({"view"})),
}


def simulated(clock: Callable[[], datetime]) -> Platform:
    """A simulated platform for these stories."""
    return Platform(clock, users=USERS, connectors=CONNECTORS, forms=FORMS, rights=RIGHTS)


def _seed() -> dict[str, Any]:
    return {
        "platform": {"id": "acme-dev", "name": "Simulated"},
        "users": [{"name": name} for name in USERS],
        "connectors": [
            {"name": connector.name, "type": connector.type, "numbers": list(connector.numbers)}
            for connector in CONNECTORS
        ],
        "forms": [{"name": name} for name in FORMS],
        "profiles": {
            user: {"*": ["*"], **{section: sorted(own) for section, own in rights.items()}}
            for user, rights in {ADMIN: {}, **RIGHTS}.items()
        },
        "tokens": {user: {"user": user, "profile": user} for user in (ADMIN, CLERK, VIEWER)},
    }


@dataclass(frozen=True, slots=True)
class Seen:
    """An `if_match` with the last ETag of an address on each platform."""

    address: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One operation, before its ETags are resolved."""

    request: Request
    match: Seen | None = None

    def resolved(self, etags: Mapping[str, str]) -> Request:
        """The request with the last seen ETag."""
        if self.match is None:
            return self.request
        known = etags.get(identity(self.match.address), '"unseen"')
        return replace(self.request, if_match=known)


def note_etag(etags: dict[str, str], outcome: Outcome) -> None:
    """Store the ETag of an outcome."""
    if outcome.resource is not None:
        etags[identity(outcome.resource.address)] = outcome.resource.etag


class Pair:
    """The two platforms, and the requests sent so far."""

    def __init__(self) -> None:
        self._moment = START
        self._clock = Clock(START)
        self.platform = simulated(lambda: self._moment)
        self.app = create_app(SandboxSettings(seed=_seed()), clock=self._clock)
        self._stack = AsyncExitStack()
        self._etags: tuple[dict[str, str], dict[str, str]] = ({}, {})
        self._asked: dict[str, Address] = {}

    async def __aenter__(self) -> Pair:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self._readers: dict[str, Reader] = {}
        self._writers: dict[str, Writer] = {}
        for user in (ADMIN, CLERK, VIEWER):
            reader = connect_reader(URL, user, transport=transport)
            writer = connect_writer(URL, user, transport=transport)
            self._readers[user] = await self._stack.enter_async_context(reader)
            self._writers[user] = await self._stack.enter_async_context(writer)
        headers = {"Authorization": f"Bearer {ADMIN}"}
        self._http = await self._stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=URL, headers=headers)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        self.app.state.sandbox.close()

    # ---- requests --------------------------------------------------------------------

    def pass_time(self, passed: timedelta) -> None:
        """Advance both clocks."""
        self._moment += passed
        self._clock.advance(passed)

    async def send(self, user: str, asks: Sequence[Ask]) -> None:
        """Send one batch to both, and compare every outcome."""
        ours, theirs = ([entry.resolved(etags) for entry in asks] for etags in self._etags)
        simulated = await SimulatedWriter(self.platform, user).send(ours, may_send=_always)
        real = await self._writers[user].send(theirs, may_send=_always)
        for ask, item, other in zip(asks, simulated, real, strict=True):
            self._asked[identity(ask.request.address)] = ask.request.address
            assert_same(_outcome(item), _outcome(other), f"{user}: {ask}")
            note_etag(self._etags[0], item)
            note_etag(self._etags[1], other)

    async def interact(self, campaign: str, used: Sequence[str], **fields: Any) -> None:
        """Record an interaction on both platforms."""
        by_name = {used_as(item): item for item in used}
        body = {"campaign": campaign, **fields, **by_name}
        answer = await self._http.post("/v1/interactions", json=body)
        expected = _refusal(lambda: interact(self.platform, campaign, used=used, **fields), 201)
        assert_same(expected, _answer(answer), f"{body}: {answer.text}")

    async def take_status(self, user: str, status: str | None, campaign: str | None) -> None:
        """Set an agent's status on both platforms."""
        path = f"/v1/agents/{wire_path(encode(user))}/status"
        answer = await self._http.put(path, json={"status": status, "campaign": campaign})
        expected = _refusal(lambda: take_status(self.platform, user, status, campaign), 200)
        assert_same(expected, _answer(answer), f"{user} {status} {campaign}: {answer.text}")

    # ---- comparisons ----------------------------------------------------------------

    async def compare(self, user: str) -> None:
        """Compare everything that a user can read, and the whole audit log."""
        await self._compare_for(user)
        answer = await self._get("/v1/audit?page_size=5000", ADMIN)
        real = [
            (documents.audit_entry_of(item), item.get("previous_address"))
            for item in reversed(answer.json()["items"])
        ]
        assert_same(
            [(item.entry(), item.previous) for item in self.platform.log], real, "audit log"
        )
        self.platform.assert_untouched()

    async def _compare_for(self, user: str) -> None:
        reader, simulated = self._readers[user], SimulatedReader(self.platform, user)
        assert_same(_info(await simulated.info()), _info(await reader.info()), user)
        ours, theirs = await simulated.snapshot(), await reader.snapshot()
        assert_same(_resources(ours), _resources(theirs), "resources")
        assert_same(ours.directory, theirs.directory, "directory")
        assert_same(sorted(ours.unknown), sorted(theirs.unknown), "unknown")
        addresses = [resource.address for resource in theirs.resources.values()]
        ours_used = dict(await simulated.usage(addresses))
        for key, used in (await self._usage_in_lists(user)).items():
            assert_same(ours_used.pop(key, None), used, f"usage of {key}")
        assert not ours_used, f"only the simulated platform shows the usage of {list(ours_used)}"
        # HTTP clients normalise a segment `..`, so it never reaches the platform.
        some = [item for item in self._asked.values() if ".." not in split(item)][-4:]
        assert_same(await simulated.usage(some), await reader.usage(some), f"usage of {some}")
        known = [item for item in some if _is_address(item)]
        seen, audited = await simulated.audit(known), await reader.audit(known)
        assert_same(_by_time(seen), _by_time(audited), f"audit of {known}")

    async def _usage_in_lists(self, user: str) -> dict[str, Usage]:
        found: dict[str, Usage] = {}
        for path in LISTS:
            answer = await self._get(f"/v1/{path}?view=usage&page_size=5000", user)
            for item in answer.json().get("items", ()):
                address = Address(item["address"])
                found[identity(address)] = documents.usage_of(address, item["usage"])
        return found

    async def _get(self, path: str, user: str) -> httpx.Response:
        return await self._http.get(path, headers={"Authorization": f"Bearer {user}"})


def assert_same(ours: object, theirs: object, what: str) -> None:
    """Fail with the difference; for lists, with the first different item."""
    if isinstance(ours, list) and isinstance(theirs, list):
        for item, other in zip(ours, theirs, strict=False):
            assert_same(item, other, what)
        assert len(ours) == len(theirs), f"{what}: {(ours + theirs)[min(len(ours), len(theirs)) :]}"
    assert ours == theirs, f"{what}\nsimulated: {ours}\nsandbox:   {theirs}"


def _always() -> None:
    """Allow every attempt of a write."""


_USED_AS = {
    "dispositions": "disposition",
    "templates": "template",
    "quality_models": "quality_model",
    "statuses": "status",
    "contacts": "contact",
}


def used_as(address: str) -> str:
    """The field of an interaction that names a resource of this kind."""
    names = split(address)
    return _USED_AS[names[2] if names[0] == "campaigns" else names[0]]


def _outcome(one: Outcome) -> tuple[object, ...]:
    code = "" if one.succeeded else one.code
    return (one.status, code, one.replayed, one.resource and _resource(one.resource))


def _resource(one: LiveResource) -> tuple[object, ...]:
    at = (
        "" if one.updated_by == "system" else one.updated_at
    )  # the creation time of a seed is not compared
    return (one.address, one.kind.name, one.fields, one.updated_by, at)


def _info(one: PlatformInfo) -> tuple[object, ...]:
    return (one.id, one.user, one.permissions, one.batch_size)


def _resources(one: Snapshot) -> list[tuple[object, ...]]:
    return [(key, *_resource(found)) for key, found in one.resources.items()]


def _by_time(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """Entries, newest first; entries of the same moment have any order."""
    assert [entry.at for entry in entries] == sorted([entry.at for entry in entries], reverse=True)
    return sorted(entries, key=lambda entry: (entry.at, repr(entry)))


def _is_address(address: str) -> bool:
    try:
        return bool(parse_address(address))
    except ValueError:
        return False


def _refusal(act: Callable[[], object], status: int) -> tuple[int, str]:
    """The status and code of an action on the simulated platform."""
    try:
        act()
    except Refused as no:
        return (no.status, no.code)
    return (status, "")


def _answer(answer: httpx.Response) -> tuple[int, str]:
    return (answer.status_code, "" if answer.is_success else answer.json()["code"])

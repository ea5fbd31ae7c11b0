"""The platform's `Reader` and `Writer` over plain dictionaries, and the network between them.

A scheduler passes its own `Network`, which suspends callers at each point of a request and decides
the fate of each attempt. No event loop is needed: the caller drives the coroutines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from reconciler.errors import AccessDenied, PlatformError, RequestTooLarge, Unreachable, Unsent
from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Kind, Life, Scope
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import Answer as LiveAnswer
from reconciler.live.platform import (
    AuditEntry,
    Directory,
    LiveResource,
    MaySend,
    Outcome,
    PlatformInfo,
    Request,
    Snapshot,
    Usage,
)
from reconciler.message import searched
from tests.simulation.forms import Refused, place
from tests.simulation.network import Answer, InFlight, Network, failure
from tests.simulation.operations import located
from tests.simulation.rights import EVERY_RIGHT, SECTIONS
from tests.simulation.simulated_platform import Platform, stamp

ATTEMPT_SECONDS = 35.0


@dataclass(frozen=True, slots=True)
class _List:
    """A list to read: its path, and the kind of its resources."""

    path: str
    kind: Kind
    of_campaigns: bool


def _lists() -> tuple[_List, ...]:
    found: list[_List] = []
    for kind in KINDS:
        if kind.scope is not Scope.CAMPAIGN:
            found.append(_List(kind.collection, kind, of_campaigns=False))
        if kind.scope is not Scope.GLOBAL:
            found.append(_List(f"campaigns/-/{kind.collection}", kind, of_campaigns=True))
    return tuple(found)


_LISTS = _lists()
_DIRECTORY = ("users", "connectors", "forms")
LISTS = tuple(item.path for item in _LISTS)
"""The paths of all lists of resources, in reading order."""
_OF_CAMPAIGNS = tuple(item for item in _LISTS if item.of_campaigns or item.path == "campaigns")
_Resources = Mapping[str, LiveResource]


class SimulatedReader:
    """A `Reader` for one user, on a machine with its own clock.

    Without that clock, it does not report the difference from the platform's clock.
    """

    def __init__(
        self,
        platform: Platform,
        user: str,
        network: Network | None = None,
        *,
        machine: Callable[[], datetime] | None = None,
    ) -> None:
        self._platform, self._user, self._machine = platform, user, machine
        self._network = network or Network()
        self._requests = 0
        self._seen: dict[str, _Resources] = {}
        self._failures: list[PlatformError] = []

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""
        return self._requests

    async def _ask(self, path: str) -> Answer:
        self._requests += 1
        await self._network.point(f"read {path}")
        answer = self._network.read_answer(path)
        if answer not in (Answer.GIVEN, Answer.STALE):
            raise failure(answer)
        return answer

    async def info(self) -> PlatformInfo:
        """The platform's information, and this user's permissions."""
        await self._ask("platform")
        return self._info()

    def _info(self) -> PlatformInfo:
        rights = self._platform.rights.get(self._user, {})
        return PlatformInfo(
            id=self._platform.name,
            name="Simulated",
            version="1.0",
            user=self._user,
            profile="simulated",
            permissions={section: rights.get(section, EVERY_RIGHT) for section in SECTIONS},
            batch_size=self._platform.batch_size,
            ahead=None if self._machine is None else self._platform.clock() - self._machine(),
        )

    async def snapshot(self) -> Snapshot:
        """Everything, list by list; others can write between two lists. Lists that disagree about
        the campaigns are read once more, and are unknown if they still disagree."""
        before = self._requests
        unknown: dict[str, str] = {}
        self._failures.clear()
        directory = await self._directory(unknown)
        lists = {item.path: await self._list(item, unknown) for item in _LISTS}
        if len(self._failures) == len(lists) + len(_DIRECTORY):
            raise self._failures[0]
        if _disagreements(lists):
            for campaign in _OF_CAMPAIGNS:
                unknown.pop(campaign.path, None)
                lists[campaign.path] = await self._list(campaign, unknown)
            for path, why in _disagreements(lists).items():
                lists[path], unknown[path] = None, why
        resources: dict[str, LiveResource] = {}
        for found in lists.values():
            if found is not None:
                resources.update(found)
        return Snapshot(
            info=self._info(),
            resources=resources,
            directory=directory,
            unknown={path: searched(why) for path, why in unknown.items()},
            requests=self._requests - before,
        )

    async def _directory(self, unknown: dict[str, str]) -> Directory:
        known: dict[str, bool] = {}
        for path in _DIRECTORY:
            known[path] = await self._is_read(path, "campaigns", unknown) is not None
        platform = self._platform
        return Directory(
            users=platform.users if known["users"] else None,
            connectors=platform.connectors if known["connectors"] else None,
            forms=platform.forms if known["forms"] else None,
        )

    async def _list(self, one: _List, unknown: dict[str, str]) -> _Resources | None:
        answer = await self._is_read(one.path, one.kind.permission_section, unknown)
        if answer is None:
            return None
        if answer is Answer.STALE and one.path in self._seen:
            return self._seen[one.path]
        found = self._platform.listed(one.path)
        self._seen[one.path] = found
        return found

    async def _is_read(self, path: str, section: str, unknown: dict[str, str]) -> Answer | None:
        """The answer to a read of a list; None, with the reason in `unknown`, for a failed read."""
        try:
            answer = await self._ask(path)
        except AccessDenied:
            raise
        except PlatformError as error:
            self._failures.append(error)
            unknown[path] = str(error)
            return None
        if not self._platform.may(self._user, section, "view"):
            unknown[path] = f"{self._user} lacks view on {section}"
            return None
        return answer

    def _may_view(self, address: str) -> bool:
        return self._platform.may(self._user, place(address).kind.permission_section, "view")

    async def usage(self, addresses: Sequence[Address]) -> Mapping[str, Usage]:
        """Usage by identity, without deleted and hidden resources."""
        found: dict[str, Usage] = {}
        if addresses:
            await self._ask("usage")
        for address in addresses:
            with suppress(Refused):
                row = located(self._platform, address)
                if self._may_view(row.live.address):
                    usage = self._platform.usage(row)
                    found[identity(address)] = replace(usage, address=address)
        return found

    async def audit(
        self, addresses: Sequence[Address], *, since: datetime | None = None
    ) -> tuple[AuditEntry, ...]:
        """The audit entries of addresses, newest first, without hidden ones."""
        if not addresses:
            return ()
        await self._ask("audit")
        wanted = {identity(address) for address in addresses if self._may_view(address)}
        start = "" if since is None else stamp(since)
        return tuple(
            item.entry()
            for item in reversed(self._platform.log)
            if item.at >= start
            and (
                identity(item.address) in wanted
                or (item.previous is not None and identity(item.previous) in wanted)
            )
        )


def _disagreements(lists: Mapping[str, _Resources | None]) -> dict[str, str]:
    """The contradictions between lists across campaigns and the list of campaigns."""
    campaigns = lists["campaigns"]
    if campaigns is None:
        return {}
    reasons: dict[str, str] = {}
    for campaign in _OF_CAMPAIGNS:
        found = lists[campaign.path]
        if not campaign.of_campaigns or found is None:
            continue
        named = {"/".join(key.split("/", 2)[:2]) for key in found}
        if not named <= campaigns.keys():
            reasons[campaign.path] = "it names a campaign that is not in the list of campaigns"
        elif campaign.kind.life is not Life.ENTRY and len(named) < len(campaigns):
            reasons[campaign.path] = "it lacks a campaign that is in the list of campaigns"
    return reasons


class SimulatedWriter:
    """A `Writer` for one user: it tries a batch `attempts` times, each with the same keys."""

    def __init__(
        self,
        platform: Platform,
        user: str,
        network: Network | None = None,
        *,
        attempts: int = 2,
    ) -> None:
        self._platform, self._user, self._attempts = platform, user, attempts
        self._network = network or Network()
        self._requests = 0

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""
        return self._requests

    @property
    def attempt_seconds(self) -> float:
        """The maximum duration of one attempt of a write."""
        return ATTEMPT_SECONDS

    def size(self, request: Request) -> int:
        """The size of a request in a batch, in bytes."""
        fixed = 64 + len(request.address) + len(request.key or "") + len(request.if_match or "")
        return fixed + (len(orjson.dumps(request.body)) if request.body else 0)

    async def send(
        self, batch: Sequence[Request], *, may_send: MaySend | None = None
    ) -> tuple[Outcome, ...]:
        """Send operations in order, with one outcome each. Raises the errors of `Writer.send`."""
        if not batch:
            return ()
        writes = any(operation.operation != "get" for operation in batch)
        assert may_send is not None or not writes, "a batch that writes needs a may_send"
        if len(batch) > self._platform.batch_size:
            detail = f"a batch has up to {self._platform.batch_size} operations"
            raise RequestTooLarge(detail, status=413, code="batch-too-large")
        repeatable = all(
            operation.key is not None or operation.operation == "get" for operation in batch
        )
        doubtful = False
        for attempt in range(1, self._attempts + 1):
            try:
                return await self._attempt(tuple(batch), may_send)
            except PlatformError as error:
                unsent = isinstance(error, AccessDenied | Unsent)
                doubtful = doubtful or (writes and not unsent)
                again = isinstance(error, Unsent) or (
                    repeatable and not isinstance(error, AccessDenied)
                )
                if again and attempt < self._attempts:
                    continue
                if doubtful and unsent:
                    detail = f"{error}; an earlier attempt may have taken effect"
                    raise Unreachable(detail, status=error.status) from error
                raise
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(
        self, batch: tuple[Request, ...], may_send: MaySend | None
    ) -> tuple[Outcome, ...]:
        await self._network.point("send")
        if may_send is not None:
            may_send()
        self._requests += 1
        fate = self._network.fate(batch)
        await self._network.point("sent")
        if fate.late:
            self._network.in_flight.append(InFlight(self._user, batch))
            raise failure(fate.answer)
        carried_out = batch[: fate.carried_out]
        outcomes: tuple[Outcome, ...] = ()
        for _ in range(fate.deliveries if carried_out else 0):
            outcomes = self._platform.send(self._user, carried_out)
        await self._network.point("answered")
        if fate.answer is not Answer.GIVEN:
            raise failure(fate.answer)
        shed = Outcome(
            LiveAnswer.UNCERTAIN, 503, code="unavailable", detail="the platform is not available"
        )
        return outcomes + (shed,) * (len(batch) - len(carried_out))

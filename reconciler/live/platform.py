"""The platform as a port: what a reader and a writer can do, and the values they give.

An adapter to another platform implements `Reader` and `Writer`; nothing above this package
knows of HTTP. A `Reader` has no way to change anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal, Protocol, TypeAlias

from pydantic import JsonValue

from reconciler.kinds.address import Address, ancestors, collection_over_campaigns, identity, join
from reconciler.kinds.base import Fields, Kind

TOLERATED_SECONDS = 60
"""By how much the platform's clock may differ from this machine's without a warning."""


@dataclass(frozen=True, slots=True)
class PlatformInfo:
    """Who the platform is, what it can take, and what the caller may do there.

    `batch_size` is how many operations one batch may hold, `body_bytes` how long any request's
    body may be. `permissions` maps a section (`statuses`) to its rights (`view`, `create`, …).
    `ahead` is how far the platform's clock was ahead of this machine's when it was asked, None
    where it does not say what time it is.
    """

    id: str
    name: str
    version: str
    user: str
    profile: str
    permissions: Mapping[str, frozenset[str]]
    page_size: int = 5000
    batch_size: int = 1000
    body_bytes: int = 64 * 1024 * 1024
    capabilities: frozenset[str] = frozenset()
    ahead: timedelta | None = None

    def time(self, now: datetime) -> datetime:
        """The platform's time when this machine's clock shows `now` (aware): what is open, which
        day it is. This machine's where the platform does not say."""
        return now if self.ahead is None else now + self.ahead

    @property
    def ahead_seconds(self) -> int | None:
        """`ahead` in whole seconds."""
        return None if self.ahead is None else round(self.ahead.total_seconds())


@dataclass(frozen=True, slots=True)
class LiveResource:
    """A resource as it is: every writable field, in normal form. `updated_at` is RFC 3339."""

    address: Address
    kind: Kind
    fields: Fields
    etag: str
    updated_at: str = ""
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class UnreadResource:
    """A resource that is there, with values its kind cannot hold; `why` names the platform."""

    address: Address
    why: str


@dataclass(frozen=True, slots=True)
class Connector:
    """A line to the outside: its channel type and its numbers, in normal form."""

    name: str
    type: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """What manifests may refer to and nobody manages here, by identity of the name.

    None where it could not be read: nothing is known to be missing then.
    """

    users: Mapping[str, str] | None
    connectors: Mapping[str, Connector] | None
    forms: Mapping[str, str] | None

    def names(self) -> dict[str, str]:
        """The name of each, by identity of its address (`users/ana`)."""
        connectors = self.connectors or {}
        return {
            **{identity(join("users", one)): one for one in (self.users or {}).values()},
            **{identity(join("connectors", c.name)): c.name for c in connectors.values()},
            **{identity(join("forms", one)): one for one in (self.forms or {}).values()},
        }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The platform at one moment.

    `resources` is keyed by identity of the address, parents before children. `unknown` maps a
    collection read (`statuses`, or `campaigns/-/statuses` for all campaigns' own) that could not
    be read whole to why. `unreadable` holds, by identity, the single resources that are there with
    values nobody can read; neither they nor what is below them is in `resources`. `requests`
    counts what reading it took.
    """

    info: PlatformInfo
    # Not in the repr: Python 3.11's asyncio.run makes one of what its coroutine returned
    # (signal.signal does, of the handler holding the task): two seconds for 100,000 resources.
    resources: Mapping[str, LiveResource] = field(repr=False)
    directory: Directory = field(repr=False)
    unknown: Mapping[str, str] = field(default_factory=dict)
    unreadable: Mapping[str, UnreadResource] = field(default_factory=dict)
    requests: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all of it could be read."""
        return not self.unknown and not self.unreadable

    def find(self, address: str) -> LiveResource | None:
        """The resource at an address, however its case is written."""
        return self.resources.get(identity(address))

    def unread(self) -> Iterator[tuple[str, str]]:
        """Each collection and each resource that could not be read, with why; sorted."""
        single = ((one.address, one.why) for one in self.unreadable.values())
        yield from sorted((*self.unknown.items(), *single))

    def why_unknown(self, address: str) -> str | None:
        """Why it is not known what is at an address; None where that could be read."""
        part = self.unread_part(address)
        if not part:
            return None
        return self.unknown[part] if part in self.unknown else self.unreadable[identity(part)].why

    def unread_part(self, address: str) -> str:
        """What an address belongs to and could not be read: its collection, or the resource that
        it is or is below; "" where it could be read."""
        return self._unread_collection(address) or self._unreadable_at(address)

    def unreadable_below(self, address: str) -> tuple[UnreadResource, ...]:
        """The unreadable resources that are below an address: a delete takes them along."""
        if not self.unreadable:
            return ()
        below = f"{identity(address)}/"
        return tuple(one for key, one in self.unreadable.items() if key.startswith(below))

    def _unread_collection(self, address: str) -> str:
        if not self.unknown:
            return ""
        collection = collection_over_campaigns(address)
        return collection if collection in self.unknown else ""

    def _unreadable_at(self, address: str) -> str:
        if not self.unreadable:
            return ""
        key = identity(address)
        found = (self.unreadable.get(place) for place in (key, *ancestors(key)))
        return next((one.address for one in found if one is not None), "")


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who refers to a resource, by which field."""

    address: Address
    field: str


@dataclass(frozen=True, slots=True)
class RecentUse:
    """How often one campaign's interactions used it in the last 30 days, and when last."""

    campaign: str
    count: int
    last_at: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Who and what uses a resource now. Numbers are zero where a kind has no such use.

    `interactions_total` is what deleting a campaign would lose; `open_by_user` serves members.
    """

    address: Address
    referrers: tuple[Referrer, ...] = ()
    recent: tuple[RecentUse, ...] = ()
    recent_interactions: int = 0
    agents_now: tuple[str, ...] = ()
    open_interactions: int = 0
    interactions_total: int = 0
    open_by_user: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditChange:
    """One field of an audited write."""

    path: str
    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who changed a resource, when (RFC 3339), and what about it."""

    at: str
    by: str
    address: Address
    action: str
    changes: tuple[AuditChange, ...] = ()


Operation = Literal["get", "create", "patch", "put", "delete", "rename"]


@dataclass(frozen=True, slots=True)
class Request:
    """One operation of a batch. `key` is its idempotency key; reads have none."""

    operation: Operation
    address: Address
    body: Mapping[str, JsonValue] | None = None
    if_match: str | None = None
    key: str | None = None


class Answer(Enum):
    """What the platform answered to one operation of a batch."""

    DONE = "done"
    """The operation took effect, or the resource was read."""
    GONE = "gone"
    """No resource has this address."""
    CHANGED = "changed"
    """Not written: the resource changed after `if_match` was read."""
    UNCERTAIN = "uncertain"
    """The write may have taken effect or not."""
    REFUSED = "refused"
    """Not written, for any other reason."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The platform's answer to one operation, with the whole resource or the reason.

    `status` is the platform's number for the answer. It is for the journal and for messages;
    decide on `answer`. `detail` is the platform's sentence. `replayed`: this is the answer to an
    earlier request with the same key.
    """

    answer: Answer
    status: int
    resource: LiveResource | None = None
    code: str = ""
    detail: str = ""
    replayed: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the operation took effect."""
        return self.answer is Answer.DONE

    @property
    def shows_resource(self) -> bool:
        """Whether the answer to a read shows the resource, or that it does not exist."""
        return self.resource is not None or self.answer is Answer.GONE

    @property
    def status_and_code(self) -> str:
        """The status and the platform's code, for messages: `409 name-taken`."""
        return f"{self.status} {self.code}".strip()


class Reader(Protocol):
    """Reads, and cannot write."""

    @property
    def requests(self) -> int:
        """How many requests have been sent so far."""

    async def info(self) -> PlatformInfo:
        """Who it is. Raises AccessDenied (401), Unreachable, PlatformError."""

    async def snapshot(self) -> Snapshot:
        """Everything; what cannot be read whole is unknown in it, not an error."""

    async def usage(self, addresses: Sequence[Address]) -> Mapping[str, Usage]:
        """Usage by identity; what no longer exists, or may not be seen, is left out."""

    async def audit(
        self, addresses: Sequence[Address], *, since: datetime | None = None
    ) -> tuple[AuditEntry, ...]:
        """Who changed these, newest first; nothing where it may not be seen."""


MaySend: TypeAlias = Callable[[], None]
"""Asked right before every attempt of a write, and after every pause; raises where it may not be
made any more."""


class Writer(Protocol):
    """Sends batches: the only way anything is changed."""

    @property
    def requests(self) -> int:
        """How many requests have been sent so far."""

    @property
    def attempt_seconds(self) -> float:
        """What one attempt of a write may take; then it is given up, answered or not."""

    def size(self, request: Request) -> int:
        """How many bytes of a batch it takes."""

    async def send(
        self, batch: Sequence[Request], *, may_send: MaySend | None = None
    ) -> tuple[Outcome, ...]:
        """Send operations in order; one outcome each.

        A batch that writes is sent only with a `may_send`, which each of its attempts asks; what
        that raises ends it, and comes out as it is.

        Raises Unreachable when the batch may have taken effect or not. Nothing took effect when
        it raises Unsent, AccessDenied, RequestTooLarge or RequestRefused.
        """

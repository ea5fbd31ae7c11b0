"""The platform as a port: the methods of a reader and a writer, and their values.

An adapter to another platform implements `Reader` and `Writer`. Nothing above this package knows
HTTP. A `Reader` cannot change anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from operator import itemgetter
from typing import Literal, Protocol, TypeAlias

from pydantic import JsonValue

from reconciler.kinds.address import Address, ancestors, collection_over_campaigns, identity, join
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.field_path import FieldPath
from reconciler.message import Message

TOLERATED_SECONDS = 60
"""How far the platform's clock may differ from this machine's without a warning."""


@dataclass(frozen=True, slots=True)
class PlatformInfo:
    """The platform, its limits, and what the caller may do there.

    `batch_size` is the most operations in a batch, `body_bytes` the longest body of a request.
    `permissions` maps a section (`statuses`) to its rights (`view`, `create`, …).
    `ahead` is how far the platform's clock was ahead of this machine's; None when the platform
    does not report its time.
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
        """The platform's time when this machine's clock shows `now` (aware).

        It is this machine's time when the platform does not report its own.
        """
        return now if self.ahead is None else now + self.ahead

    @property
    def ahead_seconds(self) -> int | None:
        """`ahead` in whole seconds."""
        return None if self.ahead is None else round(self.ahead.total_seconds())


@dataclass(frozen=True, slots=True)
class LiveResource:
    """A resource on the platform: its writable fields in normal form. `updated_at` is RFC 3339."""

    address: Address
    kind: Kind
    fields: Fields
    etag: str
    updated_at: str = ""
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class UnreadResource:
    """A resource that exists, with values that its kind does not allow; `why` is a sentence."""

    address: Address
    why: Message


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector: its channel type and its numbers, in normal form."""

    name: str
    type: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """What manifests may refer to and cannot manage, by identity of the name.

    None when it could not be read: then nothing is known to be missing.
    """

    users: Mapping[str, str] | None
    connectors: Mapping[str, Connector] | None
    forms: Mapping[str, str] | None

    def names(self) -> dict[str, str]:
        """The names, by identity of the address (`users/ana`)."""
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
    collection (`statuses`, or `campaigns/-/statuses` for those of campaigns) that could not be read
    whole to the reason. `unreadable` holds, by identity, single resources with values that cannot
    be read; neither they nor resources below them are in `resources`. `requests` is the number of
    requests that reading it took.
    """

    info: PlatformInfo
    # Not in the repr: Python 3.11's asyncio.run makes one of what its coroutine returned
    # (signal.signal does, of the handler holding the task): two seconds for 100,000 resources.
    resources: Mapping[str, LiveResource] = field(repr=False)
    directory: Directory = field(repr=False)
    unknown: Mapping[str, Message] = field(default_factory=dict)
    unreadable: Mapping[str, UnreadResource] = field(default_factory=dict)
    requests: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether everything could be read."""
        return not self.unknown and not self.unreadable

    def find(self, address: str) -> LiveResource | None:
        """The resource at an address, in any letter case."""
        return self.resources.get(identity(address))

    def unread(self) -> Iterator[tuple[str, Message]]:
        """Each collection and resource that could not be read, with the reason; sorted."""
        single = ((one.address, one.why) for one in self.unreadable.values())
        yield from sorted((*self.unknown.items(), *single), key=itemgetter(0))

    def why_unknown(self, address: str) -> Message | None:
        """Why the state of an address is unknown; None when it was read."""
        part = self.unread_part(address)
        if not part:
            return None
        return self.unknown[part] if part in self.unknown else self.unreadable[identity(part)].why

    def unread_part(self, address: str) -> str:
        """The unreadable collection of an address, or the unreadable resource at or above it.

        It is "" when the address was read.
        """
        return self._unread_collection(address) or self._unreadable_at(address)

    def unreadable_below(self, address: str) -> tuple[UnreadResource, ...]:
        """The unreadable resources below an address, which a delete of it would delete too."""
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
    """A resource that refers to another one, and the field that does."""

    address: Address
    field: str


@dataclass(frozen=True, slots=True)
class RecentUse:
    """How often a campaign's interactions used a resource in the last 30 days, and when last."""

    campaign: str
    count: int
    last_at: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Who and what uses a resource now. A number is zero when the kind has no such use.

    `interactions_total` is what a delete of a campaign would lose; `open_by_user` is for members.
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

    path: FieldPath
    before: JsonValue = None
    after: JsonValue = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who changed a resource, when (RFC 3339), and which fields."""

    at: str
    by: str
    address: Address
    action: str
    changes: tuple[AuditChange, ...] = ()

    def has_field(self, name: str) -> bool:
        """Whether it changed a top-level field."""
        return any(change.path.field == name for change in self.changes)


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
    """Reads the platform and cannot write."""

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""

    async def info(self) -> PlatformInfo:
        """The platform's info. Raises AccessDenied, Unreachable, PlatformError."""

    async def snapshot(self) -> Snapshot:
        """Everything; a collection that cannot be read whole is unknown, not an error."""

    async def usage(self, addresses: Sequence[Address]) -> Mapping[str, Usage]:
        """Usage by identity, without resources that do not exist or may not be viewed."""

    async def audit(
        self, addresses: Sequence[Address], *, since: datetime | None = None
    ) -> tuple[AuditEntry, ...]:
        """Who changed these, newest first; empty when it may not be viewed."""


MaySend: TypeAlias = Callable[[], None]
"""Called right before every attempt of a write; raises when the write is not allowed any more."""


class Writer(Protocol):
    """Sends batches: the only way to change the platform."""

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""

    @property
    def attempt_seconds(self) -> float:
        """The longest time of one attempt of a write; then it is abandoned."""

    def size(self, request: Request) -> int:
        """The bytes of a request in a batch."""

    async def send(
        self, batch: Sequence[Request], *, may_send: MaySend | None = None
    ) -> tuple[Outcome, ...]:
        """Send operations in order; one outcome each.

        A batch that writes needs a `may_send`, which is called before each attempt. An error that
        it raises ends the batch and is raised here.

        Raises Unreachable when the batch may have taken effect or not. Nothing took effect when
        it raises Unsent, AccessDenied, RequestTooLarge or RequestRefused.
        """

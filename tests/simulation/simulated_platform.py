"""A platform in plain dictionaries, with the rules of the real one, small enough to trust.

It has no sockets, threads, randomness or clock, and shares only the kinds with the sandbox.
`test_platform_differential` compares the two. Fields, rows and resources never change in place, so
returned values stay the same. The operations are in `operations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import orjson
from pydantic import JsonValue

from reconciler.kinds.address import Address, decode, identity, join
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.registry import KINDS
from reconciler.kinds.status import STATUS
from reconciler.kinds.values.customers import comparable_number
from reconciler.live.http.failures import answer_of
from reconciler.live.platform import (
    Answer,
    Connector,
    LiveResource,
    Operation,
    Outcome,
    Referrer,
    Request,
    Usage,
)
from tests.simulation import operations
from tests.simulation.forms import Form, Refused, complete, etag_of
from tests.simulation.rights import EVERY_RIGHT, Rights
from tests.simulation.rows import Row, Write
from tests.simulation.traffic import Traffic

BATCH_SIZE = 1000
_KEPT = timedelta(hours=24)
_RECENT = timedelta(days=30)
_LONGEST_KEY = 255
_TREES = frozenset(
    path
    for kind in KINDS
    if kind.is_tree
    for path in (kind.collection, f"campaigns/-/{kind.collection}")
)


def stamp(moment: datetime) -> str:
    """A time in the platform's format, whose texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _comparable(connector: Connector) -> Connector:
    numbers = tuple(comparable_number(number) for number in connector.numbers)
    return replace(connector, numbers=numbers)


@dataclass(frozen=True, slots=True)
class _Acting:
    """The current user and operation, for the audit log."""

    user: str
    asked: str = ""
    key: str | None = None


class Platform:
    """The resources and their history. `send` is the only way to change them.

    `clock` returns the current time. `rights` limits users; other users may do everything. `log`
    has all changes, oldest first.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        name: str = "acme-dev",
        users: Iterable[str] = (),
        connectors: Iterable[Connector] = (),
        forms: Iterable[str] = (),
        rights: Mapping[str, Rights] | None = None,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        self.name, self.clock, self.batch_size = name, clock, batch_size
        self.users = {identity(name): name for name in users}
        self.connectors = {
            identity(connector.name): _comparable(connector) for connector in connectors
        }
        self.forms = {identity(name): name for name in forms}
        self.rights = dict(rights or {})
        self.rows: dict[str, Row] = {}
        self.log: list[Write] = []
        self.traffic = Traffic()
        self.requests = 0
        self._lists: dict[str, dict[str, LiveResource]] | None = None  # until the next change
        self._kept: dict[tuple[str, str], tuple[bytes, str, Outcome]] = {}
        self._last_number = 0
        self._acting = _Acting("system")
        self._moment: tuple[datetime, str] = (datetime.min.replace(tzinfo=UTC), "")
        for item in sorted(STATUS.system_names):
            self.add(STATUS, join("statuses", item), None, complete(STATUS, Address(item), {}))

    # ---- reading -------------------------------------------------------------------------

    def find(self, address: str) -> Row | None:
        """The row at an address, ignoring case."""
        return self.rows.get(identity(address))

    def listed(self, path: str) -> Mapping[str, LiveResource]:
        """The resources of a list, in creation order, with parents of trees first."""
        if self._lists is None:
            self._lists = {}
            for key, row in self.rows.items():
                self._lists.setdefault(row.path, {})[key] = row.live
            for tree in _TREES & self._lists.keys():
                levels = sorted(self._lists[tree].items(), key=lambda item: item[0].count("/"))
                self._lists[tree] = dict(levels)
        return self._lists.get(path, {})

    def knows(self, address: str) -> bool:
        """Whether the resource, user, connector or form exists."""
        key = identity(address)
        if key in self.rows:
            return True
        collection, _, name = key.partition("/")
        if collection == "users":
            return decode(name) in self.users
        if collection == "connectors":
            return decode(name) in self.connectors
        return collection == "forms" and decode(name) in self.forms

    def below(self, address: str) -> list[Row]:
        """All descendants of an address, in creation order."""
        start = identity(address) + "/"
        return [row for key, row in self.rows.items() if key.startswith(start)]

    def naming(self, targets: set[str]) -> list[Row]:
        """The rows that refer to one of the targets, in creation order."""
        return [row for row in self.rows.values() if not targets.isdisjoint(row.names)]

    def may(self, user: str, section: str, right: str) -> bool:
        """Whether a user has a right on a section."""
        rights = self.rights.get(user)
        return rights is None or right in rights.get(section, EVERY_RIGHT)

    def usage(self, row: Row) -> Usage:
        """The usage of a resource now and in the last 30 days."""
        since = stamp(self.clock() - _RECENT)
        return self.traffic.usage(row, self._referrers_of(row), since=since)

    def _referrers_of(self, row: Row) -> Iterator[Referrer]:
        target = identity(row.live.address)
        for source in self.naming({target}):
            for reference in source.live.kind.references(source.live.address, source.live.fields):
                meant = next(
                    (c for c in map(identity, reference.candidates) if c in self.rows), None
                )
                if meant == target:
                    yield Referrer(source.live.address, reference.path)

    def assert_untouched(self) -> None:
        """Check that no code changed the returned values."""
        for row in self.rows.values():
            assert etag_of(row.live.fields) == row.live.etag, f"{row.live.address} was written into"

    # ---- requests ------------------------------------------------------------------------

    def send(self, user: str, batch: Sequence[Request]) -> tuple[Outcome, ...]:
        """Perform operations in order, with one outcome each; some can fail."""
        self.requests += 1
        return tuple([self._once(user, operation) for operation in batch])

    def edit(
        self,
        user: str,
        operation: Operation,
        address: str,
        body: Mapping[str, JsonValue] | None = None,
    ) -> Outcome:
        """Perform one operation of a person."""
        return self.send(user, [Request(operation, Address(address), body)])[0]

    def _once(self, user: str, request: Request) -> Outcome:
        key = request.key
        if key is None or request.operation == "get":
            return self._outcome(user, request)
        if not 1 <= len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
            return Outcome(
                Answer.REFUSED, 400, code="bad-idempotency-key", detail="a key is printable ASCII"
            )
        asked = orjson.dumps(
            (request.operation, request.address, request.body), option=orjson.OPT_SORT_KEYS
        )
        kept = self._kept.get((user, key))
        if kept is not None and kept[1] > stamp(self.clock() - _KEPT):
            if kept[0] == asked:
                return replace(kept[2], replayed=True)
            detail = f"the idempotency key '{key}' was used for another request"
            return Outcome(Answer.REFUSED, 422, code="idempotency-mismatch", detail=detail)
        outcome = self._outcome(user, request)
        self._kept[user, key] = (asked, self.now(), outcome)
        return outcome

    def _outcome(self, user: str, request: Request) -> Outcome:
        self._acting = _Acting(user, request.address, request.key)
        try:
            return operations.carried_out(self, user, request)
        except Refused as no:
            return Outcome(answer_of(no.status), no.status, code=no.code, detail=no.detail)

    # ---- changes, after their checks --------------------------------------------------

    def add(self, kind: Kind, address: Address, campaign: str | None, form: Form) -> Row:
        """Add a resource."""
        self._last_number += 1
        path = kind.collection if campaign is None else f"campaigns/-/{kind.collection}"
        live = self._live(kind, address, form)
        row = Row(
            self._last_number, path, campaign, live, operations.names_of(kind, address, form.fields)
        )
        self._lists = None
        self.rows[identity(address)] = row
        return row

    def change(self, row: Row, form: Form) -> Row:
        """Set a resource's fields, if they differ."""
        before = row.live
        if before.fields == form.fields:
            return row
        names = operations.names_of(before.kind, before.address, form.fields)
        live = self._live(before.kind, before.address, form)
        changed = Row(row.number, row.path, row.campaign, live, names)
        self._lists = None
        self.rows[identity(live.address)] = changed
        self.note(changed, "update", before.fields, form.fields)
        return changed

    def move(self, old: Address, new: Address) -> Row:
        """Change the address of a resource and its descendants, and keep their order."""
        top = self.rows[identity(old)]
        self._lists = None
        moves = [(item, self._moved(item, old, new)) for item in (top, *self.below(old))]
        moved = {identity(item.live.address): there for item, there in moves}
        self.rows = {
            identity(item.live.address): item
            for item in (moved.get(key, row) for key, row in self.rows.items())
        }
        for move, there in moves:
            fields = move.live.fields
            self.note(there, "rename", fields, fields, previous=move.live.address)
        return moves[0][1]

    def _moved(self, row: Row, old: Address, new: Address) -> Row:
        live = replace(row.live, address=Address(new + row.live.address[len(old) :]))
        if row.live.address == old:
            live = replace(live, updated_at=self.now(), updated_by=self._acting.user)
        return replace(row, live=live)

    def remove(self, gone: Iterable[Row]) -> None:
        """Remove resources. Their numbers are never used again, so nothing refers to them."""
        self._lists = None
        for row in gone:
            self.note(row, "delete", row.live.fields, None)
            del self.rows[identity(row.live.address)]

    def _live(self, kind: Kind, address: Address, form: Form) -> LiveResource:
        return LiveResource(address, kind, form.fields, form.etag, self.now(), self._acting.user)

    def now(self) -> str:
        """The current time in the platform's format."""
        moment = self.clock()
        if moment != self._moment[0]:
            self._moment = (moment, stamp(moment))
        return self._moment[1]

    def note(
        self,
        row: Row,
        action: str,
        before: Fields | None,
        after: Fields | None,
        *,
        previous: Address | None = None,
    ) -> None:
        """Add a line to the audit log."""
        self.log.append(
            Write(
                number=len(self.log),
                at=self.now(),
                by=self._acting.user,
                address=row.live.address,
                action=action,
                kind=row.live.kind,
                before=before,
                after=after,
                previous=previous,
                asked=self._acting.asked,
                key=self._acting.key,
                request=self.requests,
            )
        )

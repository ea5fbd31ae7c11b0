"""Where a sandbox keeps itself: opens the database, and one unit of work at a time.

A `Session` is one transaction. Sessions never overlap: the server is one process, handlers do not
await while they hold one, and a lock keeps other threads out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from reconciler.kinds.address import Address, identity, join, name_of
from reconciler.sandbox.store.tables import AUDIT, LINKS, META, METADATA, RESOURCES, REVISIONS

_FILE_NAME = "sandbox.sqlite3"
_CHUNK = 5000

_COLUMNS = (
    RESOURCES.c.seq,
    RESOURCES.c.address,
    RESOURCES.c.collection,
    RESOURCES.c.campaign,
    RESOURCES.c.size,
    RESOURCES.c.body,
)
_FIND = select(*_COLUMNS).where(RESOURCES.c.identity == bindparam("wanted"))
_UPDATE = (
    update(RESOURCES)
    .where(RESOURCES.c.seq == bindparam("of"))
    .values(size=bindparam("new_size"), body=bindparam("new_body"))
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A resource's row. `campaign` is the name of the campaign it belongs to, if it does."""

    seq: int
    address: Address
    collection: str
    campaign: str | None
    size: int
    body: bytes

    def document(self) -> dict[str, Any]:
        """Its JSON, parsed afresh."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document


@dataclass(frozen=True, slots=True)
class Link:
    """A field of a resource that names another; see `kinds.base.Reference`."""

    field: str
    rank: int
    target: str


def list_keys(collection: str, campaign: str | None) -> tuple[str, ...]:
    """The lists a resource shows in: its collection, and its campaign's share of that."""
    if campaign is None:
        return (collection,)
    return (collection, join("campaigns", campaign) + "/" + collection.rpartition("/")[2])


def search_text(address: str, campaign: str | None, collection: str) -> str:
    """What `search` looks in: the last name; of a member list, which has none, the campaign's."""
    if collection == "campaigns/-/members" and campaign is not None:
        return identity(campaign)
    return identity(name_of(address))


class Session:
    """One transaction's view of the database. What it notes on the way is written by `flush`."""

    def __init__(self, storage: Storage, connection: Connection, now: str, user: str) -> None:
        self.connection = connection
        self.now = now
        self.user = user
        self._storage = storage
        self._found: dict[str, Stored | None] = {}
        self._touched: dict[str, None] = {}
        self._audit: list[dict[str, Any]] = []

    # Reading

    def find(self, address: str) -> Stored | None:
        """The resource at an address, however its case is written."""
        key = identity(address)
        if key not in self._found:
            row = self.connection.execute(_FIND, {"wanted": key}).one_or_none()
            self._found[key] = None if row is None else Stored(*row)
        return self._found[key]

    def load(self, addresses: Iterable[str]) -> None:
        """Find many at once, so that `find` need not ask again."""
        keys = [key for key in dict.fromkeys(map(identity, addresses)) if key not in self._found]
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            self._found.update(dict.fromkeys(chunk))
            for row in self.connection.execute(
                select(RESOURCES.c.identity, *_COLUMNS).where(RESOURCES.c.identity.in_(chunk))
            ):
                self._found[row[0]] = Stored(*row[1:])

    def rows(self, *where: ColumnElement[bool], limit: int | None = None) -> list[Stored]:
        """Resources by any condition, in creation order."""
        query = select(*_COLUMNS).where(*where).order_by(RESOURCES.c.seq).limit(limit)
        return [Stored(*row) for row in self.connection.execute(query)]

    def below(self, address: str) -> list[Stored]:
        """Everything whose address continues this one, in creation order."""
        start = identity(address) + "/"
        # "0" is the character after "/": a range uses the index where LIKE would scan.
        return self.rows(RESOURCES.c.identity > start, RESOURCES.c.identity < start[:-1] + "0")

    def sources(self, target: str) -> list[tuple[int, str]]:
        """Who names an address: resources and their fields."""
        query = select(LINKS.c.source, LINKS.c.field).where(LINKS.c.target == target)
        return [(row[0], row[1]) for row in self.connection.execute(query.order_by(LINKS.c.id))]

    def revision(self, key: str) -> int:
        """How often a list has changed."""
        query = select(REVISIONS.c.revision).where(REVISIONS.c.collection == key)
        return self.connection.execute(query).scalar() or 0

    # Writing

    def insert(self, rows: Sequence[Mapping[str, Any]]) -> list[Stored]:
        """Add resources: address, collection, campaign, size and body of each."""
        added = [
            Stored(
                self._storage.next_seq(),
                row["address"],
                row["collection"],
                row["campaign"],
                row["size"],
                row["body"],
            )
            for row in rows
        ]
        if not added:
            return added
        self.connection.execute(
            insert(RESOURCES),
            [
                {
                    "seq": one.seq,
                    "identity": identity(one.address),
                    "address": one.address,
                    "collection": one.collection,
                    "campaign": one.campaign,
                    "search": search_text(one.address, one.campaign, one.collection),
                    "size": one.size,
                    "body": one.body,
                }
                for one in added
            ],
        )
        for one in added:
            self._found[identity(one.address)] = one
            self.touch(one)
        return added

    def update(self, stored: Stored, *, size: int, body: bytes) -> Stored:
        """Write a resource's new JSON."""
        self.connection.execute(_UPDATE, {"of": stored.seq, "new_size": size, "new_body": body})
        new = Stored(stored.seq, stored.address, stored.collection, stored.campaign, size, body)
        self._found[identity(new.address)] = new
        self.touch(new)
        return new

    def move(self, moves: Sequence[tuple[Stored, Address, bytes]]) -> None:
        """Give resources other addresses."""
        statement = (
            update(RESOURCES)
            .where(RESOURCES.c.seq == bindparam("of"))
            .values(
                identity=bindparam("new_identity"),
                address=bindparam("new_address"),
                search=bindparam("new_search"),
                body=bindparam("new_body"),
            )
        )
        self.connection.execute(
            statement,
            [
                {
                    "of": stored.seq,
                    "new_identity": identity(address),
                    "new_address": address,
                    "new_search": search_text(address, stored.campaign, stored.collection),
                    "new_body": body,
                }
                for stored, address, body in moves
            ],
        )
        self._found.update({identity(stored.address): None for stored, _, _ in moves})
        for stored, address, body in moves:
            self._found[identity(address)] = replace(stored, address=address, body=body)
            self.touch(stored)

    def remove(self, gone: Sequence[Stored]) -> None:
        """Take resources away, with what they name."""
        for start in range(0, len(gone), _CHUNK):
            seqs = [one.seq for one in gone[start : start + _CHUNK]]
            self.connection.execute(delete(RESOURCES).where(RESOURCES.c.seq.in_(seqs)))
            self.connection.execute(delete(LINKS).where(LINKS.c.source.in_(seqs)))
        for one in gone:
            self._found[identity(one.address)] = None
            self.touch(one)

    def link(self, seq: int, links: Sequence[Link]) -> None:
        """Replace what a resource names."""
        self.connection.execute(delete(LINKS).where(LINKS.c.source == seq))
        self.add_links([(seq, link) for link in links])

    def add_links(self, links: Sequence[tuple[int, Link]]) -> None:
        """Note what new resources name."""
        if links:
            self.connection.execute(
                insert(LINKS),
                [
                    {"source": seq, "field": one.field, "rank": one.rank, "target": one.target}
                    for seq, one in links
                ],
            )

    def touch(self, stored: Stored) -> None:
        """Note that the lists a resource shows in have changed."""
        for key in list_keys(stored.collection, stored.campaign):
            self._touched[key] = None

    def note(self, row: dict[str, Any]) -> None:
        """Add a row to the audit log."""
        self._audit.append(row)

    def flush(self) -> None:
        """Write the revisions and audit rows noted on the way."""
        if self._audit:
            self.connection.execute(insert(AUDIT), self._audit)
            self._audit.clear()
        if self._touched:
            known = set(
                self.connection.execute(
                    select(REVISIONS.c.collection).where(
                        REVISIONS.c.collection.in_(list(self._touched))
                    )
                ).scalars()
            )
            if known:
                self.connection.execute(
                    update(REVISIONS)
                    .where(REVISIONS.c.collection.in_(sorted(known)))
                    .values(revision=REVISIONS.c.revision + 1)
                )
            new = [{"collection": k, "revision": 1} for k in self._touched if k not in known]
            if new:
                self.connection.execute(insert(REVISIONS), new)
            self._touched.clear()


class BadData(Exception):
    """Where the data should be cannot be opened; the message says why, and tells no password."""


class Storage:
    """The database behind a sandbox. Raises BadData."""

    def __init__(self, data: str | Path | None) -> None:
        self._lock = RLock()
        try:
            self._engine = _engine(data)
            METADATA.create_all(self._engine)
            with self._engine.begin() as connection:
                last = connection.execute(select(func.max(RESOURCES.c.seq))).scalar()
        except (OSError, SQLAlchemyError) as error:
            raise BadData(f"{_shown(data)} cannot be opened: {_why(error)}") from error
        self._last_seq: int = last or 0

    @contextmanager
    def session(self, *, now: str, user: str) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back when something is raised."""
        with self._lock, self._engine.begin() as connection:
            session = Session(self, connection, now, user)
            yield session
            session.flush()

    def next_seq(self) -> int:
        """The next place in creation order; gaps do no harm."""
        self._last_seq += 1
        return self._last_seq

    def recall(self, key: str) -> Any:
        """A fact about this sandbox, or None."""
        with self._lock, self._engine.begin() as connection:
            value = connection.execute(select(META.c.value).where(META.c.key == key)).scalar()
        return None if value is None else orjson.loads(value)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def remember(session: Session, key: str, value: object) -> None:
    """Keep a fact about this sandbox."""
    session.connection.execute(insert(META), {"key": key, "value": orjson.dumps(value)})


def _engine(data: str | Path | None) -> Engine:
    if data is None:
        return create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    text = str(data)
    if "://" in text:
        engine = create_engine(text)
    else:
        path = Path(data)
        if path.is_dir() or not path.suffix:
            path.mkdir(parents=True, exist_ok=True)
            path = path / _FILE_NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{path}")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune)
    return engine


def _shown(data: str | Path | None) -> str:
    scheme, url, _ = str(data).partition("://")
    return f"{scheme}://…" if url else str(data)


def _why(error: OSError | SQLAlchemyError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error.orig if isinstance(error, DBAPIError) else error).splitlines()[0]


def _tune(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()

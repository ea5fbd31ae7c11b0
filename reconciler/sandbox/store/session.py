"""The sandbox's database, and its transactions.

A `Session` is one transaction. Sessions never overlap: the server is one process, handlers do not
await inside a session, and a lock excludes other threads.
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
    """A resource's row. `campaign` is the name of its campaign, None for a global resource."""

    seq: int
    address: Address
    collection: str
    campaign: str | None
    size: int
    body: bytes

    def document(self) -> dict[str, Any]:
        """Parse the JSON body."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document


@dataclass(frozen=True, slots=True)
class Link:
    """A reference from a resource's field to another resource; see `kinds.base.Reference`."""

    field: str
    rank: int
    target: str


def list_keys(collection: str, campaign: str | None) -> tuple[str, ...]:
    """The lists that contain a resource: its collection, and the one of its campaign."""
    if campaign is None:
        return (collection,)
    return (collection, join("campaigns", campaign) + "/" + collection.rpartition("/")[2])


def search_text(address: str, campaign: str | None, collection: str) -> str:
    """The text for `search`: the last name; for a member list, the campaign's name."""
    if collection == "campaigns/-/members" and campaign is not None:
        return identity(campaign)
    return identity(name_of(address))


class Session:
    """One transaction. `flush` writes its audit rows and list revisions."""

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
        """The resource at an address, ignoring case, or None."""
        key = identity(address)
        if key not in self._found:
            row = self.connection.execute(_FIND, {"wanted": key}).one_or_none()
            self._found[key] = None if row is None else Stored(*row)
        return self._found[key]

    def load(self, addresses: Iterable[str]) -> None:
        """Read many resources at once into the cache of `find`."""
        keys = [key for key in dict.fromkeys(map(identity, addresses)) if key not in self._found]
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            self._found.update(dict.fromkeys(chunk))
            for row in self.connection.execute(
                select(RESOURCES.c.identity, *_COLUMNS).where(RESOURCES.c.identity.in_(chunk))
            ):
                self._found[row[0]] = Stored(*row[1:])

    def rows(self, *where: ColumnElement[bool], limit: int | None = None) -> list[Stored]:
        """The resources that meet all conditions, in creation order."""
        query = select(*_COLUMNS).where(*where).order_by(RESOURCES.c.seq).limit(limit)
        return [Stored(*row) for row in self.connection.execute(query)]

    def below(self, address: str) -> list[Stored]:
        """All descendants of an address, in creation order."""
        start = identity(address) + "/"
        # "0" is the character after "/": a range uses the index where LIKE would scan.
        return self.rows(RESOURCES.c.identity > start, RESOURCES.c.identity < start[:-1] + "0")

    def sources(self, target: str) -> list[tuple[int, str]]:
        """The resources (by sequence number) and fields that link to a target."""
        query = select(LINKS.c.source, LINKS.c.field).where(LINKS.c.target == target)
        return [(row[0], row[1]) for row in self.connection.execute(query.order_by(LINKS.c.id))]

    def revision(self, key: str) -> int:
        """The number of changes of a list."""
        query = select(REVISIONS.c.revision).where(REVISIONS.c.collection == key)
        return self.connection.execute(query).scalar() or 0

    # Writing

    def insert(self, rows: Sequence[Mapping[str, Any]]) -> list[Stored]:
        """Add resources from rows of address, collection, campaign, size and body."""
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
                    "seq": stored.seq,
                    "identity": identity(stored.address),
                    "address": stored.address,
                    "collection": stored.collection,
                    "campaign": stored.campaign,
                    "search": search_text(stored.address, stored.campaign, stored.collection),
                    "size": stored.size,
                    "body": stored.body,
                }
                for stored in added
            ],
        )
        for stored in added:
            self._found[identity(stored.address)] = stored
            self.touch(stored)
        return added

    def update(self, stored: Stored, *, size: int, body: bytes) -> Stored:
        """Replace a resource's JSON."""
        self.connection.execute(_UPDATE, {"of": stored.seq, "new_size": size, "new_body": body})
        new = Stored(stored.seq, stored.address, stored.collection, stored.campaign, size, body)
        self._found[identity(new.address)] = new
        self.touch(new)
        return new

    def move(self, moves: Sequence[tuple[Stored, Address, bytes]]) -> None:
        """Change the addresses of resources."""
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
        """Delete resources and their links."""
        for start in range(0, len(gone), _CHUNK):
            seqs = [stored.seq for stored in gone[start : start + _CHUNK]]
            self.connection.execute(delete(RESOURCES).where(RESOURCES.c.seq.in_(seqs)))
            self.connection.execute(delete(LINKS).where(LINKS.c.source.in_(seqs)))
        for stored in gone:
            self._found[identity(stored.address)] = None
            self.touch(stored)

    def link(self, seq: int, links: Sequence[Link]) -> None:
        """Replace the links of a resource."""
        self.connection.execute(delete(LINKS).where(LINKS.c.source == seq))
        self.add_links([(seq, link) for link in links])

    def add_links(self, links: Sequence[tuple[int, Link]]) -> None:
        """Add the links of new resources, by sequence number."""
        if links:
            self.connection.execute(
                insert(LINKS),
                [
                    {"source": seq, "field": link.field, "rank": link.rank, "target": link.target}
                    for seq, link in links
                ],
            )

    def touch(self, stored: Stored) -> None:
        """Mark the lists that contain a resource as changed."""
        for key in list_keys(stored.collection, stored.campaign):
            self._touched[key] = None

    def log(self, row: dict[str, Any]) -> None:
        """Add a row to the audit log."""
        self._audit.append(row)

    def flush(self) -> None:
        """Write the collected audit rows and list revisions."""
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
            new = [{"collection": key, "revision": 1} for key in self._touched if key not in known]
            if new:
                self.connection.execute(insert(REVISIONS), new)
            self._touched.clear()


class BadData(Exception):
    """The database cannot be opened; the message says why and contains no password."""


class Storage:
    """Opens and locks the database of a sandbox. Raises BadData."""

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
        """Open a transaction: commit at the end, roll back on an exception."""
        with self._lock, self._engine.begin() as connection:
            session = Session(self, connection, now, user)
            yield session
            session.flush()

    def next_seq(self) -> int:
        """The next sequence number; gaps are harmless."""
        self._last_seq += 1
        return self._last_seq

    def recall(self, key: str) -> Any:
        """A stored setting of this sandbox, or None."""
        with self._lock, self._engine.begin() as connection:
            value = connection.execute(select(META.c.value).where(META.c.key == key)).scalar()
        return None if value is None else orjson.loads(value)

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()


def remember(session: Session, key: str, value: object) -> None:
    """Store a setting of this sandbox."""
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

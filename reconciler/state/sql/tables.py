"""The tables for SQLAlchemy. The migrations create them; a test compares the two.

JSON is stored as text, so that any client can read it. Names that are sorted or found by prefix
compare by code point in both databases.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from reconciler.message import NO_MESSAGE, Message
from reconciler.state.keys import LedgerKey, storable, utc


class Instant(TypeDecorator[datetime]):
    """A moment, stored in UTC and read as aware, in databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class MessageText(TypeDecorator[Message]):
    """A message, stored as JSON; an empty one as empty text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Message | None, dialect: Dialect) -> str:  # noqa: ARG002
        return dump_message(value) if value else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> Message:  # noqa: ARG002
        return load_message(value) if value else NO_MESSAGE


def dump_message(message: Message) -> str:
    """A message as JSON that a database can store."""
    return storable(json.dumps(asdict(message), ensure_ascii=False))


def load_message(text: str) -> Message:
    """The message that `dump_message` wrote."""
    return _messages().validate_json(text)


@cache
def _messages() -> TypeAdapter[Message]:
    return TypeAdapter(Message)


def of_key(table: Table, key: LedgerKey) -> ColumnElement[bool]:
    """The condition for the rows of one ledger in a table."""
    return and_(*(table.c[name] == value for name, value in key._asdict().items()))


def key_of(row: Row[Any]) -> LedgerKey:
    """The key of the ledger in a row."""
    return LedgerKey(row.project, row.environment, row.platform_id)


def values_of(row: Row[Any], value_type: type) -> dict[str, Any]:
    """The columns of a row that are fields of a dataclass, by name."""
    columns = row._mapping
    return {name: columns[name] for name in _field_names(value_type) if name in columns}


@cache
def _field_names(value_type: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(value_type))


def _exact_text() -> TypeEngine[str]:
    return Text().with_variant(Text(collation="C"), "postgresql")


metadata = MetaData()

ledgers = Table(
    "ledgers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("platform_id", Text, nullable=False),
    Column("lineage", Text, nullable=False),
    Column("guard_settings", Text, nullable=False),
    Column("safeguards", Text),
    UniqueConstraint("project", "environment", "platform_id", name="ledgers_key"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("ledger_id", ForeignKey("ledgers.id"), primary_key=True),
    Column("identity", _exact_text(), primary_key=True),
    Column("address", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("protect", Boolean, nullable=False),
    Column("on_remove", Text, nullable=False),
    Column("platform_id", Text, nullable=False),
    Index("one_owner", "platform_id", "identity", unique=True),
)

platforms = Table("platforms", metadata, Column("id", Text, primary_key=True))
"""One row for each platform, which `ownership` locks."""

runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("ledger_id", ForeignKey("ledgers.id"), nullable=False),
    Column("token", Integer, nullable=False),
    Column("plan_id", Text, nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("git_commit", Text, nullable=False),
    Column("git_author", Text, nullable=False, server_default=""),
    Column("reasons", Text, nullable=False),
    Column("plan", LargeBinary),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Index("runs_by_ledger", "ledger_id", "number"),
    Index("runs_by_plan", "plan_id"),
)

steps = Table(
    "steps",
    metadata,
    Column("run_number", ForeignKey("runs.number"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("address", Text, nullable=False),
    Column("identity", _exact_text(), nullable=False),
    Column("previous_address", Text),
    Column("previous_identity", _exact_text()),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("detail", MessageText, nullable=False),
    Column("status_code", Integer),
    Column("attempts", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("fenced", Boolean, nullable=False),
    Column("needs_look", Boolean, nullable=False, server_default=false()),
    Index("steps_by_identity", "identity"),
    Index("steps_by_previous_identity", "previous_identity"),
)

leases = Table(
    "leases",
    metadata,
    Column("project", Text, primary_key=True),
    Column("environment", Text, primary_key=True),
    Column("platform_id", Text, primary_key=True),
    Column("token", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process", Text, nullable=False, server_default=""),
    Column("operation", Text, nullable=False),
    Column("acquired_at", Instant, nullable=False),
    Column("heartbeat_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ttl_seconds", Integer, nullable=False),
    Column("held", Boolean, nullable=False),
)

mask_keys = Table(
    "mask_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

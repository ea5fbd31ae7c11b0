"""The tables of a sandbox.

One column contains a resource's whole JSON: reads join bytes and parse nothing. `seq` is the
creation order and the foreign key of all other tables, so a rename keeps history.
`collection` is `statuses` for global resources and `campaigns/-/statuses` for campaign resources.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

_Binary = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that compares by code point on every database, as prefix ranges require."""

RESOURCES = Table(
    "resources",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("identity", _Binary, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("collection", Text, nullable=False),
    Column("campaign", Text),
    Column("search", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("resources_by_collection", "collection", "seq"),
    Index("resources_by_campaign", "campaign", "collection", "seq"),
)

LINKS = Table(
    "links",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", Integer, nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("target", _Binary, nullable=False, index=True),
)
"""References from fields to resources. The existing candidate with the lowest rank counts."""

REVISIONS = Table(
    "revisions",
    METADATA,
    Column("collection", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
)

INTERACTIONS = Table(
    "interactions",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("campaign", Text, nullable=False),
    Column("channel", Text),
    Column("user", Text),
    Column("at", String(24), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("interactions_by_campaign", "campaign", "channel", "at", "open"),
)

USES = Table(
    "uses",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("resource", Integer, nullable=False),
    Column("campaign", Text, nullable=False, index=True),
    Column("at", String(24), nullable=False),
    Column("open", Boolean, nullable=False),
    Index("uses_by_resource", "resource", "campaign", "at", "open"),
)
"""Uses of resources by interactions, with copies of the columns that queries count."""

AGENTS = Table(
    "agents",
    METADATA,
    Column("user", Text, primary_key=True),
    Column("status", Integer, nullable=False, index=True),
    Column("campaign", Text),
    Column("body", LargeBinary, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("at", String(24), nullable=False),
    Column("identity", Text, nullable=False, index=True),
    Column("previous", Text, index=True),
    Column("body", LargeBinary, nullable=False),
)

ANSWERS = Table(
    "answers",
    METADATA,
    Column("user", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("at", String(24), nullable=False, index=True),
    Column("status", Integer, nullable=False),
    Column("etag", Text),
    Column("body", LargeBinary),
)
"""The first answers by idempotency key."""

META = Table(
    "meta",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

"""The first tables: ledgers and their entries, runs, steps, leases, the key of masks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _exact_text() -> TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything."""
    _ledgers()
    _runs()
    op.create_table(
        "leases",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("environment", sa.Text, primary_key=True),
        sa.Column("platform_id", sa.Text, primary_key=True),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("acquired_at", _moment(), nullable=False),
        sa.Column("heartbeat_at", _moment(), nullable=False),
        sa.Column("expires_at", _moment(), nullable=False),
        sa.Column("ttl_seconds", sa.Integer, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
    )
    op.create_table(
        "mask_keys",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )


def _ledgers() -> None:
    op.create_table(
        "ledgers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("platform_id", sa.Text, nullable=False),
        sa.Column("lineage", sa.Text, nullable=False),
        sa.Column("guard_settings", sa.Text, nullable=False),
        sa.UniqueConstraint("project", "environment", "platform_id", name="ledgers_key"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("ledger_id", sa.Integer, sa.ForeignKey("ledgers.id"), primary_key=True),
        sa.Column("identity", _exact_text(), primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("protect", sa.Boolean, nullable=False),
        sa.Column("on_remove", sa.Text, nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("ledger_id", sa.Integer, sa.ForeignKey("ledgers.id"), nullable=False),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("plan_id", sa.Text, nullable=False),
        sa.Column("content_digest", sa.Text, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("git_commit", sa.Text, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("plan", sa.LargeBinary),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("finished_at", _moment()),
    )
    op.create_index("runs_by_ledger", "runs", ["ledger_id", "number"])
    op.create_index("runs_by_plan", "runs", ["plan_id"])
    op.create_table(
        "steps",
        sa.Column("run_number", sa.Integer, sa.ForeignKey("runs.number"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("identity", _exact_text(), nullable=False),
        sa.Column("previous_address", sa.Text),
        sa.Column("previous_identity", _exact_text()),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("status_code", sa.Integer),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.Column("fenced", sa.Boolean, nullable=False),
    )
    op.create_index("steps_by_identity", "steps", ["identity"])
    op.create_index("steps_by_previous_identity", "steps", ["previous_identity"])

"""One owner for each resource of a platform: entries have the platform, and are unique on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WITH_THEIR_PLATFORM = """
    UPDATE ledger_entries SET platform_id =
        (SELECT platform_id FROM ledgers WHERE ledgers.id = ledger_entries.ledger_id)
"""
_LATER_OWNERS = """
    DELETE FROM ledger_entries WHERE EXISTS (
        SELECT 1 FROM ledger_entries AS first
        WHERE first.platform_id = ledger_entries.platform_id
        AND first.identity = ledger_entries.identity
        AND first.ledger_id < ledger_entries.ledger_id)
"""
"""If two ledgers own one resource, the older ledger keeps it. The next plan of the other ledger
shows the owner."""


def upgrade() -> None:
    """Add the platform to entries, keep one owner each, and add the rows that platforms lock."""
    op.add_column("ledger_entries", sa.Column("platform_id", sa.Text, nullable=True))
    op.execute(_WITH_THEIR_PLATFORM)
    op.execute(_LATER_OWNERS)
    with op.batch_alter_table("ledger_entries") as entries:
        entries.alter_column("platform_id", existing_type=sa.Text, nullable=False)
    op.create_index("one_owner", "ledger_entries", ["platform_id", "identity"], unique=True)
    op.create_table("platforms", sa.Column("id", sa.Text, primary_key=True))

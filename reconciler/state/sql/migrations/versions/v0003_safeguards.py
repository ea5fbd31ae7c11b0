"""Store safeguards with each ledger: signatures, keys and freeze windows of its last apply."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. It is empty until an apply ends: nothing was recorded before."""
    op.add_column("ledgers", sa.Column("safeguards", sa.Text, nullable=True))

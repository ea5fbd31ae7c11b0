"""Which process a lease was taken by, so that the lease of a dead one can be taken at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark; leases taken before have none, and expire by themselves."""
    op.add_column("leases", sa.Column("process", sa.Text, nullable=False, server_default=""))

"""Store the process of a lease, so that the lease of a dead process can be taken over at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Leases acquired before have no process, and expire."""
    op.add_column("leases", sa.Column("process", sa.Text, nullable=False, server_default=""))

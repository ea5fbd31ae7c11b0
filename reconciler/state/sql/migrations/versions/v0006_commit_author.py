"""Store the author of a run's commit, so that another checkout can name the author."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Runs recorded before have no author."""
    op.add_column("runs", sa.Column("git_author", sa.Text, nullable=False, server_default=""))

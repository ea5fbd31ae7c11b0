"""Store the detail of a step as a message, and whether the step needs a look."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NEEDS_LOOK = ("differs", "not read back")


def upgrade() -> None:
    """Add the column, and make each text a message that a masker searches for customers."""
    op.add_column(
        "steps", sa.Column("needs_look", sa.Boolean, nullable=False, server_default=sa.false())
    )
    steps = sa.table("steps", *map(sa.column, ("run_number", "seq", "detail", "needs_look")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(steps).where(steps.c.detail != "")).all():
        connection.execute(
            sa.update(steps)
            .where(steps.c.run_number == row.run_number, steps.c.seq == row.seq)
            .values(detail=_message(row.detail), needs_look=row.detail.startswith(_NEEDS_LOOK))
        )


def _message(text: str) -> str:
    argument = {"free_text": text, "is_about_customers": True}
    return json.dumps({"template": "{text}", "arguments": {"text": argument}}, ensure_ascii=False)

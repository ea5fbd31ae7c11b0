"""Alembic's environment: migrations run in the given connection and its transaction."""

from __future__ import annotations

from alembic import context

from reconciler.state.sql.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

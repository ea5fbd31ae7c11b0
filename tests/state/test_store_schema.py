"""The migrations make the tables that the code speaks of, from nothing."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from state_values import KEY, owned, upsert

from reconciler.state import schema
from reconciler.state.store import Store
from reconciler.state.tables import metadata


def test_the_migrations_make_what_the_tables_say(sql_store: Store) -> None:
    with sql_store._engine.connect() as connection:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_every_migration_is_listed_in_order() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(schema.VERSIONS)


def test_identities_compare_by_code_point_in_both_databases(store: Store) -> None:
    names = ["statuses/a-b", "statuses/ab", "statuses/a b", "statuses/é", "statuses/z"]
    store.change_ledger(KEY, [upsert(name) for name in names])
    assert owned(store) == sorted(names)

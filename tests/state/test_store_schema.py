"""The migrations make the tables that the code speaks of, from nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from reconciler.state.keys import LedgerKey
from reconciler.state.sql import schema
from reconciler.state.sql.store import Store
from reconciler.state.sql.tables import metadata
from tests.state.state_values import KEY, owned, upsert

_OLD_LEDGER = text("INSERT INTO ledgers VALUES (:number, :project, 'prod', 'acme-prod', '', '{}')")
_OLD_ENTRY = text(
    "INSERT INTO ledger_entries"
    " VALUES (:number, :address, :address, 'Status', 'standalone', '{}', false, 'delete')"
)


def test_the_migrations_make_what_the_tables_say(sql_store: Store) -> None:
    with sql_store._engine.connect() as connection:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_where_two_ledgers_owned_one_resource_the_older_keeps_it(
    sql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sql_store._engine.begin() as connection:
        migrated_to(connection, "0001", monkeypatch)
        for number, project in enumerate(("acme", "zenith"), start=1):
            values = {"number": number, "project": project}
            connection.execute(_OLD_LEDGER, values)
            for name in ("lunch", project):
                connection.execute(_OLD_ENTRY, {**values, "address": f"statuses/{name}"})
    schema.migrate(sql_store._engine, "state")
    theirs = LedgerKey("zenith", "prod", "acme-prod")
    assert owned(sql_store) == ["statuses/acme", "statuses/lunch"]
    assert owned(sql_store, theirs) == ["statuses/zenith"]
    assert sql_store.ledger(*theirs).foreign["statuses/lunch"] == "acme"


def migrated_to(connection: Connection, version: str, patch: pytest.MonkeyPatch) -> None:
    """A fresh schema as it was at a version."""
    metadata.drop_all(connection)
    connection.exec_driver_sql(f"DROP TABLE {schema.VERSION_TABLE}")
    with patch.context() as patched:
        patched.setattr(schema, "VERSIONS", (version,))
        schema._upgrade(connection)


def test_every_migration_is_listed_in_order() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(schema.VERSIONS)


def test_identities_compare_by_code_point_in_both_databases(store: Store) -> None:
    names = ["statuses/a-b", "statuses/ab", "statuses/a b", "statuses/é", "statuses/z"]
    store.change_ledger(KEY, [upsert(name) for name in names])
    assert owned(store) == sorted(names)

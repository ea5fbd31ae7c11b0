"""The migrations make the tables that the code speaks of, from nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from reconciler.privacy.masking import Masker
from reconciler.state.keys import LedgerKey
from reconciler.state.sql import schema
from reconciler.state.sql.store import Store
from reconciler.state.sql.tables import metadata
from tests.state.state_values import KEY, owned, upsert

_OLD_LEDGER = text("INSERT INTO ledgers VALUES (:number, :project, 'prod', 'acme-prod', '', '{}')")
_LEDGER = text(
    "INSERT INTO ledgers (id, project, environment, platform_id, lineage, guard_settings)"
    " VALUES (1, 'acme', 'prod', 'acme-prod', '', '{}')"
)
_OLD_ENTRY = text(
    "INSERT INTO ledger_entries"
    " VALUES (:number, :address, :address, 'Status', 'standalone', '{}', false, 'delete')"
)

_OLD_RUN = text(
    "INSERT INTO runs (number, id, ledger_id, token, plan_id, content_digest, operation, actor,"
    " git_commit, reasons, started_at)"
    " VALUES (1, 'r1', 1, 1, 'p', 'c', 'apply', 'maria', '', '[]', '2026-11-23 09:30:00')"
)
_OLD_STEP = text(
    "INSERT INTO steps (run_number, seq, address, identity, action, state, idempotency_key, detail,"
    " attempts, updated_at, fenced) VALUES (1, :seq, 'statuses/A', 'statuses/a', 'create',"
    " 'succeeded', 'k', :detail, 1, '2026-11-23 09:30:00', false)"
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


def test_a_detail_of_an_older_version_becomes_a_message_that_is_searched(
    sql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sql_store._engine.begin() as connection:
        migrated_to(connection, "0004", monkeypatch)
        connection.execute(_LEDGER)
        connection.execute(_OLD_RUN)
        for seq, detail in enumerate(("", "differs from the plan: icon", "a {x} “+59829001234”")):
            connection.execute(_OLD_STEP, {"seq": seq, "detail": detail})
    schema.migrate(sql_store._engine, "state")
    steps = sql_store.steps("r1")
    assert [step.needs_look for step in steps] == [False, True, False]
    assert [step.detail.unmasked() for step in steps] == [
        "",
        "differs from the plan: icon",
        "a {x} “+59829001234”",
    ]
    assert Masker(b"k").message(steps[2].detail) == "a {x} “•••”"


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

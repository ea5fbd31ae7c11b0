"""The key that plan files are authenticated with: there as soon as a state is, one for all."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from reconciler.errors import StateError
from reconciler.project.connections import Connections
from reconciler.project.credentials import Access
from reconciler.project.saved_plans import SavedPlans
from reconciler.state.sql.store import Store
from tests.planning.planfile.test_codec import PLAN
from tests.state.state_values import KEY, NOW
from tests.state.test_store_schema import migrated_to


def test_a_new_state_has_one_and_who_may_only_read_finds_it(url: str) -> None:
    Store.open(url).close()
    with Store.open_read_only(url) as reader, Store.open(url) as writer:
        key = reader.plan_key()
        assert key is not None
        assert len(key) == 32
        assert writer.plan_key() == key
        assert writer.mask_key() != key


def test_a_state_that_is_brought_up_to_date_has_one_and_no_safeguards_yet(
    sql_store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sql_store._engine.begin() as connection:
        migrated_to(connection, "0002", monkeypatch)
        connection.exec_driver_sql(
            "INSERT INTO ledgers VALUES (1, 'acme', 'prod', 'acme-prod', 'l1', '{}')"
        )
    Store.open(url).close()
    with Store.open_read_only(url) as reader:
        assert reader.plan_key() is not None
        assert reader.ledger(*KEY).lineage == "l1"
        assert reader.ledger(*KEY).safeguards == ()


def test_a_state_that_lost_its_key_draws_another(sql_store: Store) -> None:
    first = sql_store.plan_key()
    with sql_store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM mask_keys")
    assert sql_store.plan_key() not in (first, None)
    assert sql_store.plan_key() == sql_store.plan_key()


def test_a_user_who_may_only_select_finds_it(postgresql_url: str) -> None:
    role = f"reader_{uuid.uuid4().hex[:8]}"
    with Store.open(postgresql_url) as store:
        key = store.plan_key()
    admin = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    with Store.open_as_allowed(postgresql_url.replace("//postgres:", f"//{role}:")) as store:
        assert store.plan_key() == key
        with admin.connect() as connection:
            connection.exec_driver_sql("DELETE FROM mask_keys")
        assert store.plan_key() is None
    admin.dispose()


def test_where_there_is_none_and_none_may_be_stored_no_plan_file_is_written(
    unprivileged: Path,
) -> None:
    folder = unprivileged / "project"
    folder.mkdir()
    folder.chmod(0o500)
    plans = SavedPlans(Connections(folder, Access(), lambda: NOW))
    path = unprivileged / "plan.json"
    with pytest.raises(StateError, match=r"no key yet .*may not store one.*Run `reconciler plan`"):
        plans.write(PLAN, path)
    assert not path.exists()

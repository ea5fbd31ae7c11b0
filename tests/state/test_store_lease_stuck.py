"""A holder that was stopped in the middle of a transaction is named, waited for, and can be ended.

A second connection holds the lock open; nobody here waits for time to pass.
"""

from __future__ import annotations

import asyncio
import select
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError

from reconciler.applying.events import Event, Waiting
from reconciler.applying.lease import Patience, held_lease
from reconciler.errors import Locked, StateError
from reconciler.state.lease import LeaseHeld, LeaseStuck
from reconciler.state.sql import engines
from reconciler.state.sql import store as stores
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, LUIS, MARIA, NOW, TTL_SECONDS, after

_LOCK = "SELECT * FROM leases WHERE project = 'acme' FOR UPDATE"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds a lock gives up at once."""
    monkeypatch.setattr(stores, "LEASE_LOCK_SECONDS", 0.05)
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)


@contextmanager
def frozen(url: str, statement: str = _LOCK) -> Iterator[Connection]:
    """A session that has locked the row and does nothing more."""
    engine = create_engine(url, connect_args={"application_name": "reconciler"})
    connection = engine.connect()
    connection.exec_driver_sql(statement)
    try:
        yield connection
    finally:
        connection.invalidate()
        engine.dispose()


def test_who_is_at_work_is_told_without_the_lock(postgresql_url: str) -> None:
    with Store.open(postgresql_url) as store:
        held = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
        with frozen(postgresql_url), pytest.raises(LeaseHeld, match="by maria on build-7") as told:
            store.acquire(KEY, LUIS, now=after(1), ttl_seconds=TTL_SECONDS)
        assert told.value.lease == held


def test_a_holder_whose_lease_ran_out_inside_a_transaction_is_told_with_its_session(
    postgresql_url: str,
) -> None:
    with Store.open(postgresql_url) as store:
        store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
        with frozen(postgresql_url) as connection:
            pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
            with pytest.raises(LeaseStuck) as told:
                store.acquire(KEY, LUIS, now=after(TTL_SECONDS), ttl_seconds=TTL_SECONDS)
        assert told.value.exit_code == 7
        assert told.value.lease is not None
        for text in (
            "apply by maria on build-7 (pid 4121), started 1 min ago",
            f"the database session {pid} of reconciler",
            "idle in transaction, open for 0 s",
            "--wait 5m",
            "`reconciler unlock`",
            f"SELECT pg_terminate_backend({pid})",
        ):
            assert text in str(told.value)
        assert store.acquire(KEY, LUIS, now=after(TTL_SECONDS), ttl_seconds=TTL_SECONDS).token == 2


def test_a_lease_that_is_given_for_the_first_time_is_locked_too(postgresql_url: str) -> None:
    vacant = (
        "INSERT INTO leases (project, environment, platform_id, token, holder, host, pid,"
        " operation, acquired_at, heartbeat_at, expires_at, ttl_seconds, held)"
        " VALUES ('acme', 'prod', 'acme-prod', 0, '', '', 0, '', now(), now(), now(), 0, false)"
    )
    with Store.open(postgresql_url) as store:
        with frozen(postgresql_url, vacant):
            with pytest.raises(LeaseStuck, match="another process is in the middle") as told:
                store.acquire(KEY, LUIS, now=NOW, ttl_seconds=TTL_SECONDS)
            assert told.value.lease is None
        assert store.acquire(KEY, LUIS, now=NOW, ttl_seconds=TTL_SECONDS).token == 1


def test_whoever_waits_goes_on_waiting_while_a_transaction_is_in_the_way(
    postgresql_url: str,
) -> None:
    said: list[Event] = []
    with Store.open(postgresql_url) as store:
        store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
        with frozen(postgresql_url) as connection:
            slept: list[float] = []

            async def sleep(seconds: float) -> None:
                slept.append(seconds)
                if len(slept) == 2:
                    connection.rollback()

            patience = Patience(timedelta(minutes=5), sleep, lambda: False, said.append)

            async def hold() -> int:
                opening = held_lease(
                    store, KEY, LUIS, clock=lambda: after(TTL_SECONDS), patience=patience
                )
                async with opening as lease:
                    return lease.token

            assert asyncio.run(hold()) == 2
        assert len(slept) == 2
        (waiting,) = said
        assert isinstance(waiting, Waiting)
        assert "maria on build-7" in str(waiting.what)


def test_waiting_ends_with_the_holder_named(postgresql_url: str) -> None:
    async def hold() -> None:
        patience = Patience(timedelta(), asyncio.sleep, lambda: False, lambda _: None)
        opening = held_lease(store, KEY, LUIS, clock=lambda: after(TTL_SECONDS), patience=patience)
        async with opening:
            pass

    with Store.open(postgresql_url) as store:
        store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
        with frozen(postgresql_url), pytest.raises(Locked, match="maria on build-7"):
            asyncio.run(hold())


def test_breaking_a_lease_ends_the_session_that_stands_still_on_it(postgresql_url: str) -> None:
    with Store.open(postgresql_url) as store:
        held = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
        with frozen(postgresql_url) as connection:
            assert store.break_lease(KEY) == held
            with pytest.raises(DBAPIError):
                connection.exec_driver_sql("SELECT 1")
        assert store.lease(KEY) is None
        assert store.acquire(KEY, LUIS, now=NOW, ttl_seconds=TTL_SECONDS).token == 2


def test_a_session_that_may_not_be_ended_is_told_with_what_ends_it(postgresql_url: str) -> None:
    role = f"user_{uuid.uuid4().hex[:8]}"
    with Store.open(postgresql_url) as store:
        store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
    admin = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    admin.dispose()
    as_role = postgresql_url.replace("//postgres:", f"//{role}:")
    with Store.open(as_role) as store, frozen(postgresql_url):
        with pytest.raises(LeaseStuck, match=r"to run SELECT pg_terminate_backend\(\d+"):
            store.break_lease(KEY)
        assert store.lease(KEY) is not None


def test_no_transaction_may_stand_still_for_long(postgresql_url: str) -> None:
    shown = "SHOW idle_in_transaction_session_timeout"
    with Store.open(postgresql_url) as store:
        for opening in (store._reading, store._writing):
            with opening() as connection:
                assert connection.exec_driver_sql(shown).scalar_one() == "30s"
        with store._engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            outside = connection.connection.driver_connection.execute(shown)  # type: ignore[union-attr]
            assert outside.fetchone() == ("0",)


def test_the_server_ends_what_stands_still_and_the_lease_is_free(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(postgresql_url) as stopped:
        lease = stopped.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
        monkeypatch.setattr(engines, "IDLE_SECONDS", 0.2)
        with pytest.raises(StateError), stopped._writing() as one:
            one.exec_driver_sql(_LOCK)
            socket = one.connection.driver_connection.fileno()  # type: ignore[union-attr]
            assert select.select([socket], [], [], 60)[0], "the server says good-bye"
            one.exec_driver_sql("SELECT 1")
        monkeypatch.undo()
        with Store.open(postgresql_url) as store:
            assert store.break_lease(KEY) == lease


@contextmanager
def busy(path: Path) -> Iterator[None]:
    """A process that has locked a SQLite state and does nothing more."""
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        blocker.rollback()
        blocker.close()


def test_a_file_that_a_stopped_holder_has_locked_names_the_holder(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Store.open(str(path)) as store:
        held = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
        with busy(path):
            with pytest.raises(LeaseHeld) as told:
                store.acquire(KEY, LUIS, now=after(1), ttl_seconds=TTL_SECONDS)
            assert told.value.lease == held
            with pytest.raises(LeaseStuck, match="maria on build-7") as late:
                store.acquire(KEY, LUIS, now=after(TTL_SECONDS), ttl_seconds=TTL_SECONDS)
            assert late.value.exit_code == 7
            with pytest.raises(LeaseStuck, match=r"end the process \(pid 4121 on build-7\)"):
                store.break_lease(KEY)
        assert store.break_lease(KEY) == held


def test_a_file_that_is_locked_before_the_first_lease_says_so(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Store.open(str(path)) as store:
        with busy(path), pytest.raises(LeaseStuck, match="another process is in the middle"):
            store.acquire(KEY, LUIS, now=NOW, ttl_seconds=TTL_SECONDS)
        assert store.acquire(KEY, LUIS, now=NOW, ttl_seconds=TTL_SECONDS).token == 1

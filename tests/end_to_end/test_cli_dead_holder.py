"""A killed apply does not block others on its host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

from sqlalchemy import create_engine

from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim
from reconciler.state.sql.store import Store
from tests.end_to_end.harness import Workspace
from tests.end_to_end.mangling import mangling

_TIMEOUT_SECONDS = 60


@contextmanager
def _held_up(workspace: Workspace) -> Iterator[int]:
    """The pid of an apply that holds the lease and waits for an answer."""
    reached, done = threading.Event(), threading.Event()

    def hold(handler: BaseHTTPRequestHandler) -> None:
        reached.set()
        done.wait(_TIMEOUT_SECONDS)
        handler.close_connection = True

    with mangling(workspace.sandbox.url) as mangler:
        mangler.answers["/v1/statuses"] = hold
        process = workspace.started("apply", workspace.plan_file, RECONCILER_URL=mangler.url)
        try:
            assert reached.wait(_TIMEOUT_SECONDS)
            yield process.pid
        finally:
            process.kill()
            done.set()
            process.communicate()


def test_an_apply_starts_at_once_after_a_killed_apply(
    settled: Workspace,
) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    with _held_up(settled) as pid:
        settled.apply().expect(7).mentions(f"pid {pid}")
    settled.apply().expect(0)
    settled.expect_nothing_to_do()


def test_unlock_takes_the_lease_of_a_live_holder(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    with _held_up(settled) as pid:
        settled.run("unlock").expect(0).mentions(f"pid {pid}")
        settled.apply().expect(0)


def test_a_holder_stopped_inside_a_transaction_is_named_and_can_be_unlocked(
    workspace: Workspace, postgresql_url: str
) -> None:
    state = {"RECONCILER_STATE": postgresql_url}
    workspace.saved_plan(**state)
    claim = Claim("maria", "build-7", 4121, "apply")
    key = LedgerKey("acme", "test", "test")
    with Store.open(postgresql_url) as store:
        store.acquire(key, claim, now=datetime.now(UTC), ttl_seconds=600)
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM leases FOR UPDATE")
        told = workspace.run("apply", workspace.plan_file, **state).expect(7)
        told.mentions("apply by maria on build-7 (pid 4121)")
        workspace.run("unlock", **state).expect(0).mentions("maria on build-7")
        connection.invalidate()
    engine.dispose()
    workspace.run("apply", workspace.plan_file, **state).expect(0)

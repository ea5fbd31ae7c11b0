"""A command that waits for a lease reports its holder and operation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from reconciler.applying.events import Event, Listener
from reconciler.applying.report import RunReport
from reconciler.planning.planfile import codec
from reconciler.project.project import Access, Project
from reconciler.state.journal import NewStep
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim
from reconciler.state.runs import NewRun
from reconciler.state.sql.store import Store
from tests.end_to_end.harness import Workspace

KEY = LedgerKey("acme", "test", "test")


def _project(workspace: Workspace) -> Project:
    variables = workspace.variables
    access = Access.of(variables)
    return Project.open(workspace.folder, "test", access=access)


def _applied(project: Project, tell: Listener) -> RunReport:
    return project.apply(project.plan(), notify=tell)


def _undone(project: Project, tell: Listener) -> RunReport:
    project.apply(project.plan())
    run = project.history()[0].id
    return project.apply(project.undo_plan(run), notify=tell)


def _resumed(project: Project, tell: Listener) -> RunReport:
    plan = project.plan()
    with Store.open(project.access.variables["RECONCILER_STATE"]) as store:
        claim, now = Claim("carol", "build-7", 4121, "apply"), datetime.now(UTC)
        lease = store.acquire(KEY, claim, now=now, ttl_seconds=60)
        new = NewRun(plan.digest, plan.content_digest, codec.dump_plan(plan), "apply", "carol")
        steps = [
            NewStep(seq, change.address, change.action, change.before, change.after)
            for seq, change in enumerate(plan.changes)
        ]
        store.begin_run(KEY, new, token=lease.token, now=now, steps=steps)
        store.release(lease)
    return project.resume(notify=tell)


@pytest.mark.parametrize(
    ("work", "operation"), [(_applied, "apply"), (_undone, "undo"), (_resumed, "resume")]
)
def test_a_waiting_command_reports_the_holder_of_the_lease(
    settled: Workspace, work: Callable[[Project, Listener], RunReport], operation: str
) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    told: list[str] = []

    def look(_: Event) -> None:
        with Store.open(str(settled.state)) as store:
            lease = store.lease(KEY)
        assert lease is not None
        told.append(lease.describe(datetime.now(UTC)).split(" by ")[0])

    assert work(_project(settled), look).exit_code == 0
    assert set(told) == {operation}

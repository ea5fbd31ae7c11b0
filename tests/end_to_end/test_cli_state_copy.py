"""`state copy`: a ledger moves to another database, and the work goes on there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.harness import Workspace
from tests.end_to_end.printed_commands import printed_commands


def test_work_goes_on_in_postgresql_and_back_in_a_file(
    settled: Workspace, postgresql_url: str, tmp_path: Path
) -> None:
    runs = settled.run("history", "--format", "json").json
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.saved_plan()
    moved = settled.run("state", "copy", "--to", postgresql_url).expect(0)
    moved.mentions("1 ledger,", "1 run,", "2 keys", "Counts and digests match", "RECONCILER_STATE")
    (check,) = printed_commands(moved.err)
    there = settled.run(*check, "--format", "json", RECONCILER_STATE=postgresql_url).expect(0)
    assert there.json == runs
    settled.run("apply", settled.plan_file, RECONCILER_STATE=postgresql_url).expect(0)
    back = tmp_path / "back.db"
    settled.run(
        "state", "copy", RECONCILER_STATE=postgresql_url, RECONCILER_STATE_TO=str(back)
    ).expect(0).mentions("2 runs")
    shown = settled.run("plan", "--detailed-exitcode", RECONCILER_STATE=str(back)).expect(0)
    shown.mentions("Nothing to do")


def test_a_state_with_content_is_refused(settled: Workspace, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    settled.run("state", "copy", "--to", copy).expect(0)
    settled.run("state", "copy", "--to", copy).expect(1).mentions("is not empty")


def test_the_state_itself_and_a_wrong_url_are_refused(settled: Workspace) -> None:
    settled.run("state", "copy", "--to", settled.state).expect(1).mentions("the state itself")
    settled.run("state", "copy", "--to", "mysql://host/db").expect(1).mentions(
        "--to has the unknown scheme mysql"
    )


def test_a_missing_state_is_not_created(workspace: Workspace, tmp_path: Path) -> None:
    copied = workspace.run("state", "copy", "--to", tmp_path / "copy.db").expect(1)
    copied.mentions("does not exist")
    assert not workspace.state.exists()


def test_an_apply_that_runs_is_named(settled: Workspace, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from reconciler.state.keys import LedgerKey
    from reconciler.state.lease import Claim
    from reconciler.state.sql.store import Store

    with Store.open(str(settled.state)) as store:
        store.acquire(
            LedgerKey("acme", "test", "test"),
            Claim("maria", "build-7", 1, "apply"),
            now=datetime.now(UTC),
            ttl_seconds=600,
        )
    refused = settled.run("state", "copy", "--to", tmp_path / "copy.db").expect(7)
    refused.mentions("apply by maria on build-7")
    (unlock,) = printed_commands(refused.err)
    settled.run(*unlock).expect(0)
    settled.run("state", "copy", "--to", tmp_path / "copy.db").expect(0)


@pytest.mark.parametrize("missing", [[], ["--to", ""]])
def test_a_target_is_required(watched: Workspace, missing: list[str]) -> None:
    assert watched.run("state", "copy", *missing).code in (1, 64)

"""`state prune`: what it keeps of old runs and what it deletes."""

from __future__ import annotations

import json

import pytest

from tests.end_to_end.harness import Workspace


def test_pruned_runs_stay_in_the_history_and_cannot_be_undone(settled: Workspace) -> None:
    settled.run("state", "prune", "--older-than", "90d").expect(0).mentions("Nothing to prune")
    settled.run("state", "prune", "--older-than", "0s").expect(0).mentions("1 run pruned")
    (run,) = json.loads(settled.run("history", "--format", "json").expect(0).out)["runs"]
    assert run["pruned"]
    settled.run("undo", run["id"]).expect(1).mentions("pruned")
    settled.expect_nothing_to_do()


@pytest.mark.parametrize("time", ["soon", "90", "-1d", "1.5h", "3 d", "999999d"])
def test_an_invalid_duration_is_a_usage_error(watched: Workspace, time: str) -> None:
    watched.run("state", "prune", f"--older-than={time}").expect(64).mentions(time)


def test_prune_needs_an_age(watched: Workspace) -> None:
    watched.run("state", "prune").expect(64).mentions("--older-than")

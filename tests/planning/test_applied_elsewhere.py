"""What a plan takes back of runs whose commit is not in its checkout."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.kinds.address import Address
from reconciler.manifests.files.git_history import Standing
from reconciler.planning.applied_elsewhere import runs_elsewhere, with_reasons, with_taken_back
from reconciler.planning.change import Action, Change, Reason
from reconciler.state.journal import Step, StepState
from tests.guards.guard_builders import create, delete, forget, plan, rename, update
from tests.views.view_runs import a_run, a_step

LUNCH = "statuses/Lunch"


def _step(address: str, action: str, **facts: object) -> Step:
    return a_step(address, action, StepState.SUCCEEDED, **facts)


def _taken(
    change: Change, *steps: Step, standing: Standing = Standing.ABSENT
) -> tuple[Address, ...]:
    run = a_run(*steps)
    found = runs_elsewhere([run], {run.git_commit: standing})
    (one,) = with_taken_back(found, [change], {run.id: steps})
    return one.taken_back


@pytest.mark.parametrize("did", ["create", "update", "adopt", "replace"])
def test_deleting_what_a_run_made_or_changed_takes_it_back(did: str) -> None:
    assert _taken(delete(LUNCH), _step(LUNCH, did)) == (LUNCH,)


def test_creating_what_a_run_deleted_takes_it_back() -> None:
    assert _taken(create(LUNCH), _step(LUNCH, "delete")) == (LUNCH,)
    assert _taken(create(LUNCH), _step(LUNCH, "update")) == ()


def test_what_a_failed_step_did_not_do_is_not_taken_back() -> None:
    step = a_step(LUNCH, "create", StepState.FAILED)
    assert _taken(delete(LUNCH), step, _step("statuses/Other", "create")) == ()


def test_a_rename_that_goes_back_takes_it_back() -> None:
    done = _step("dispositions/New", "rename", previous_address=Address("dispositions/Old"))
    assert _taken(rename("dispositions/New", "dispositions/Old"), done) == ("dispositions/Old",)
    assert _taken(create("dispositions/Old"), done) == ("dispositions/Old",)
    assert _taken(delete("dispositions/New"), done) == ("dispositions/New",)


def test_a_released_resource_that_a_run_began_to_manage_is_taken_back() -> None:
    released = replace(forget(LUNCH), reason=Reason.RELEASED)
    assert _taken(released, _step(LUNCH, "adopt")) == (LUNCH,)
    assert _taken(forget(LUNCH), _step(LUNCH, "adopt")) == ()


FORK, PIZZA = {"icon": "fork"}, {"icon": "pizza"}


def test_a_field_that_returns_to_its_value_before_the_run_is_taken_back() -> None:
    back = update(LUNCH, PIZZA, FORK)
    done = _step(LUNCH, "update", before=back.after, after=back.before)
    assert _taken(back, done) == (LUNCH,)


def test_another_value_is_taken_back_only_by_another_line_of_history() -> None:
    """Under a squash it may be a newer edit."""
    other = update(LUNCH, PIZZA, {"icon": "cup"})
    done = _step(LUNCH, "update", before=update(LUNCH, FORK, PIZZA).before, after=other.before)
    assert _taken(other, done) == ()
    assert _taken(other, done, standing=Standing.DIVERGED) == (LUNCH,)


def test_drift_that_is_reverted_is_not_taken_back_from_the_run() -> None:
    drift = update(LUNCH, FORK, PIZZA, base=PIZZA)
    done = _step(LUNCH, "update", before=drift.before, after=drift.after)
    assert _taken(drift, done, standing=Standing.DIVERGED) == ()


def test_only_the_last_run_that_touched_a_resource_counts() -> None:
    old, new = a_run(_step(LUNCH, "create")), a_run(_step(LUNCH, "update"), id="new")
    new = replace(new, git_commit="here")
    standings = {old.git_commit: Standing.DIVERGED, "here": Standing.CONTAINED}
    found = runs_elsewhere([new, old], standings)
    steps = {new.id: [_step(LUNCH, "update")], old.id: [_step(LUNCH, "create")]}
    assert [one.taken_back for one in with_taken_back(found, [delete(LUNCH)], steps)] == [()]


def test_undo_runs_and_runs_that_did_nothing_are_not_applies() -> None:
    done = _step(LUNCH, "create")
    undone = a_run(done, operation="undo")
    failed = a_run(a_step(LUNCH, "create", StepState.FAILED))
    without = a_run(done, git_commit="")
    assert runs_elsewhere([undone, failed, without], {}) == ()


def test_a_delete_of_what_another_commit_applied_is_not_removed_from_git() -> None:
    one = delete(LUNCH)
    assert one.reason is Reason.REMOVED_FROM_GIT
    run = a_run(_step(LUNCH, "create"))
    found = runs_elsewhere([run], {run.git_commit: Standing.UNKNOWN})
    steps = {run.id: [_step(LUNCH, "create")]}
    changed = with_reasons(plan(one), with_taken_back(found, [one], steps))
    assert [change.reason for change in changed.changes] == [Reason.APPLIED_ELSEWHERE]
    assert [change.action for change in changed.changes] == [Action.DELETE]

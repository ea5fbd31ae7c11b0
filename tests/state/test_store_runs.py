"""Runs: what they start from, what state their rows leave them in, what is kept of them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from reconciler.errors import Locked, StateError
from reconciler.kinds.address import Address
from reconciler.state.journal import NewStep, StepOutcome, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.runs import RunState, UsedApproval
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, LUIS, MARIA, NOW, TTL_SECONDS, after, begun, new_run


def _settle(store: Store, run_id: str, token: int, *states: StepState) -> None:
    outcomes = [StepOutcome(seq, state) for seq, state in enumerate(states)]
    store.record_outcomes(run_id, outcomes, token=token, now=after(5))


def test_a_run_keeps_what_it_started_from(store: Store) -> None:
    token = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS).token
    approvals = (UsedApproval("delete-in-use", "statuses/Lunch", "merged"),)
    new = new_run(plan=b"{}" * 9, git_commit="abc123", approvals=approvals)
    run = store.run(store.begin_run(KEY, new, token=token, now=NOW))
    assert re.fullmatch(r"20261124T0115-[0-9a-f]{4}", run.id)
    assert (run.key, run.plan_id, run.content_digest) == (KEY, "plan-1", "content-1")
    assert (run.operation, run.actor, run.git_commit) == ("apply", "maria", "abc123")
    assert run.approvals == approvals
    assert (run.started_at, run.finished_at) == (NOW, None)
    assert store.plan_of(run.id) == b"{}" * 9


def test_beginning_a_run_makes_the_ledger_and_taking_the_lease_does_not(store: Store) -> None:
    token = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS).token
    assert store.ledger(*KEY).lineage == ""
    store.begin_run(KEY, new_run(), token=token, now=NOW)
    assert store.ledger(*KEY).lineage != ""


def test_a_run_begins_only_under_the_lease(store: Store) -> None:
    with pytest.raises(Locked, match="never acquired"):
        store.begin_run(KEY, new_run(), token=1, now=NOW)
    lease = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS)
    store.release(lease)
    with pytest.raises(Locked, match="released"):
        store.begin_run(KEY, new_run(), token=lease.token, now=NOW)
    assert store.runs(KEY) == ()
    assert store.ledger(*KEY).lineage == ""


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), RunState.FINISHED),
        ((StepState.SUCCEEDED, StepState.SUCCEEDED), RunState.FINISHED),
        ((StepState.SUCCEEDED, StepState.FAILED), RunState.PARTLY),
        ((StepState.SUCCEEDED, StepState.SKIPPED), RunState.PARTLY),
        ((StepState.FAILED, StepState.SKIPPED), RunState.FAILED),
    ],
)
def test_how_a_run_ended_is_told_by_its_steps(
    store: Store, states: tuple[StepState, ...], expected: RunState
) -> None:
    run_id, token = begun(store, *[f"statuses/{n}" for n in range(len(states))])
    _settle(store, run_id, token, *states)
    run = store.finish_run(run_id, now=after(9))
    assert run.state(after(9)) is expected
    assert run.finished_at == after(9)
    assert store.latest_unfinished(KEY) is None
    assert store.finish_run(run_id, now=after(99)).finished_at == after(9)


@pytest.mark.parametrize("left", [StepState.PENDING, StepState.SENT, StepState.UNKNOWN])
def test_a_run_with_an_unsettled_step_does_not_end_whatever_is_claimed(
    store: Store, left: StepState
) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    if left is not StepState.PENDING:
        store.record_intents(run_id, [0], token=token, now=NOW)
    if left is StepState.UNKNOWN:
        _settle(store, run_id, token, StepState.UNKNOWN)
    assert store.finish_run(run_id, now=after(9)).finished_at is None
    unfinished = store.latest_unfinished(KEY)
    assert unfinished is not None
    assert unfinished.id == run_id
    assert unfinished.summary.unsettled == 1


def test_an_unfinished_run_is_running_while_its_lease_lives_and_interrupted_after(
    store: Store,
) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    run = store.run(run_id)
    assert run.state(after(TTL_SECONDS - 1)) is RunState.RUNNING
    assert run.state(after(TTL_SECONDS)) is RunState.INTERRUPTED
    lease = store.lease(KEY)
    assert lease is not None
    store.release(lease)
    assert store.run(run_id).state(NOW) is RunState.INTERRUPTED
    again = store.acquire(KEY, LUIS, now=NOW, ttl_seconds=TTL_SECONDS)
    assert store.run(run_id).state(NOW) is RunState.INTERRUPTED
    assert store.resume_run(run_id, token=again.token).state(NOW) is RunState.RUNNING
    assert again.token > token


def test_a_finished_run_is_not_resumed(store: Store) -> None:
    run_id, token = begun(store)
    store.finish_run(run_id, now=NOW)
    with pytest.raises(StateError, match="nothing to resume"):
        store.resume_run(run_id, token=token)


def test_a_plan_is_consumed_by_the_run_that_applied_it(store: Store) -> None:
    assert store.run_of_plan("plan-1") is None
    run_id, _ = begun(store, plan_id="plan-1")
    found = store.run_of_plan("plan-1")
    assert found is not None
    assert found.id == run_id


def test_runs_are_listed_newest_first_and_only_the_ledgers_own(store: Store) -> None:
    _, token = begun(store, plan_id="plan-0")
    for number in range(1, 4):
        store.begin_run(KEY, new_run(f"plan-{number}"), token=token, now=NOW)
    other = LedgerKey("beta", "prod", "acme-prod")
    others = store.acquire(other, LUIS, now=NOW, ttl_seconds=TTL_SECONDS).token
    store.begin_run(other, new_run("plan-9"), token=others, now=NOW)
    assert [run.plan_id for run in store.runs(KEY, 3)] == ["plan-3", "plan-2", "plan-1"]


def test_the_runs_that_touched_an_address_are_found_by_its_old_name_and_its_new(
    store: Store,
) -> None:
    run_id, token = begun(store, "campaigns/Sales/statuses/Lunch")
    rename = NewStep(
        0, Address("campaigns/Ventas"), "rename", previous_address=Address("campaigns/Sales")
    )
    renaming = store.begin_run(KEY, new_run("plan-2"), token=token, now=NOW, steps=[rename])
    found = {
        address: [run.id for run in store.runs_touching(KEY, address)]
        for address in ("campaigns/SALES", "campaigns/ventas", "campaigns/Sal", "campaigns")
    }
    assert found == {
        "campaigns/SALES": [renaming, run_id],
        "campaigns/ventas": [renaming],
        "campaigns/Sal": [],
        "campaigns": [renaming, run_id],
    }


def test_a_run_that_is_not_there_is_said(store: Store) -> None:
    for asked in (store.run, store.plan_of, store.steps):
        with pytest.raises(StateError, match="run 20260101T0000-0000 does not exist"):
            asked("20260101T0000-0000")


def test_ending_a_run_keeps_the_guards_settings(store: Store) -> None:
    run_id, _ = begun(store)
    assert store.ledger(*KEY).guard_settings == {}
    store.finish_run(run_id, now=NOW, guard_settings={"mass-change.count": 20})
    assert store.ledger(*KEY).guard_settings == {"mass-change.count": 20}
    store.finish_run(run_id, now=NOW)
    assert store.ledger(*KEY).guard_settings == {"mass-change.count": 20}


def test_pruning_drops_plans_and_images_of_old_finished_runs_only(store: Store) -> None:
    old, token = begun(store, "statuses/Lunch", plan_id="old")
    _settle(store, old, token, StepState.SUCCEEDED)
    store.finish_run(old, now=after(10))
    kept = [store.begin_run(KEY, new_run(name), token=token, now=NOW) for name in ("open", "new")]
    store.finish_run(kept[1], now=after(100))
    assert store.prune(after(50)) == 1
    assert store.prune(after(50)) == 0
    assert store.run(old).pruned
    assert store.run(old).state(NOW) is RunState.FINISHED
    assert [(step.before, step.after) for step in store.steps(old)] == [(None, None)]
    with pytest.raises(StateError, match="was pruned"):
        store.plan_of(old)
    assert [store.plan_of(run_id) for run_id in kept] == [b'{"changes": []}'] * 2


def test_moments_are_kept_whatever_their_zone_and_refused_without_one(store: Store) -> None:
    token = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS).token
    montevideo = NOW.astimezone(timezone(timedelta(hours=-3)))
    run_id = store.begin_run(KEY, new_run(), token=token, now=montevideo)
    assert run_id.startswith("20261124T0115-")
    assert store.run(run_id).started_at == NOW
    with pytest.raises(ValueError, match="time zone"):
        store.begin_run(KEY, new_run(), token=token, now=datetime(2026, 11, 24))  # noqa: DTZ001

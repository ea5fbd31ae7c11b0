"""Answers that come to a holder after it has lost its lease: kept, and no longer decisive."""

from __future__ import annotations

import pytest

from reconciler.message import searched
from reconciler.state.journal import StepOutcome, StepState, Summary
from reconciler.state.sql.store import Store
from tests.state.state_values import KEY, LUIS, NOW, TTL_SECONDS, after, begun, owned, upsert

SETTLED = pytest.mark.parametrize("settled", [StepState.FAILED, StepState.SKIPPED])


def taken_over(store: Store) -> tuple[str, int, int]:
    """A run with a step that was sent, and the tokens of who sent it and of who took over."""
    run_id, token = begun(store, "statuses/Lunch")
    store.record_intents(run_id, [0], token=token, now=NOW)
    taker = store.acquire(KEY, LUIS, now=after(TTL_SECONDS), ttl_seconds=TTL_SECONDS)
    return run_id, token, taker.token


def late(store: Store, run_id: str, token: int, outcome: StepOutcome) -> None:
    held = store.record_outcomes(
        run_id, [outcome], [upsert("statuses/Lunch")], token=token, now=after(62)
    )
    assert not held


@SETTLED
@pytest.mark.parametrize("answer", [StepState.UNKNOWN, StepState.FAILED, StepState.SKIPPED])
def test_a_late_answer_does_not_unsettle_a_step(
    store: Store, settled: StepState, answer: StepState
) -> None:
    run_id, token, taker = taken_over(store)
    store.record_outcomes(
        run_id, [StepOutcome(0, settled, searched("why"))], token=taker, now=after(61)
    )
    late(store, run_id, token, StepOutcome(0, answer, searched("no answer came"), 503))
    (step,) = store.steps(run_id)
    assert (step.state, step.fenced, step.status_code) == (settled, True, None)
    assert str(step.detail) == f"why; a late answer: {answer} (503), no answer came"
    assert owned(store) == []


@SETTLED
def test_a_late_success_does_not_change_what_a_finished_run_says(
    store: Store, settled: StepState
) -> None:
    run_id, token, taker = taken_over(store)
    store.record_outcomes(
        run_id, [StepOutcome(0, settled, searched("why"))], token=taker, now=after(61)
    )
    ended = store.finish_run(run_id, now=after(61))
    late(store, run_id, token, StepOutcome(0, StepState.SUCCEEDED, searched(""), 204))
    (step,) = store.steps(run_id)
    assert (step.state, step.fenced) == (settled, True)
    assert str(step.detail) == "why; a late answer: succeeded (204)"
    assert store.run(run_id) == ended
    assert owned(store) == []


@SETTLED
def test_a_late_success_is_taken_while_the_run_is_under_way(
    store: Store, settled: StepState
) -> None:
    run_id, token, taker = taken_over(store)
    store.record_outcomes(
        run_id, [StepOutcome(0, settled, searched("why"))], token=taker, now=after(61)
    )
    late(store, run_id, token, StepOutcome(0, StepState.SUCCEEDED, searched(""), 200))
    (step,) = store.steps(run_id)
    assert (step.state, step.fenced, step.status_code) == (StepState.SUCCEEDED, True, 200)
    assert owned(store) == ["statuses/Lunch"]


def test_a_late_refusal_leaves_a_step_uncertain_that_somebody_else_may_have_sent_again(
    store: Store,
) -> None:
    run_id, token, taker = taken_over(store)
    store.record_intents(run_id, [0], token=taker, now=after(61))
    late(store, run_id, token, StepOutcome(0, StepState.FAILED, searched("changed since"), 412))
    (step,) = store.steps(run_id)
    assert (step.state, str(step.detail), step.fenced) == (StepState.UNKNOWN, "changed since", True)
    assert store.run(run_id).summary == Summary(unknown=1)
    store.record_outcomes(
        run_id, [StepOutcome(0, StepState.SUCCEEDED, searched(""), 200)], token=taker, now=after(63)
    )
    (step,) = store.steps(run_id)
    assert (step.state, step.fenced) == (StepState.SUCCEEDED, False)


def test_who_lost_the_lease_does_not_settle_what_was_never_sent(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    store.break_lease(KEY)
    late(
        store,
        run_id,
        token,
        StepOutcome(0, StepState.SKIPPED, searched("it needs something that failed")),
    )
    (step,) = store.steps(run_id)
    assert (step.state, step.fenced) == (StepState.PENDING, False)

"""The journal: intents before anything is sent, outcomes together with the ledger."""

from __future__ import annotations

import multiprocessing

import pytest

from reconciler.errors import Locked, StateError
from reconciler.kinds.address import Address
from reconciler.kinds.registry import place, quote
from reconciler.message import Message, searched
from reconciler.state.changes import Rebase, Remove
from reconciler.state.journal import NewStep, StepOutcome, StepState, Summary
from reconciler.state.lease import LeaseLost
from reconciler.state.runs import RunState
from reconciler.state.sql.store import Store
from tests.state.contenders import die_after_an_intent
from tests.state.state_values import (
    KEY,
    LUIS,
    MARIA,
    NOW,
    TTL_SECONDS,
    after,
    begun,
    new_run,
    owned,
    upsert,
)


def _states(store: Store, run_id: str) -> list[StepState]:
    return [step.state for step in store.steps(run_id)]


def test_steps_enter_pending_with_their_images_and_a_key_each(store: Store) -> None:
    token = store.acquire(KEY, MARIA, now=NOW, ttl_seconds=TTL_SECONDS).token
    steps = [
        NewStep(0, Address("statuses/Tea"), "create", after={"icon": "cup"}, idempotency_key="k-0"),
        NewStep(
            1,
            Address("campaigns/Ventas"),
            "rename",
            before={"name": "ñ"},
            after={},
            previous_address=Address("campaigns/Sales"),
        ),
    ]
    run_id = store.begin_run(KEY, new_run(), token=token, now=NOW, steps=steps)
    tea, rename = store.steps(run_id)
    assert (tea.state, tea.before, tea.after) == (StepState.PENDING, None, {"icon": "cup"})
    assert (tea.idempotency_key, tea.attempts, tea.updated_at) == ("k-0", 0, NOW)
    assert (rename.before, rename.after) == ({"name": "ñ"}, {})
    assert rename.previous_address == "campaigns/Sales"
    assert len(rename.idempotency_key) == 32


def test_an_intent_marks_its_steps_and_counts_attempts_under_one_key(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch", "statuses/Break")
    key = store.steps(run_id)[0].idempotency_key
    store.record_intents(run_id, [0], token=token, now=after(1))
    assert _states(store, run_id) == [StepState.SENT, StepState.PENDING]
    store.record_outcomes(run_id, [StepOutcome(0, StepState.UNKNOWN)], token=token, now=after(2))
    store.record_intents(run_id, [0, 0], token=token, now=after(3))
    step = store.steps(run_id)[0]
    assert (step.attempts, step.idempotency_key, step.updated_at) == (2, key, after(3))


@pytest.mark.parametrize("seqs", [[0, 1], [1, 7]], ids=["settled", "not-there"])
def test_an_intent_is_refused_whole_if_one_of_its_steps_cannot_be_sent(
    store: Store, seqs: list[int]
) -> None:
    run_id, token = begun(store, "statuses/Lunch", "statuses/Break")
    store.record_outcomes(run_id, [StepOutcome(0, StepState.SUCCEEDED)], token=token, now=NOW)
    with pytest.raises(StateError, match="1 of 2 steps to send are settled already or not"):
        store.record_intents(run_id, seqs, token=token, now=NOW)
    assert _states(store, run_id) == [StepState.SUCCEEDED, StepState.PENDING]


def test_nothing_of_a_finished_run_is_sent(store: Store) -> None:
    run_id, token = begun(store)
    store.finish_run(run_id, now=NOW)
    with pytest.raises(StateError, match="is finished"):
        store.record_intents(run_id, [], token=token, now=NOW)


def test_outcomes_and_the_ledger_are_written_together(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch", "statuses/Break", "statuses/Old")
    store.change_ledger(KEY, [upsert("statuses/Old"), upsert("statuses/Gone")])
    held = store.record_outcomes(
        run_id,
        [
            StepOutcome(0, StepState.SUCCEEDED, status_code=200),
            StepOutcome(1, StepState.FAILED, searched("label is taken"), 409),
            StepOutcome(2, StepState.SKIPPED, searched("statuses/Break failed")),
        ],
        [
            upsert("statuses/Lunch", {"icon": "headset"}),
            Remove(Address("statuses/Gone")),
            Rebase(Address("statuses/Old"), Address("statuses/New")),
        ],
        token=token,
        now=after(4),
    )
    assert held
    assert owned(store) == ["statuses/Lunch", "statuses/New"]
    failed = store.steps(run_id)[1]
    assert (str(failed.detail), failed.status_code) == ("label is taken", 409)
    assert (failed.updated_at, failed.fenced) == (after(4), False)
    assert store.run(run_id).summary == Summary(succeeded=1, failed=1, skipped=1)


def test_if_the_ledger_cannot_be_written_the_outcome_is_not_either(
    sql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, token = begun(sql_store, "statuses/Lunch")
    sql_store.record_intents(run_id, [0], token=token, now=NOW)

    def fail(*_: object) -> None:
        raise StateError("the disk is gone")

    monkeypatch.setattr("reconciler.state.sql.ledger_rows.change", fail)
    with pytest.raises(StateError, match="the disk is gone"):
        sql_store.record_outcomes(
            run_id,
            [StepOutcome(0, StepState.SUCCEEDED)],
            [upsert("statuses/Lunch")],
            token=token,
            now=NOW,
        )
    assert _states(sql_store, run_id) == [StepState.SENT]


def test_a_holder_that_lost_the_lease_sends_nothing_more(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    store.acquire(KEY, LUIS, now=after(TTL_SECONDS), ttl_seconds=TTL_SECONDS)
    with pytest.raises(LeaseLost, match="taken over for undo by luis on laptop"):
        store.record_intents(run_id, [0], token=token, now=after(TTL_SECONDS))
    assert _states(store, run_id) == [StepState.PENDING]


def test_a_holder_whose_lease_was_broken_sends_nothing_more(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    store.break_lease(KEY)
    with pytest.raises(Locked, match="unlock"):
        store.record_intents(run_id, [0], token=token, now=NOW)
    assert _states(store, run_id) == [StepState.PENDING]


def test_a_lease_that_expired_untaken_is_still_good_to_send(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    store.record_intents(run_id, [0], token=token, now=after(TTL_SECONDS * 9))
    assert _states(store, run_id) == [StepState.SENT]


def test_what_was_sent_is_recorded_and_flagged_after_the_lease_is_lost(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    store.record_intents(run_id, [0], token=token, now=NOW)
    store.break_lease(KEY)
    held = store.record_outcomes(
        run_id,
        [StepOutcome(0, StepState.SUCCEEDED)],
        [upsert("statuses/Lunch")],
        token=token,
        now=after(1),
    )
    assert not held
    assert [(step.state, step.fenced) for step in store.steps(run_id)] == [
        (StepState.SUCCEEDED, True)
    ]
    assert owned(store) == ["statuses/Lunch"]


def test_a_late_outcome_does_not_undo_a_success(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    store.record_intents(run_id, [0], token=token, now=NOW)
    taker = store.acquire(KEY, LUIS, now=after(TTL_SECONDS), ttl_seconds=TTL_SECONDS)
    settled = [StepOutcome(0, StepState.SUCCEEDED, searched("read back"))]
    store.record_outcomes(run_id, settled, token=taker.token, now=after(61))
    store.record_outcomes(
        run_id,
        [StepOutcome(0, StepState.FAILED, searched("timed out"))],
        token=token,
        now=after(62),
    )
    step = store.steps(run_id)[0]
    assert (step.state, str(step.detail), step.fenced) == (StepState.SUCCEEDED, "read back", False)


def test_a_late_outcome_of_a_step_that_succeeded_leaves_the_ledger_as_it_is(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch", "statuses/Break")
    store.record_intents(run_id, [0, 1], token=token, now=NOW)
    taker = store.acquire(KEY, LUIS, now=after(TTL_SECONDS), ttl_seconds=TTL_SECONDS)
    store.record_outcomes(
        run_id,
        [StepOutcome(0, StepState.SUCCEEDED)],
        [upsert("statuses/Lunch")],
        token=taker.token,
        now=after(61),
    )
    store.change_ledger(KEY, [Remove(Address("statuses/Lunch"))])
    both = [StepOutcome(0, StepState.SUCCEEDED), StepOutcome(1, StepState.SUCCEEDED)]
    store.record_outcomes(
        run_id,
        both,
        [upsert("statuses/Lunch"), upsert("statuses/Break")],
        token=token,
        now=after(62),
    )
    assert owned(store) == ["statuses/Break"]


def test_a_step_cannot_become_pending_or_sent_by_an_outcome(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    for state in (StepState.PENDING, StepState.SENT):
        with pytest.raises(ValueError, match="is not an outcome"):
            store.record_outcomes(run_id, [StepOutcome(0, state)], token=token, now=NOW)


def test_a_detail_keeps_its_arguments(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    refused = Message.of("{address}: {said}", address=place("contacts/x"), said=quote("no", "x"))
    detail = Message.of("{count} attempts, then {refused}", count=3, refused=refused)
    outcome = StepOutcome(0, StepState.SUCCEEDED, detail, 409, needs_look=True)
    store.record_outcomes(run_id, [outcome], token=token, now=NOW)
    (step,) = store.steps(run_id)
    assert (step.detail, step.needs_look) == (detail, True)


def test_a_detail_that_no_database_holds_is_kept_as_far_as_it_can_be(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    outcome = StepOutcome(0, StepState.FAILED, searched("bad \0 and \ud800"))
    store.record_outcomes(run_id, [outcome], token=token, now=NOW)
    assert str(store.steps(run_id)[0].detail) == "bad \0 and ?"


def test_a_process_killed_after_its_intent_leaves_a_run_that_says_so(url: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=die_after_an_intent, args=(url,))
    process.start()
    process.join()
    assert process.exitcode == 9
    with Store.open(url) as store:
        run = store.latest_unfinished(KEY)
        assert run is not None
        assert _states(store, run.id) == [StepState.SENT, StepState.PENDING]
        assert run.summary.uncertain == 1
        assert run.lease_expires_at is not None
        assert run.state(run.lease_expires_at) is RunState.INTERRUPTED


def test_ten_thousand_steps_go_through(store: Store) -> None:
    count = 10_000
    run_id, token = begun(store, *[f"contacts/{n}" for n in range(count)])
    store.record_intents(run_id, range(count), token=token, now=NOW)
    outcomes = [StepOutcome(seq, StepState.SUCCEEDED) for seq in range(count)]
    store.record_outcomes(run_id, outcomes, token=token, now=NOW)
    assert store.run(run_id).summary == Summary(succeeded=count)


def test_what_was_certainly_not_carried_out_is_pending_again(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch", "statuses/Break", "statuses/Tea")
    store.record_intents(run_id, [0, 2], token=token, now=after(1))
    settled = [StepOutcome(2, StepState.SUCCEEDED)]
    store.record_outcomes(run_id, settled, token=token, now=after(2))
    withdrawn = [
        StepOutcome(seq, StepState.PENDING, searched("too many requests"), 429) for seq in range(3)
    ]
    store.withdraw_intents(run_id, withdrawn, token=token, now=after(3))
    assert _states(store, run_id) == [StepState.PENDING, StepState.PENDING, StepState.SUCCEEDED]
    first = store.steps(run_id)[0]
    assert (str(first.detail), first.status_code, first.attempts) == ("too many requests", 429, 1)


def test_a_holder_that_lost_the_lease_takes_no_intent_back(store: Store) -> None:
    run_id, token = begun(store, "statuses/Lunch")
    store.record_intents(run_id, [0], token=token, now=NOW)
    store.break_lease(KEY)
    withdrawn = [StepOutcome(0, StepState.PENDING, searched("too many requests"), 429)]
    store.withdraw_intents(run_id, withdrawn, token=token, now=after(1))
    assert _states(store, run_id) == [StepState.SENT]

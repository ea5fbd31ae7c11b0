"""One owner for each resource of a platform, also between projects that apply at one moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from reconciler.errors import PlanStale, StateError
from reconciler.kinds.address import Address
from reconciler.message import searched
from reconciler.state.changes import Rebase
from reconciler.state.journal import NewStep, StepOutcome, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.sql.store import Store
from tests.state.state_values import (
    KEY,
    LUIS,
    MARIA,
    NOW,
    TTL_SECONDS,
    after,
    new_run,
    owned,
    upsert,
)

THEIRS = LedgerKey("zenith", "prod", KEY.platform_id)
ELSEWHERE = LedgerKey("zenith", "prod", "other-platform")
BLUE = LedgerKey(KEY.project, "blue", KEY.platform_id)


def _step(action: str, address: str, old: str | None = None, seq: int = 0) -> NewStep:
    previous = None if old is None else Address(old)
    return NewStep(seq, Address(address), action, previous_address=previous)


def _begin(
    store: Store, key: LedgerKey, *steps: NewStep, verified_at: datetime | None = None
) -> str:
    claim = MARIA if key == KEY else LUIS
    lease = store.acquire(key, claim, now=NOW, ttl_seconds=TTL_SECONDS)
    try:
        run = new_run(plan_id=f"plan of {key}", verified_at=verified_at)
        return store.begin_run(key, run, token=lease.token, now=NOW, steps=steps)
    finally:
        store.release(lease)


@pytest.mark.parametrize("action", ["create", "update", "adopt", "delete", "forget"])
def test_a_run_on_what_another_project_owns_does_not_begin(store: Store, action: str) -> None:
    store.change_ledger(THEIRS, [upsert("statuses/Lunch")])
    with pytest.raises(PlanStale, match=r"statuses/Lunch is managed by project 'zenith'"):
        _begin(store, KEY, _step(action, "statuses/LUNCH"))
    assert store.runs(KEY) == ()


def test_another_environment_of_the_project_is_another_owner(store: Store) -> None:
    store.change_ledger(BLUE, [upsert("statuses/Lunch")])
    with pytest.raises(PlanStale, match=r"project 'acme \(blue\)'"):
        _begin(store, KEY, _step("update", "statuses/Lunch"))


def test_the_same_name_on_another_platform_is_another_resource(store: Store) -> None:
    store.change_ledger(ELSEWHERE, [upsert("statuses/Lunch")])
    assert _begin(store, KEY, _step("create", "statuses/Lunch"))


def test_a_delete_or_rename_does_not_reach_what_another_project_has_below(store: Store) -> None:
    store.change_ledger(THEIRS, [upsert("dispositions/Sale/Done")])
    for step in (
        _step("delete", "dispositions/Sale"),
        _step("rename", "dispositions/Sold", "dispositions/Sale"),
        _step("rename", "dispositions/Sale", "dispositions/Sold"),
    ):
        with pytest.raises(PlanStale, match="dispositions/Sale/Done"):
            _begin(store, KEY, step)
    assert _begin(store, KEY, _step("update", "dispositions/Sale"))


def test_what_an_unfinished_run_touches_is_taken_until_it_ends(store: Store) -> None:
    lease = store.acquire(THEIRS, LUIS, now=NOW, ttl_seconds=TTL_SECONDS)
    step = _step("create", "statuses/Tea")
    run_id = store.begin_run(THEIRS, new_run(), token=lease.token, now=NOW, steps=[step])
    with pytest.raises(PlanStale, match=rf"project 'zenith', whose run {run_id} has not ended"):
        _begin(store, KEY, _step("create", "statuses/Tea"))
    failed = [StepOutcome(0, StepState.FAILED, searched("refused"))]
    store.record_outcomes(run_id, failed, token=lease.token, now=after(1))
    store.finish_run(run_id, now=after(2))
    assert _begin(store, KEY, _step("create", "statuses/Tea"))


@pytest.mark.parametrize(
    "theirs",
    [
        _step("delete", "campaigns/Sales"),
        _step("rename", "campaigns/Sold", "campaigns/Sales"),
        _step("rename", "campaigns/Sales", "campaigns/Old"),
    ],
    ids=["delete", "rename", "rename to it"],
)
def test_nothing_begins_below_what_an_unfinished_run_deletes_or_renames(
    store: Store, theirs: NewStep
) -> None:
    run_id = _begin(store, THEIRS, theirs)
    with pytest.raises(PlanStale, match=rf"whose run {run_id} has not ended"):
        _begin(store, KEY, _step("create", "campaigns/Sales/statuses/Lunch"))
    assert _begin(store, KEY, _step("create", "campaigns/Sales 2/statuses/Lunch"))


def test_below_what_an_unfinished_run_edits_others_begin(store: Store) -> None:
    _begin(store, THEIRS, _step("update", "campaigns/Sales"))
    assert _begin(store, KEY, _step("create", "campaigns/Sales/statuses/Lunch"))


def test_what_another_project_changed_since_a_plan_was_verified_is_refused(store: Store) -> None:
    lease = store.acquire(THEIRS, LUIS, now=NOW, ttl_seconds=TTL_SECONDS)
    steps = [_step("delete", "statuses/Tea"), _step("delete", "statuses/Nap", seq=1)]
    run_id = store.begin_run(THEIRS, new_run(), token=lease.token, now=NOW, steps=steps)
    done = [StepOutcome(0, StepState.SUCCEEDED), StepOutcome(1, StepState.FAILED)]
    store.record_outcomes(run_id, done, token=lease.token, now=after(10))
    store.finish_run(run_id, now=after(11))
    store.release(lease)
    message = rf"statuses/Tea was changed by project 'zenith', in run {run_id}"
    with pytest.raises(PlanStale, match=message):
        _begin(store, KEY, _step("adopt", "statuses/Tea"), verified_at=after(9))
    assert _begin(store, KEY, _step("adopt", "statuses/Nap"), verified_at=after(9))
    assert _begin(store, BLUE, _step("adopt", "statuses/Tea"), verified_at=after(11))


def test_of_two_projects_that_begin_at_one_moment_one_is_refused(store: Store) -> None:
    leases = {
        key: store.acquire(key, claim, now=NOW, ttl_seconds=TTL_SECONDS)
        for key, claim in ((KEY, MARIA), (THEIRS, LUIS))
    }
    together = Barrier(2, timeout=30)

    def begin(key: LedgerKey) -> str:
        steps = [_step("delete" if key == KEY else "create", "dispositions/Sale")]
        steps.append(_step("create", f"dispositions/Sale/{key.project}", seq=1))
        together.wait()
        try:
            return store.begin_run(
                key, new_run(str(key)), token=leases[key].token, now=NOW, steps=steps
            )
        except PlanStale:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(begin, (KEY, THEIRS)))
    assert ended.count("refused") == 1


def test_two_ledgers_cannot_hold_one_resource(store: Store) -> None:
    store.change_ledger(THEIRS, [upsert("statuses/Lunch")])
    with pytest.raises(StateError):
        store.change_ledger(KEY, [upsert("statuses/LUNCH")])
    store.change_ledger(KEY, [upsert("dispositions/Sale")])
    store.change_ledger(THEIRS, [upsert("dispositions/Sold")])
    with pytest.raises(StateError):
        store.change_ledger(
            KEY, [Rebase(Address("dispositions/Sale"), Address("dispositions/Sold"))]
        )
    assert owned(store) == ["dispositions/Sale"]


def test_the_newest_run_at_an_address_is_found_whoever_made_it(store: Store) -> None:
    lease = store.acquire(THEIRS, LUIS, now=NOW, ttl_seconds=TTL_SECONDS)
    steps = [
        _step("rename", "dispositions/Sold", "dispositions/Sale"),
        _step("create", "x/y", seq=1),
    ]
    run_id = store.begin_run(THEIRS, new_run(), token=lease.token, now=NOW, steps=steps)
    done = [StepOutcome(0, StepState.SUCCEEDED), StepOutcome(1, StepState.FAILED)]
    store.record_outcomes(run_id, done, token=lease.token, now=after(1))
    for address in ("dispositions/sold", "dispositions/Sale"):
        found = store.last_run_at(KEY.platform_id, address)
        assert found is not None
        assert (found.id, found.key) == (run_id, THEIRS)
    assert store.last_run_at(KEY.platform_id, "x/y") is None
    assert store.last_run_at("other-platform", "dispositions/Sold") is None

"""A copy of a state: everything, verified, while nobody writes, and only into an empty state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from reconciler.errors import StateError
from reconciler.state.journal import StepOutcome, StepState
from reconciler.state.lease import LeaseHeld
from reconciler.state.sql import copy_rows
from reconciler.state.sql.errors import StateBusy
from reconciler.state.sql.store import Store
from reconciler.state.sql.tables import ledger_entries
from tests.state.state_values import KEY, LUIS, MARIA, NOW, TTL_SECONDS, after, begun, owned, upsert

PAIRS = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")]


@pytest.fixture(params=PAIRS, ids="-to-".join)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A state with a finished and an unfinished run, and an empty state."""
    (tmp_path / "state").mkdir()

    def location(database: str, name: str) -> str:
        found: Any = request.getfixturevalue("postgresql_url")
        return str(tmp_path / "state" / name) if database == "sqlite" else str(found)

    from_database, to_database = request.param
    with (
        Store.open(location(from_database, "a.db")) as source,
        Store.open(location(to_database, "b.db")) as target,
    ):
        _fill(source)
        yield source, target


def _fill(store: Store) -> None:
    run, token = begun(store, "statuses/Lunch", "statuses/Ñandú")
    store.record_intents(run, [0, 1], token=token, now=NOW)
    outcomes = [StepOutcome(seq, StepState.SUCCEEDED, status_code=200) for seq in (0, 1)]
    changes = [upsert("statuses/Lunch"), upsert("statuses/Ñandú", {"icon": "🍕"})]
    store.record_outcomes(run, outcomes, changes, token=token, now=after(1))
    store.finish_run(run, now=after(2))
    store.release(store.lease(KEY) or pytest.fail("no lease"))
    begun(store, "statuses/Rest", plan_id="plan-2")
    store.release(store.lease(KEY) or pytest.fail("no lease"))
    store.plan_key()
    store.mask_key()


def _picture(store: Store) -> dict[str, Any]:
    return {
        "ledger": store.ledger(*KEY),
        "runs": store.runs(KEY),
        "steps": [store.steps(run.id) for run in store.runs(KEY)],
        "plans": [store.plan_of(run.id) for run in store.runs(KEY)],
        "keys": (store.plan_key(), store.mask_key()),
    }


def test_a_copy_has_everything_and_says_what_it_copied(pair: tuple[Store, Store]) -> None:
    source, target = pair
    copied = {table.name: table.rows for table in source.copy_to(target, LUIS, now=after(10))}
    assert copied["runs"] == 2
    assert copied["steps"] == 3
    assert copied["ledger_entries"] == 2
    assert _picture(target) == _picture(source)


def test_the_copy_goes_on_where_the_source_stopped(pair: tuple[Store, Store]) -> None:
    source, target = pair
    source.copy_to(target, LUIS, now=after(10))
    last = source.acquire(KEY, MARIA, now=after(20), ttl_seconds=TTL_SECONDS).token
    unfinished = target.latest_unfinished(KEY)
    assert unfinished is not None
    lease = target.acquire(KEY, MARIA, now=after(20), ttl_seconds=TTL_SECONDS)
    assert lease.token >= last
    target.resume_run(unfinished.id, token=lease.token)
    target.record_intents(unfinished.id, [0], token=lease.token, now=after(21))
    outcome = StepOutcome(0, StepState.SUCCEEDED, status_code=200)
    changes = [upsert("statuses/Rest")]
    target.record_outcomes(unfinished.id, [outcome], changes, token=lease.token, now=after(22))
    target.finish_run(unfinished.id, now=after(23))
    target.release(lease)
    begun(target, "statuses/New", plan_id="plan-3")
    assert len(target.runs(KEY)) == 3
    assert "statuses/Rest" in owned(target)


def test_a_copy_leaves_no_lease_in_either_state(pair: tuple[Store, Store]) -> None:
    source, target = pair
    source.copy_to(target, LUIS, now=after(10))
    assert source.lease(KEY) is None
    assert target.lease(KEY) is None


def test_a_copy_waits_for_no_apply(pair: tuple[Store, Store]) -> None:
    source, target = pair
    source.acquire(KEY, MARIA, now=after(10), ttl_seconds=TTL_SECONDS)
    with pytest.raises(LeaseHeld, match="apply by maria"):
        source.copy_to(target, LUIS, now=after(11))
    assert target.runs(KEY) == ()


def test_a_state_with_content_is_refused(pair: tuple[Store, Store]) -> None:
    source, target = pair
    source.copy_to(target, LUIS, now=after(10))
    with pytest.raises(StateError, match="is not empty"):
        source.copy_to(target, LUIS, now=after(20))
    assert source.lease(KEY) is None


def test_a_copy_that_differs_is_taken_back(
    pair: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = pair
    copy = copy_rows._copy

    def lossy(table: Any, read: Connection, written: Connection) -> copy_rows.TableCopy:
        done = copy(table, read, written)
        if table is ledger_entries:
            written.execute(ledger_entries.update().values(fields="{}"))
        return done

    monkeypatch.setattr(copy_rows, "_copy", lossy)
    with pytest.raises(StateError, match="the copy of ledger_entries differs"):
        source.copy_to(target, LUIS, now=after(10))
    assert target.runs(KEY) == ()
    monkeypatch.undo()
    source.copy_to(target, LUIS, now=after(20))
    assert _picture(target) == _picture(source)


def test_nobody_writes_the_source_meanwhile(
    pair: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = pair
    copy = copy_rows.copy_tables
    monkeypatch.setattr("reconciler.state.sql.engines.BUSY_SECONDS", 0.1)

    def contested(read: Connection, written: Connection) -> tuple[copy_rows.TableCopy, ...]:
        with Store.open(_location(source)) as other, pytest.raises((StateBusy, LeaseHeld)):
            other.change_ledger(KEY, [upsert("statuses/Stolen")])
        return copy(read, written)

    monkeypatch.setattr(copy_rows, "copy_tables", contested)
    source.copy_to(target, LUIS, now=after(10))
    assert "statuses/Stolen" not in owned(source)


def _location(store: Store) -> str:
    url = store._engine.url
    if url.get_backend_name() == "postgresql":
        return url.render_as_string(hide_password=False)
    return store.location


def test_many_rows_are_copied_in_chunks(tmp_path: Path, postgresql_url: str) -> None:
    with Store.open(str(tmp_path / "a.db")) as source, Store.open(postgresql_url) as target:
        source.change_ledger(KEY, [upsert(f"statuses/S{number}") for number in range(1201)])
        source.copy_to(target, LUIS, now=NOW)
        assert target.ledger(*KEY) == source.ledger(*KEY)

"""Two applies at once, concurrent edits, lost leases, and full disks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.applying.apply import ApplySettings
from reconciler.applying.events import Waiting
from reconciler.applying.report import RunReport
from reconciler.errors import (
    Locked,
    PlanConsumed,
    PlanRefused,
    StateError,
)
from reconciler.kinds.address import identity
from reconciler.message import searched
from reconciler.state.journal import StepOutcome, StepState
from reconciler.state.lease import Claim
from reconciler.state.sql.store import Store
from tests.applying.applier_world import KEY, Applying, World, in_thread, report_text
from tests.applying.run_accounts import account, expected_ledger
from tests.applying.small_estate import (
    LUNCH,
    TEA,
    assert_settled,
    at,
    killed,
    small_world,
    states,
    two_layers,
)
from tests.planning.plan_worlds import desired, wanted


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = small_world(tmp_path)
    yield made
    made.close()


# ---- two applies -------------------------------------------------------------------------


def test_a_second_apply_reports_who_holds_the_lease(world: World) -> None:
    plan = world.plan(two_layers())
    told_by: list[Locked] = []

    def second() -> None:
        world.time.passed += 5
        with pytest.raises(Locked) as refused:
            in_thread(lambda: Applying(world, "luis").apply(plan))
        told_by.append(refused.value)

    first = Applying(world, "ana", points=at("after record_intents", second))
    assert first.apply(plan).exit_code == 0
    assert len(told_by) == 1
    assert told_by[0].exit_code == 7
    for word in ("apply by ana on ana-host", "started 5 s ago"):
        assert word in str(told_by[0])


def test_a_second_apply_can_wait_and_then_refuses_the_consumed_plan(world: World) -> None:
    plan = world.plan(two_layers())
    lease = world.store.acquire(
        KEY, Claim("ana", "laptop", 1, "apply"), now=world.time.now(), ttl_seconds=60
    )
    waiting = Applying(world, "luis", settings=ApplySettings(wait=timedelta(minutes=5)))
    began = world.time.passed
    assert waiting.apply(plan).exit_code == 0
    assert 59 <= world.time.passed - began <= 62
    waits = [event for event in waiting.events if isinstance(event, Waiting)]
    assert ["ana" in str(event.what) for event in waits] == [True]
    world.store.release(lease)
    with pytest.raises(PlanConsumed):
        Applying(world).apply(plan)


def test_another_plan_is_refused_while_a_run_is_unfinished(world: World) -> None:
    other = world.plan(two_layers("fork"))
    killed(world, world.plan(two_layers()), "after record_intents")
    with pytest.raises(PlanRefused, match="apply --resume"):
        Applying(world).apply(other)
    assert world.plan(two_layers()).unfinished_run


# ---- people ------------------------------------------------------------------------------


def test_an_edit_between_verification_and_sending_is_not_overwritten(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    edit = at("after begin_run", lambda: world.edited("PATCH", TEA, {"icon": "hers"}))
    report = Applying(world, points=edit).apply(plan)
    assert states(report)[f"adopt {TEA}"] == "failed"
    assert report.exit_code == 5
    assert report.run.finished_at is not None
    live = world.snapshot()
    assert live.resources[identity(TEA)].fields["icon"] == "hers"
    failed = next(step for step in report.steps if step.address == TEA)
    assert failed.status_code == 412
    assert "nothing was overwritten" in str(failed.detail)
    people = frozenset({identity(TEA)})
    assert account(plan, report.steps, world.audit()[start:], live, touched=people).clean
    assert identity(TEA) not in world.owned()


def test_a_failed_step_skips_what_needs_it_and_nothing_else(world: World) -> None:
    plan = world.plan(two_layers())
    take = at("after begin_run", lambda: world.edited("POST", "campaigns/New", {}))
    report = Applying(world, points=take).apply(plan)
    assert states(report) == {
        "create campaigns/New": "failed",
        f"adopt {TEA}": "succeeded",
        "update campaigns/New/channels/webchat": "skipped",
        "create campaigns/New/statuses/Own": "skipped",
    }
    assert report.exit_code == 5
    assert world.plan(two_layers()).unfinished_run == ""


def test_only_failed_steps_give_exit_code_1(world: World) -> None:
    plan = world.plan(desired(wanted(TEA, {"icon": "mug"})))
    edit = at("after begin_run", lambda: world.edited("PATCH", TEA, {"icon": "hers"}))
    assert Applying(world, points=edit).apply(plan).exit_code == 1


def test_an_edit_to_a_channel_of_a_new_campaign_is_not_overwritten(world: World) -> None:
    plan = world.plan(two_layers())
    channel = "campaigns/New/channels/webchat"
    edit = at(
        "after record_outcomes", lambda: world.edited("PATCH", channel, {"max_queue": 7}), nth=1
    )
    report = Applying(world, points=edit).apply(plan)
    assert states(report)[f"update {channel}"] == "failed", report_text(report)
    fields = world.snapshot().resources[identity(channel)].fields
    assert (fields["max_queue"], fields["enabled"]) == (7, False)


@pytest.mark.parametrize("is_seen_later", [True, False])
def test_an_edit_to_a_channel_of_an_unread_new_campaign_is_not_overwritten(
    world: World, *, is_seen_later: bool
) -> None:
    plan, start = world.plan(two_layers()), len(world.audit())
    channel = "campaigns/New/channels/webchat"
    edit = at(
        "after record_outcomes", lambda: world.edited("PATCH", channel, {"max_queue": 7}), nth=1
    )
    applying = Applying(world, points=edit)
    applying.transport.will("", "400", *([] if is_seen_later else ["400"]))
    report = applying.apply(plan)
    if not is_seen_later:
        assert states(report)[f"update {channel}"] == "pending", report_text(report)
        assert report.exit_code == 5
        report = Applying(world).resume()
    assert states(report)[f"update {channel}"] == "failed", report_text(report)
    fields = world.snapshot().resources[identity(channel)].fields
    assert (fields["max_queue"], fields["enabled"]) == (7, False)
    found = account(
        plan, report.steps, world.audit()[start:], world.snapshot(),
        touched=frozenset({identity(channel)}),
    )  # fmt: skip
    assert found.clean, found


# ---- the lease ---------------------------------------------------------------------------


def test_a_fenced_holder_starts_nothing(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    reports: list[RunReport] = []

    def take_over() -> None:
        world.time.passed += 61
        reports.append(in_thread(lambda: Applying(world, "luis").resume()))

    first = Applying(world, "ana", points=at("before record_intents", take_over, nth=2))
    stopped = first.apply(plan)
    assert isinstance(stopped.stopped_by, Locked)
    assert reports[0].exit_code == 0, report_text(reports[0])
    posts = [
        operation
        for batch in first.transport.posted
        for operation in batch
        if "get" not in operation
    ]
    assert all("/Own" not in post and "/channels" not in post for post in posts)
    found = account(plan, reports[0].steps, world.audit()[start:], world.snapshot())
    assert found.clean, found


def test_a_holder_that_wakes_between_journal_and_request_repeats_nothing(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    reports: list[RunReport] = []

    def take_over() -> None:
        world.time.passed += 61
        reports.append(in_thread(lambda: Applying(world, "luis").resume()))

    first = Applying(world, "ana", points=at("before write", take_over, nth=1))
    late = first.apply(plan)
    assert reports[0].exit_code == 0, report_text(reports[0])
    found = account(plan, late.steps, world.audit()[start:], world.snapshot())
    assert found.clean, found
    assert world.owned() == expected_ledger({}, plan, late.steps)
    assert world.plan(two_layers()).is_empty


def test_a_late_outcome_of_a_settled_step_does_not_change_the_ledger(world: World) -> None:
    """Another process settled the step and deleted the resource: it is not owned again."""
    plan = world.plan(desired(wanted(LUNCH, {"icon": "x"})))

    def take_over() -> None:
        world.time.passed += 61
        assert in_thread(lambda: Applying(world, "luis").resume()).exit_code == 0
        gone = world.plan(desired())
        assert in_thread(lambda: Applying(world, "luis").apply(gone)).exit_code == 0
        assert world.owned() == {}

    Applying(world, "ana", points=at("before record_outcomes", take_over)).apply(plan)
    assert world.owned() == {}
    assert identity(LUNCH) not in world.snapshot().resources


def test_a_late_outcome_of_a_skipped_step_is_recorded_and_flagged(world: World) -> None:
    plan = world.plan(desired(wanted(LUNCH, {"icon": "x"})))

    def take_over() -> None:
        lease = world.store.acquire(
            KEY,
            Claim("luis", "x", 1, "apply"),
            now=world.time.now() + timedelta(seconds=61),
            ttl_seconds=60,
        )
        run = world.store.latest_unfinished(KEY)
        assert run is not None
        world.store.record_outcomes(
            run.id,
            [StepOutcome(0, StepState.SKIPPED, searched("given up"))],
            token=lease.token,
            now=world.time.now(),
        )

    report = Applying(world, points=at("before write", take_over)).apply(plan)
    assert [(step.state, step.fenced) for step in report.steps] == [(StepState.SUCCEEDED, True)]
    assert identity(LUNCH) in world.owned()


# ---- the state store ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "nth"),
    [
        ("begin_run", 1),
        ("record_intents", 1),
        ("record_intents", 2),
        ("record_outcomes", 1),
        ("record_outcomes", 2),
        ("finish_run", 1),
    ],
)
def test_an_unwritable_state_stops_the_run_and_is_resumable(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, nth: int
) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    real, calls = getattr(Store, method), []

    def failing(self: Store, *args: Any, **kwargs: Any) -> Any:
        calls.append(method)
        if len(calls) >= nth:
            raise StateError("the state could not grow, the disk is full")
        return real(self, *args, **kwargs)

    applying = Applying(world)
    with monkeypatch.context() as patched:
        patched.setattr(Store, method, failing)
        if method == "begin_run":
            with pytest.raises(StateError, match="disk is full"):
                applying.apply(plan)
            assert applying.transport.posted == []
        else:
            report = applying.apply(plan)
            assert isinstance(report.stopped_by, StateError)
            assert report.exit_code == (1 if (method, nth) == ("record_intents", 1) else 5)
            assert report.run.finished_at is None
            sent = sum(1 for batch in applying.transport.posted if "get" not in batch[0])
            assert sent == {"record_intents": nth - 1, "record_outcomes": nth}.get(method, 2)
    again = Applying(world).apply(plan)
    assert_settled(world, plan, again, start)


def test_a_full_disk_is_a_state_error_and_nothing_is_sent(tmp_path: Path) -> None:
    world = World(tmp_path)
    many = [wanted(f"statuses/S{n}", {"icon": "x" * 60}) for n in range(300)]
    plan = world.plan(desired(*many))
    engine = world.store._engine
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    applying = Applying(world)
    with pytest.raises(StateError, match="disk is full"):
        applying.apply(plan)
    assert applying.transport.posted == []
    assert world.store.latest_unfinished(KEY) is None
    engine.dispose()
    assert Applying(world).apply(plan).exit_code == 0
    world.close()

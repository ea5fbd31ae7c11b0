"""Two at work at once, people in between, and everything else that comes at a bad moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.applying.apply import Settings
from reconciler.applying.events import Waiting
from reconciler.applying.report import RunReport
from reconciler.errors import (
    AccessDenied,
    Interrupted,
    Locked,
    PlanConsumed,
    PlanForeign,
    PlanRefused,
    PlanStale,
    ReconcilerError,
    StateError,
    Unreachable,
)
from reconciler.kinds.address import identity
from reconciler.manifests.desired import Desired
from reconciler.state.journal import Outcome, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.lease_rows import Claim
from reconciler.state.runs import NewRun
from reconciler.state.store import Store
from tests.planning.estates import complete, desired, wanted
from tests.torture.striking import assert_settled, at, killed, states
from tests.torture.world import (
    KEY,
    Applying,
    World,
    account,
    expected_ledger,
    in_thread,
    told,
)

LUNCH = "statuses/Lunch"
TEA = "statuses/Tea"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(
        tmp_path,
        [
            {"address": TEA, "icon": "cup"},
            {"address": "statuses/Nap", "icon": "bed"},
            {"address": "dispositions/Sale"},
            {"address": "dispositions/Sale/Done"},
            {"address": "campaigns/Old"},
            {"address": "campaigns/Old/statuses/Away"},
        ],
    )
    yield made
    made.close()


def two_layers(icon: str = "mug") -> Desired:
    """An update, a campaign, and what needs the campaign."""
    return desired(
        wanted(TEA, {"icon": icon}),
        wanted("campaigns/New", {}),
        wanted("campaigns/New/statuses/Own", {"icon": "x"}),
        wanted("campaigns/New/channels/webchat", {"enabled": True, "connector": "web"}),
    )


# ---- two applies -------------------------------------------------------------------------


def test_a_second_apply_is_told_who_is_at_work(world: World) -> None:
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


def test_a_second_apply_can_wait_and_then_finds_the_plan_consumed(world: World) -> None:
    plan = world.plan(two_layers())
    lease = world.store.acquire(
        KEY, Claim("ana", "laptop", 1, "apply"), now=world.time.now(), ttl_seconds=60
    )
    waiting = Applying(world, "luis", settings=Settings(wait=timedelta(minutes=5)))
    began = world.time.passed
    assert waiting.apply(plan).exit_code == 0
    assert 59 <= world.time.passed - began <= 62
    waits = [event for event in waiting.events if isinstance(event, Waiting)]
    assert ["ana" in event.why for event in waits] == [True]
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
    assert "nothing was overwritten" in failed.detail
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


def test_when_only_failures_came_of_it_the_exit_code_is_1(world: World) -> None:
    plan = world.plan(desired(wanted(TEA, {"icon": "mug"})))
    edit = at("after begin_run", lambda: world.edited("PATCH", TEA, {"icon": "hers"}))
    assert Applying(world, points=edit).apply(plan).exit_code == 1


def test_an_edit_to_what_came_with_a_new_campaign_is_not_overwritten(world: World) -> None:
    plan = world.plan(two_layers())
    channel = "campaigns/New/channels/webchat"
    edit = at(
        "after record_outcomes", lambda: world.edited("PATCH", channel, {"max_queue": 7}), nth=1
    )
    report = Applying(world, points=edit).apply(plan)
    assert states(report)[f"update {channel}"] == "failed", told(report)
    fields = world.snapshot().resources[identity(channel)].fields
    assert (fields["max_queue"], fields["enabled"]) == (7, False)


# ---- the lease ---------------------------------------------------------------------------


def test_a_fenced_holder_starts_nothing_more(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    reports: list[RunReport] = []

    def take_over() -> None:
        world.time.passed += 61
        reports.append(in_thread(lambda: Applying(world, "luis").resume()))

    first = Applying(world, "ana", points=at("before record_intents", take_over, nth=2))
    stopped = first.apply(plan)
    assert isinstance(stopped.stopped_by, Locked)
    assert reports[0].exit_code == 0, told(reports[0])
    posts = [one for batch in first.transport.posted for one in batch if "get" not in one]
    assert all("/Own" not in one and "/channels" not in one for one in posts)
    found = account(plan, reports[0].steps, world.audit()[start:], world.snapshot())
    assert found.clean, found


def test_who_wakes_between_journal_and_request_doubles_nothing(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    reports: list[RunReport] = []

    def take_over() -> None:
        world.time.passed += 61
        reports.append(in_thread(lambda: Applying(world, "luis").resume()))

    first = Applying(world, "ana", points=at("before write", take_over, nth=1))
    late = first.apply(plan)
    assert reports[0].exit_code == 0, told(reports[0])
    found = account(plan, late.steps, world.audit()[start:], world.snapshot())
    assert found.clean, found
    assert world.owned() == expected_ledger({}, plan, late.steps)
    assert world.plan(two_layers()).is_empty


def test_a_late_outcome_of_a_settled_step_leaves_the_ledger_alone(world: World) -> None:
    """Somebody else settled the step and deleted the thing since: it is not owned again."""
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
            [Outcome(0, StepState.SKIPPED, "given up")],
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
def test_a_state_that_cannot_be_written_stops_everything_and_is_resumed(
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


def test_a_disk_that_is_really_full_is_a_state_error_and_nothing_is_sent(tmp_path: Path) -> None:
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


# ---- the platform ------------------------------------------------------------------------


def test_an_expired_token_stops_the_run_and_another_goes_on_with_it(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.will("", "", "401")
    report = applying.apply(plan)
    assert isinstance(report.stopped_by, AccessDenied)
    assert report.exit_code == 5
    assert report.run.finished_at is None
    assert report.run.summary.skipped == 0, told(report)
    assert_settled(world, plan, Applying(world).resume(), start)


def test_a_token_refused_at_the_first_write_has_landed_nothing(world: World) -> None:
    applying = Applying(world)
    applying.transport.will("401")
    report = applying.apply(world.plan(two_layers()))
    assert report.exit_code == 1, told(report)
    assert Applying(world).resume().exit_code == 0


def test_a_batch_refused_whole_fails_its_steps_so_that_planning_can_go_on(world: World) -> None:
    plan = world.plan(two_layers())
    applying = Applying(world)
    applying.transport.will("400")
    report = applying.apply(plan)
    assert report.run.finished_at is not None, told(report)
    assert report.run.summary.succeeded == 0
    assert report.exit_code == 1
    assert "injected" in report.steps[0].detail
    assert world.plan(two_layers()).unfinished_run == ""


@pytest.mark.parametrize("fault", ["reset-after", "503-after", "500-after", "truncated", "short"])
def test_a_write_that_took_effect_unanswered_is_settled_and_not_doubled(
    world: World, fault: str
) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.will(fault, fault, fault)
    report = applying.apply(plan)
    if report.exit_code:
        assert isinstance(report.stopped_by, Unreachable)
        assert report.exit_code == 5
        report = Applying(world).resume()
    assert_settled(world, plan, report, start)
    assert world.owned() == expected_ledger({}, plan, report.steps)


@pytest.mark.parametrize("fault", ["item-503", "item-503-after", "item-429"])
def test_an_item_without_a_clear_answer_is_settled_by_reading(world: World, fault: str) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.will(fault)
    assert_settled(world, plan, applying.apply(plan), start)


def test_what_is_never_answered_clearly_stays_uncertain_and_is_not_called_failed(
    world: World,
) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.transport.always = "item-503-after"
    report = applying.apply(plan)
    assert report.exit_code in (5, 6), told(report)
    assert report.run.finished_at is None
    assert report.run.summary.failed == report.run.summary.skipped == 0, told(report)
    assert_settled(world, plan, Applying(world).resume(), start)


def test_a_read_back_that_is_refused_says_so_and_the_run_goes_on(world: World) -> None:
    applying = Applying(world)
    applying.transport.will("", "400")
    report = applying.apply(world.plan(two_layers()))
    assert report.exit_code == 0
    assert "not read back" in report.steps[0].detail


def test_a_resume_that_cannot_reach_the_platform_reports_from_the_journal(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    killed(world, plan, "before record_intents", nth=2)
    cut_off = Applying(world)
    cut_off.transport.reads.extend(["reset-before"] * 200)
    report = cut_off.resume()
    assert report.exit_code == 5
    assert isinstance(report.stopped_by, Unreachable)
    assert report.run.finished_at is None
    assert_settled(world, plan, Applying(world).resume(), start)


# ---- interruption ------------------------------------------------------------------------


def test_ctrl_c_finishes_what_is_in_flight_and_leaves_the_rest_to_a_resume(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    applying = Applying(world)
    applying.should_stop = lambda: len(applying.transport.posted) >= 2
    report = applying.apply(plan)
    assert report.exit_code == 5
    assert report.run.finished_at is None
    assert report.run.summary.skipped == 0, told(report)
    assert report.run.summary.pending == 2
    assert_settled(world, plan, Applying(world).resume(), start)


def test_ctrl_c_before_anything_was_sent_begins_no_run(world: World) -> None:
    plan = world.plan(two_layers())
    stopped = Applying(world, should_stop=lambda: True)
    with pytest.raises(Interrupted, match="nothing was written") as interrupted:
        stopped.apply(plan)
    assert interrupted.value.exit_code == 130
    assert stopped.transport.posted == []
    assert world.store.runs(KEY) == ()
    assert Applying(world).apply(plan).exit_code == 0


def test_ctrl_c_while_the_plan_is_checked_begins_no_run(world: World) -> None:
    plan = world.plan(two_layers())
    asked = iter((False, True))
    with pytest.raises(Interrupted):
        Applying(world, should_stop=lambda: next(asked)).apply(plan)
    assert world.store.runs(KEY) == ()


def test_ctrl_c_ends_the_wait_for_the_lease_at_once(world: World) -> None:
    plan = world.plan(two_layers())
    claim = Claim("ana", "laptop", 1, "apply")
    world.store.acquire(KEY, claim, now=world.time.now(), ttl_seconds=3600)
    waiting = Applying(world, "luis", settings=Settings(wait=timedelta(minutes=5)))
    waiting.should_stop = lambda: bool(waiting.events)
    began = world.time.passed
    with pytest.raises(Interrupted, match="nothing was written"):
        waiting.apply(plan)
    assert world.time.passed - began <= 1
    assert world.store.runs(KEY) == ()


def test_ctrl_c_ends_the_wait_of_a_resume_and_leaves_it_to_another(world: World) -> None:
    plan = world.plan(two_layers())
    start = len(world.audit())
    killed(world, plan, "before write")
    waiting = Applying(world, settings=Settings(request_timeout=timedelta(minutes=30)))
    waiting.should_stop = lambda: any(isinstance(one, Waiting) for one in waiting.events)
    began = world.time.passed
    report = waiting.resume()
    assert world.time.passed - began <= 1
    assert isinstance(report.stopped_by, Interrupted), told(report)
    assert report.run.finished_at is None
    assert waiting.transport.posted == []
    assert_settled(world, plan, Applying(world).resume(), start)


# ---- resuming ----------------------------------------------------------------------------


def test_a_resume_that_a_guard_stops_ends_the_run_so_that_planning_goes_on(world: World) -> None:
    want = desired(wanted("campaigns/New", {}), lists=[complete("statuses")])
    plan = world.plan(want)
    killed(world, plan, "before record_intents")
    world.edited("PUT", "agents/ana/status", {"status": "Nap", "campaign": None})
    report = Applying(world).resume()
    assert report.run.finished_at is not None
    assert report.exit_code == 1
    by_address = {step.address: step for step in report.steps}
    assert by_address["statuses/Nap"].state is StepState.SKIPPED
    assert "delete-in-use" in by_address["statuses/Nap"].detail
    assert identity("statuses/Nap") in world.snapshot().resources
    assert world.plan(want).unfinished_run == ""


def own_old(world: World) -> Desired:
    """What is owned afterwards: a campaign and a status of it."""
    want = desired(
        wanted("campaigns/Old", {}), wanted("campaigns/Old/statuses/Away", {"icon": "x"})
    )
    world.applied(want)
    return want


def test_a_resume_does_not_delete_what_has_come_to_live_below(world: World) -> None:
    own_old(world)
    plan = world.plan(desired())
    killed(world, plan, "before record_intents")
    world.edited("POST", "campaigns/Old/statuses/Hers", {})
    report = Applying(world).resume()
    live = world.snapshot().resources
    assert identity("campaigns/Old/statuses/Hers") in live, told(report)
    assert report.run.finished_at is not None
    assert report.exit_code == 1
    assert "campaigns/Old/statuses/Hers" in " ".join(step.detail for step in report.steps)


def test_a_resume_does_not_delete_a_parent_whose_child_somebody_edited(world: World) -> None:
    own_old(world)
    plan = world.plan(desired())
    killed(world, plan, "before record_intents")
    world.edited("PATCH", "campaigns/Old/statuses/Away", {"icon": "hers"})
    report = Applying(world).resume()
    live = world.snapshot().resources
    assert live[identity("campaigns/Old/statuses/Away")].fields["icon"] == "hers", told(report)
    assert report.exit_code == 1


def test_a_channel_set_up_below_a_campaign_to_be_deleted_makes_the_plan_stale(
    world: World,
) -> None:
    own_old(world)
    plan = world.plan(desired())
    world.edited("PATCH", "campaigns/Old/channels/webchat", {"max_queue": 9})
    with pytest.raises(PlanStale, match="channels/webchat"):
        Applying(world).apply(plan)


def test_a_resume_takes_nothing_unreadable_for_gone(world: World) -> None:
    own_old(world)
    plan = world.plan(desired())
    killed(world, plan, "before record_intents")
    blind = Applying(world)

    class Blind(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if "campaigns" in request.url.path and request.method == "GET":
                return httpx.Response(403, json={"detail": "no"}, request=request)
            return await httpx.ASGITransport(world.app).handle_async_request(request)

    blind.transport.inner = Blind()
    report = blind.resume()
    assert report.run.summary.succeeded == 0, told(report)
    assert world.owned(), "it is still ours"
    assert identity("campaigns/Old") in world.snapshot().resources


def test_what_may_not_be_read_is_not_settled_as_deleted(world: World) -> None:
    own_old(world)
    plan = world.plan(desired())
    start = len(world.audit())
    killed(world, plan, "before write")

    class Denied(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if b'"op":"get"' in request.content:
                count = request.content.count(b'"op"')
                refused = [{"status": 403, "resource": None, "problem": {}}] * count
                return httpx.Response(200, json={"outcomes": refused}, request=request)
            return await httpx.ASGITransport(world.app).handle_async_request(request)

    denied = Applying(world)
    denied.transport.inner = Denied()
    report = denied.resume()
    if report.exit_code:
        report = Applying(world).resume()
    assert identity("campaigns/Old") not in world.snapshot().resources
    assert_settled(world, plan, report, start)


def test_what_writes_only_the_ledger_is_never_uncertain(world: World) -> None:
    """Killed between intent and outcome of a forget; what people do to it does not matter."""
    keep = replace(wanted(TEA, {"icon": "cup"}).lifecycle, on_remove="keep")
    world.applied(desired(wanted(TEA, {"icon": "cup"}, lifecycle=keep)))
    plan = world.plan(desired())
    killed(world, plan, "before record_outcomes")
    world.edited("PATCH", TEA, {"icon": "hers"})
    report = Applying(world).resume()
    assert report.exit_code == 0, told(report)
    assert world.owned() == {}


def test_a_run_of_another_environment_is_not_resumed_here(world: World) -> None:
    other = LedgerKey("acme", "prod", "acme-prod")
    lease = world.store.acquire(
        other, Claim("x", "x", 1, "apply"), now=world.time.now(), ttl_seconds=60
    )
    plan = world.plan(two_layers())
    run = world.store.begin_run(
        other,
        NewRun("p", "c", b"{}", "apply", "x"),
        token=lease.token,
        now=world.time.now(),
    )
    with pytest.raises(PlanForeign, match="acme-prod"):
        Applying(world).resume(run)
    assert Applying(world).apply(plan).exit_code == 0


def test_a_rename_and_an_update_of_the_same_resource_are_both_made(world: World) -> None:
    world.applied(desired(wanted("dispositions/Sale"), wanted("dispositions/Sale/Done")))
    want = desired(
        wanted("dispositions/Sales", {}, renamed_from="Sale"),
        wanted("dispositions/Sales/Completed", {"text_code": "OK"}, renamed_from="Done"),
    )
    plan = world.plan(want)
    start = len(world.audit())
    assert [change.action.value for change in plan.changes] == ["rename", "rename", "update"]
    for fault in ("reset-after", "reset-after", "reset-after"):
        applying = Applying(world)
        applying.transport.will(*[fault] * 3)
        with suppress(ReconcilerError):
            applying.apply(plan)
    report = Applying(world)
    last = report.apply(plan) if world.store.latest_unfinished(KEY) else None
    run = world.store.runs(KEY)[0]
    assert last is None or last.exit_code == 0
    found = account(plan, world.store.steps(run.id), world.audit()[start:], world.snapshot())
    assert found.clean, found
    assert world.plan(want).is_empty

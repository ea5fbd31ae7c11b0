"""Resuming an unfinished run: it runs the same checks as an apply, and finishes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from reconciler.errors import (
    PlanForeign,
    PlanStale,
    ReconcilerError,
)
from reconciler.kinds.address import identity
from reconciler.manifests.desired import Desired
from reconciler.state.journal import StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim
from reconciler.state.runs import NewRun
from tests.applying.applier_world import KEY, Applying, World, report_text
from tests.applying.run_accounts import account
from tests.applying.small_estate import TEA, assert_settled, killed, small_world, two_layers
from tests.planning.plan_worlds import complete, desired, wanted


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = small_world(tmp_path)
    yield made
    made.close()


# ---- resuming ----------------------------------------------------------------------------


def test_a_resume_blocked_by_a_guard_ends_the_run_so_planning_is_possible(world: World) -> None:
    want = desired(wanted("campaigns/New", {}), lists=[complete("statuses")])
    plan = world.plan(want)
    killed(world, plan, "before record_intents")
    world.edited("PUT", "agents/ana/status", {"status": "Nap", "campaign": None})
    report = Applying(world).resume()
    assert report.run.finished_at is not None
    assert report.exit_code == 1
    by_address = {step.address: step for step in report.steps}
    assert by_address["statuses/Nap"].state is StepState.SKIPPED
    assert "delete-in-use" in str(by_address["statuses/Nap"].detail)
    assert identity("statuses/Nap") in world.snapshot().resources
    assert world.plan(want).unfinished_run == ""


def own_old(world: World) -> Desired:
    """Own a campaign and one of its statuses."""
    want = desired(
        wanted("campaigns/Old", {}), wanted("campaigns/Old/statuses/Away", {"icon": "x"})
    )
    world.applied(want)
    return want


def test_a_resume_does_not_delete_a_parent_with_a_new_child(world: World) -> None:
    own_old(world)
    plan = world.plan(desired())
    killed(world, plan, "before record_intents")
    world.edited("POST", "campaigns/Old/statuses/Hers", {})
    report = Applying(world).resume()
    live = world.snapshot().resources
    assert identity("campaigns/Old/statuses/Hers") in live, report_text(report)
    assert report.run.finished_at is not None
    assert report.exit_code == 1
    assert "campaigns/Old/statuses/Hers" in " ".join(str(step.detail) for step in report.steps)


def test_a_resume_does_not_delete_a_parent_with_an_edited_child(world: World) -> None:
    own_old(world)
    plan = world.plan(desired())
    killed(world, plan, "before record_intents")
    world.edited("PATCH", "campaigns/Old/statuses/Away", {"icon": "hers"})
    report = Applying(world).resume()
    live = world.snapshot().resources
    assert live[identity("campaigns/Old/statuses/Away")].fields["icon"] == "hers", report_text(
        report
    )
    assert report.exit_code == 1


def test_a_channel_set_up_below_a_campaign_to_be_deleted_makes_the_plan_stale(
    world: World,
) -> None:
    own_old(world)
    plan = world.plan(desired())
    world.edited("PATCH", "campaigns/Old/channels/webchat", {"max_queue": 9})
    with pytest.raises(PlanStale, match="channels/webchat"):
        Applying(world).apply(plan)


def test_a_child_recreated_after_planning_is_not_deleted_with_its_parent(
    world: World,
) -> None:
    own_old(world)
    away = "campaigns/Old/statuses/Away"
    world.edited("DELETE", away)
    plan = world.plan(desired())
    assert f"forget {away}" in [change.key for change in plan.changes]
    world.edited("POST", away, {"icon": "hers"})
    with pytest.raises(PlanStale, match=away):
        Applying(world).apply(plan)
    assert world.snapshot().resources[identity(away)].fields["icon"] == "hers"


def test_a_resume_does_not_take_unreadable_as_deleted(world: World) -> None:
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
    assert report.run.summary.succeeded == 0, report_text(report)
    assert world.owned(), "it is still ours"
    assert identity("campaigns/Old") in world.snapshot().resources


def test_a_step_on_an_unreadable_resource_is_not_settled_as_deleted(world: World) -> None:
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


def test_a_ledger_only_step_is_never_uncertain(world: World) -> None:
    """An apply killed between intent and outcome of a forget; edits by people do not matter."""
    keep = replace(wanted(TEA, {"icon": "cup"}).lifecycle, on_remove="keep")
    world.applied(desired(wanted(TEA, {"icon": "cup"}, lifecycle=keep)))
    plan = world.plan(desired())
    killed(world, plan, "before record_outcomes")
    world.edited("PATCH", TEA, {"icon": "hers"})
    report = Applying(world).resume()
    assert report.exit_code == 0, report_text(report)
    assert world.owned() == {}


def test_a_run_of_another_environment_is_not_resumed(world: World) -> None:
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

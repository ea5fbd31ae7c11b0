"""Guards use the platform's clock, and a difference from this machine's clock is reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.estate import SEED
from tests.end_to_end.harness import Sandbox, Workspace, approvals

DAY = timedelta(days=1)
THERE = (datetime.now(UTC) + 100 * DAY).replace(hour=6, minute=0, second=0, microsecond=0)
"""The time of the platform: another weekday than this machine's, at 06:00."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Workspace]:
    """A project with a platform whose clock is wrong and stopped."""
    sandbox = Sandbox.start(tmp_path / "sandbox", SEED, "--clock", THERE.isoformat())
    workspace = Workspace(tmp_path, sandbox)
    workspace.write("reconciler.yaml", "project: acme\n")
    workspace.write("environments/test.yaml", 'platform: {url: "http://127.0.0.1:1", id: test}\n')
    yield workspace
    sandbox.stop()


def _hours(workspace: Workspace, day: datetime, hours: str) -> None:
    """Open on one weekday only."""
    schedule = f"{{{day:%a}: ['{hours}']}}".lower()
    workspace.write("sales.yaml", f"kind: Campaign\nname: Sales\nschedule: {schedule}\n")


def test_closing_a_campaign_open_by_the_platforms_clock_is_reported(elsewhere: Workspace) -> None:
    _hours(elsewhere, THERE, "00:00-24:00")
    elsewhere.plan_and_apply()
    assert elsewhere.sandbox.maria.get("campaigns/Sales")["open_now"] is True
    _hours(elsewhere, THERE, "12:00-24:00")
    elsewhere.run("plan").expect(3).mentions("Sales closes now", "open-hours")
    elsewhere.saved_plan(*approvals(elsewhere.plan()), "--reason", "agreed")
    elsewhere.apply().expect(0)
    assert elsewhere.sandbox.maria.get("campaigns/Sales")["open_now"] is False


def test_a_campaign_closed_by_the_platforms_clock_does_not_block(elsewhere: Workspace) -> None:
    _hours(elsewhere, datetime.now(UTC), "00:00-24:00")
    elsewhere.plan_and_apply()
    assert elsewhere.sandbox.maria.get("campaigns/Sales")["open_now"] is False
    _hours(elsewhere, datetime.now(UTC), "12:00-12:01")
    elsewhere.run("plan").expect(0).mentions("Nobody closes now")


def test_a_wrong_clock_is_reported_by_every_command_that_uses_it(
    elsewhere: Workspace,
) -> None:
    _hours(elsewhere, THERE, "00:00-24:00")
    planned = elsewhere.run("plan", "--format", "json", "--out", elsewhere.plan_file).expect(0)
    clock = planned.json["clock"]
    ahead = THERE - datetime.now(UTC)
    assert f"{round(ahead / DAY)} days behind the platform's" in planned.err
    assert abs(clock["platform_ahead_seconds"] - ahead.total_seconds()) < 60
    assert "machine's clock" in clock["warning"]
    shown = elsewhere.run("show", elsewhere.plan_file).expect(0)
    assert f"The platform's clock showed {THERE:%Y-%m-%d %H:%M} UTC" in shown.out
    applied = elsewhere.run("apply", elsewhere.plan_file, "--format", "json").expect(0)
    assert "machine's clock" in applied.err
    assert "machine's clock" in applied.json["clock"]["warning"]
    drift = elsewhere.run("drift", "--format", "json").expect(0)
    assert "machine's clock" in drift.err
    assert drift.json["clock"]["platform_ahead_seconds"] is not None


def test_matching_clocks_are_not_reported(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    planned = settled.run("plan", "--format", "json", "--out", settled.plan_file).expect(0)
    assert planned.json["clock"]["warning"] == ""
    assert abs(planned.json["clock"]["platform_ahead_seconds"]) <= 1
    applied = settled.run("apply", settled.plan_file, "--format", "json").expect(0)
    assert "Warning" not in planned.err + applied.err
    assert applied.json["clock"]["warning"] == ""


def test_a_freeze_uses_the_platforms_clock(elsewhere: Workspace) -> None:
    day = THERE.date().isoformat()
    elsewhere.write(
        "environments/test.yaml",
        'platform: {url: "http://127.0.0.1:1", id: test}\n'
        f"freeze: {{time_zone: UTC, dated: [{{from: {day}, to: {day}, reason: Quiet}}]}}\n",
    )
    _hours(elsewhere, THERE, "00:00-24:00")
    elsewhere.saved_plan()
    elsewhere.apply().expect(3).mentions("freeze", "Quiet")


def test_an_approval_expires_by_the_platforms_clock(elsewhere: Workspace) -> None:
    _hours(elsewhere, THERE, "00:00-24:00")
    elsewhere.plan_and_apply()
    _hours(elsewhere, THERE, "12:00-24:00")
    _approve_until(elsewhere, THERE - DAY)
    elsewhere.run("plan").expect(3).mentions("expired", "open-hours")
    _approve_until(elsewhere, THERE)
    elsewhere.run("plan").expect(0)


def _approve_until(workspace: Workspace, day: datetime) -> None:
    approval = "guard: open-hours, address: campaigns/Sales, reason: agreed"
    workspace.write("approvals/a.yaml", f"- {{{approval}, expires: {day:%Y-%m-%d}}}\n")

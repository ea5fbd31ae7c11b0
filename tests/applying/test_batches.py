"""Batches are as large as the platform accepts, with or without a published limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.applying.report import RunReport
from reconciler.kinds.address import identity
from reconciler.manifests.desired import Desired
from reconciler.planning.plan import Plan
from tests.applying.applier_world import Applying, Killed, Points, World, report_text
from tests.applying.run_accounts import account
from tests.planning.plan_worlds import desired, wanted

LETTERS = 8
ENOUGH = 64 * 1024 * 1024


def letters(*, huge: int | None = None) -> Desired:
    """Templates of about one kilobyte, except a huge one."""
    return desired(
        *[
            wanted(
                f"templates/Letter {number}",
                {"type": "text", "content": "x" * (9000 if number == huge else 1000)},
            )
            for number in range(LETTERS)
        ],
        wanted("statuses/Tea", {"icon": "cup"}),
    )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A platform with published limits: five operations and four kilobytes per batch."""
    made = World(tmp_path, limits={"batch": 5, "body_bytes": 4096})
    yield made
    made.close()


@pytest.fixture
def silent(world: World) -> World:
    """The same platform without published limits."""
    world.limits = replace(world.limits, steps=500, reads=1000, body_bytes=ENOUGH)
    return world


def written(applying: Applying) -> list[int]:
    """The number of steps of each batch of writes."""
    return [len(item) for item in applying.transport.posted if not item[0].startswith("get ")]


def assert_all_there(world: World, plan: Plan, report: RunReport, start: int) -> None:
    assert report.exit_code == 0, report_text(report)
    assert account(plan, report.steps, world.audit()[start:], world.snapshot()).clean
    assert world.plan(letters()).is_empty


def test_batches_are_as_large_as_the_platform_allows(world: World) -> None:
    plan, start = world.plan(letters()), len(world.audit())
    applying = Applying(world)
    report = applying.apply(plan)
    assert applying.transport.met["413"] == 0
    assert written(applying) == [4, 3, 2]
    assert max(len(item) for item in applying.transport.posted) <= 5
    assert_all_there(world, plan, report, start)


def test_a_batch_that_is_refused_as_too_large_is_halved(silent: World) -> None:
    plan, start = silent.plan(letters()), len(silent.audit())
    applying = Applying(silent)
    report = applying.apply(plan)
    assert written(applying) == [9, 4, 5, 2, 3]
    assert_all_there(silent, plan, report, start)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_single_step_that_is_too_large_fails_alone(world: World, is_told: bool) -> None:
    if not is_told:
        world.limits = replace(world.limits, body_bytes=ENOUGH)
    plan = world.plan(letters(huge=3))
    report = Applying(world).apply(plan)
    failed = {step.address: step for step in report.steps if step.state != "succeeded"}
    assert list(failed) == ["templates/Letter 3"], report_text(report)
    assert "too large for the platform, even as the only step" in str(
        failed["templates/Letter 3"].detail
    )
    assert "4096 bytes" in str(failed["templates/Letter 3"].detail)
    assert report.exit_code == 5
    assert report.run.finished_at is not None
    assert identity("statuses/Tea") in world.owned()


def test_a_run_killed_between_two_halves_of_a_batch_is_resumed(silent: World) -> None:
    plan, start = silent.plan(letters()), len(silent.audit())
    points = Points()
    cut_off = Applying(silent, "dead", points=points)

    def dies_after_the_first_half(name: str) -> None:
        points.reached(name)
        if name == "after write" and written(cut_off) == [9, 4]:
            points.kill()

    cut_off.transport.point = dies_after_the_first_half
    with pytest.raises(Killed):
        cut_off.apply(plan)
    silent.time.passed += 61
    again = Applying(silent)
    report = again.resume()
    assert [len(item) for item in again.transport.posted][:3] == [9, 4, 5], (
        "the reads are halved too"
    )
    assert_all_there(silent, plan, report, start)

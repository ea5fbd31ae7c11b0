"""An apply killed at every point there is, and gone on with: the result is the plan's, exactly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from reconciler.planning.model import Action
from tests.torture.killing import MODES, Driver, Estate
from tests.torture.tally import tell

EVERY = 1 if os.environ.get("TORTURE") == "all" else 4
"""`make test` strikes every fourth point, other ones from day to day; `make torture` all."""
PARTS = 4


def _modes(point: int) -> tuple[str, ...]:
    if EVERY > 1:
        return (MODES[point % len(MODES)],)
    return (MODES[point % 2], MODES[2]) if point % 4 == 0 else (MODES[point % 2],)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    driver = Driver()
    yield Estate.built(tmp_path_factory.mktemp("estate"), driver)
    driver.close()


def test_the_plan_has_every_action_and_several_batches(estate: Estate) -> None:
    actions = {change.action for change in estate.plan.changes}
    assert actions == set(Action) - {Action.NONE}
    adopted = {c.writes for c in estate.plan.changes if c.action is Action.ADOPT}
    assert adopted == {True, False}
    assert any(change.cascaded for change in estate.plan.changes)
    assert estate.points.count("before write") >= 8, estate.points
    assert {"before begin_run", "after finish_run"} <= set(estate.points)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_at_any_point_loses_nothing_and_doubles_nothing(estate: Estate, part: int) -> None:
    today = datetime.now(UTC).toordinal() % EVERY
    struck = 0
    for point in range(1 + part, len(estate.points) + 1, PARTS):
        if (point // PARTS) % EVERY != today:
            continue
        for mode in _modes(point):
            struck += 1
            found = estate.strike(point, mode)
            tell(kills=found.kills, written=found.account.written, scenarios=1, struck=1)
            assert found.account.clean, (found.point, mode, found.account)
            assert not found.problems, (found.point, mode, found.problems)
    assert struck >= 3, f"{len(estate.points)} points, and hardly any was struck"

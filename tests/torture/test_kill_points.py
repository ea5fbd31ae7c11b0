"""An apply killed at every point and resumed: the result is exactly the plan.

Over real processes and HTTP, with the state in a file and on a PostgreSQL server.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.planning.change import Action
from tests.torture.killing import ALL, Estate, chosen, mode_at
from tests.torture.scenes import Driver, PostgresqlStates, SqliteStates, States

STATES: dict[str, States] = {"sqlite": SqliteStates(), "postgresql": PostgresqlStates()}
FEW = {"sqlite": 12, "postgresql": 4}
SHIFT = {"sqlite": 0, "postgresql": 1}
"""Offsets the way to continue, so it differs between the two stores."""


@pytest.fixture(scope="module", params=STATES)
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory, store: str) -> Iterator[Estate]:
    driver = Driver()
    yield Estate.built(tmp_path_factory.mktemp("killing"), driver, STATES[store])
    driver.close()


def test_the_plan_has_every_action_and_several_batches(estate: Estate) -> None:
    actions = {change.action for change in estate.plan.changes}
    assert actions == set(Action) - {Action.NONE}
    adopted = {c.writes for c in estate.plan.changes if c.action is Action.ADOPT}
    assert adopted == {True, False}
    assert any(change.cascaded for change in estate.plan.changes)
    assert estate.points.count("after write") >= 8, estate.points
    assert estate.points.count("inside record_intents") >= 8, estate.points
    assert {"before begin_run", "inside finish_run", "after finish_run"} <= set(estate.points)


def test_a_kill_at_any_point_loses_and_repeats_nothing(estate: Estate, store: str) -> None:
    points = chosen(len(estate.points), FEW[store])
    for point in points:
        estate.strike(point, mode_at(point, SHIFT[store])).checked()
    assert len(points) == (len(estate.points) if ALL else FEW[store])

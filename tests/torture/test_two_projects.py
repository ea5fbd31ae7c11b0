"""Two projects that want the same resources: each resource has one owner.

Over real processes and HTTP, with the state in a file and on a PostgreSQL server.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.torture.killing import ALL, TURN
from tests.torture.pairs import CONTESTS, MEETINGS, SIDES, Pair, Side
from tests.torture.scenes import Driver, PostgresqlStates, SqliteStates, States

STATES: dict[str, States] = {"sqlite": SqliteStates(), "postgresql": PostgresqlStates()}
HOW_OFTEN = {
    "one after the other": 1,
    "both at the same moment": 1,
    "one inside the other": 2,
    "one killed under the other": 2,
}
"""The number of scenarios of each meeting, for each contest and side."""
POINTS = 12
FEW = 2

Scenario = tuple[str, str, Side, int]


@pytest.fixture(scope="module", params=STATES)
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, store: str) -> Iterator[Pair]:
    driver = Driver()
    yield Pair.built(tmp_path_factory.mktemp("pair"), driver, STATES[store])
    driver.close()


def scenarios(store: str) -> list[Scenario]:
    """What is played on a store: half of all there is, or a few of it; others from run to run."""
    chance = random.Random(TURN)
    found = [
        (name, meeting, side, point)
        for name in CONTESTS
        for side in SIDES
        for meeting, how_often in HOW_OFTEN.items()
        for point in chance.sample(range(1, POINTS + 1), how_often)
    ]
    chance.shuffle(found)
    half = found[list(STATES).index(store) :: len(STATES)]
    return half if ALL else half[:FEW]


def test_each_resource_has_one_owner_after_two_applies(pair: Pair, store: str) -> None:
    assert HOW_OFTEN.keys() == MEETINGS.keys()
    for name, meeting, side, point in scenarios(store):
        pair.meet(name, meeting, side, point).checked()

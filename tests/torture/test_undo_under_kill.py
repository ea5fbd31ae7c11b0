"""An undo killed at every point and resumed: everything is as before the run.

The undo of a killed and resumed run restores what the whole run changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from reconciler.live.platform import Snapshot
from reconciler.planning.plan import Plan
from reconciler.project.project import Project
from reconciler.state.ledger import LedgerEntry
from tests.torture.killing import (
    ALL,
    KEY,
    TURN,
    Estate,
    applied_in_full,
    approvals_of,
    chosen,
    mode_at,
)
from tests.torture.scenes import Driver, Scene, SqliteStates, owned_in

FEW = 2
FEW_RESUMED = 1
EVERY = 5
"""`make torture` undoes the runs killed at every fifth point."""
LATER = 100
"""The maximum number of kills before an undo is planned."""


@dataclass
class Undone(Estate):
    """The estate with an applied plan, and its undo. `was` is the platform before the run, `owned`
    the ledger before the run."""

    was: Snapshot
    owned: dict[str, LedgerEntry]
    run_id: str

    @classmethod
    def of(cls, estate: Estate) -> Undone:
        """Apply the plan of an estate, and plan the undo."""
        stage = estate.stage.copied("undone")
        with stage.itself() as scene:
            applied_in_full(scene, estate.plan)
            plan = undo_of_last(scene, scene.project())
            live = scene.project().snapshot()
        counted = Estate.counted(stage, plan, live)
        owned = owned_in(estate.stage.state, KEY)
        return cls(stage, plan, live, counted.points, estate.before, owned, plan.undoes)

    def _afterwards(
        self, where: Project, live: Snapshot, owned: Mapping[str, LedgerEntry]
    ) -> Iterable[str]:
        yield from differences(self.was, live)
        if owned != self.owned:
            yield f"the ledger is not as it was: {set(owned) ^ set(self.owned)}"
        again = where.undo_plan(self.run_id)
        if not again.is_empty:
            yield f"another undo has {[change.key for change in again.changes]}"


def undo_of_last(scene: Scene, where: Project) -> Plan:
    """The undo of the newest run, with all blocking findings approved."""
    last = scene.last_run(KEY)
    assert last is not None
    made = where.undo_plan(last[0].id)
    if made.blocking:
        made = where.undo_plan(last[0].id, approvals_of(made))
    assert not made.refusals(), made.refusals()
    return made


def differences(was: Snapshot, live: Snapshot) -> Iterator[str]:
    """The differences of a platform from before, as text."""
    for key in sorted({*was.resources, *live.resources}):
        old, new = was.resources.get(key), live.resources.get(key)
        if old is None or new is None:
            yield f"{key} is {'gone' if new is None else 'new'}"
        elif old.fields != new.fields or old.address != new.address:
            yield f"{key} was {old.address} {old.fields}, is {new.address} {new.fields}"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    driver = Driver()
    yield Estate.built(tmp_path_factory.mktemp("undo"), driver, SqliteStates())
    driver.close()


@pytest.fixture(scope="module")
def undone(estate: Estate) -> Undone:
    return Undone.of(estate)


def test_an_undo_killed_at_any_point_restores_everything(undone: Undone) -> None:
    points = chosen(len(undone.points), FEW)
    for point in points:
        undone.strike(point, mode_at(point)).checked()
    assert len(points) == (len(undone.points) if ALL else FEW)


def test_the_undo_of_a_killed_and_resumed_run_restores_everything(
    estate: Estate, undone: Undone
) -> None:
    points = chosen(len(estate.points), FEW_RESUMED)[TURN % EVERY if ALL else 0 :: EVERY]
    for point in points:
        with estate.stage.scene() as scene:
            run = estate.struck(scene, point, mode_at(point))
            assert not run.problems, (run.point, run.mode, run.problems)
            plan = undo_of_last(scene, scene.project())
            undo = replace(undone, plan=plan, run_id=plan.undoes)
            killed_at = 1 + (point + TURN) % len(undone.points)
            undo.struck(scene, killed_at, mode_at(point, 1), since=LATER).checked()
    assert points

"""Kills the apply of a plan at every point, resumes it, and checks the result."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from reconciler.kinds.address import identity
from reconciler.live.platform import Snapshot
from reconciler.manifests.settings import Approval
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.project.project import Project
from reconciler.state.keys import LedgerKey
from reconciler.state.ledger import LedgerEntry
from tests.applying.run_accounts import Account, account, expected_ledger
from tests.torture.estates import AFTER, BEFORE, SEED
from tests.torture.scenes import MUCH_LATER, Driver, Scene, Stage, States, owned_in
from tests.torture.tally import add_counts, tell

KEY = LedgerKey("acme", "test", "test")
MODES = ("resume", "apply", "killed-again")
ALL = os.environ.get("TORTURE") == "all"
"""`make torture` kills at every point, `make test` at a few that change every day."""
TURN = int(os.environ.get("TORTURE_SEED") or datetime.now(UTC).toordinal())
"""Varies the points, and the way to continue at each, from run to run."""


@dataclass
class Outcome:
    """The findings after one kill."""

    point: str
    mode: str
    kills: int = 0
    account: Account = field(default_factory=Account)
    problems: list[str] = field(default_factory=list)

    def checked(self) -> None:
        """Add the findings to the tally. Raises AssertionError for any problem."""
        add_counts(self.account.counts)
        tell(scenarios=1, struck=1, kills=self.kills, written=self.account.written)
        assert self.account.clean, (self.point, self.mode, self.account)
        assert not self.problems, (self.point, self.mode, self.problems)


@dataclass
class Estate:
    """A stage with a plan. `before` is the platform before the apply; `points` are the points of
    the apply."""

    stage: Stage
    plan: Plan
    before: Snapshot
    points: list[str]

    @classmethod
    def built(cls, folder: Path, driver: Driver, states: States) -> Estate:
        """Apply the initial estate, and plan its change."""
        stage = Stage.empty(folder / "estate", states, driver)
        with stage.itself(SEED) as scene:
            scene.write(BEFORE)
            applied_in_full(scene, approved(scene.project()))
            scene.write(AFTER)
            plan = approved(scene.project())
            before = scene.project().snapshot()
        return cls.counted(stage, plan, before)

    @classmethod
    def counted(cls, stage: Stage, plan: Plan, before: Snapshot) -> Estate:
        """The estate with the number of points of its apply."""
        with stage.scene() as scene:
            answer = scene.apply(saved(scene, plan))
            assert answer.get("exit") == 0, answer
        return cls(stage, plan, before, answer["points"])

    def strike(self, point: int, mode: str) -> Outcome:
        """Kill an apply at a point (from 1), resume it, and check the result."""
        with self.stage.scene() as scene:
            return self.struck(scene, point, mode)

    def struck(self, scene: Scene, point: int, mode: str, *, since: int = 0) -> Outcome:
        """Do the same in an existing scene, where `since` processes were killed before."""
        start = len(scene.audit())
        found = Outcome(f"{point}: {self.points[point - 1]}", mode)
        killed_and_settled(scene, self.plan, found, point=point, since=since)
        self._look(scene, found, start)
        return found

    def _look(self, scene: Scene, found: Outcome, start: int) -> None:
        where = scene.project(later=MUCH_LATER)
        live = where.snapshot()
        last = scene.last_run(KEY)
        if last is None or last[2].digest != self.plan.digest:
            found.problems.append("there is no run of the plan")
            return
        run, steps, _ = last
        found.account = account(self.plan, steps, scene.audit()[start:], live)
        if run.finished_at is None:
            found.problems.append("the run is not finished")
        if run.summary.succeeded != run.summary.total:
            found.problems.append(f"not all succeeded: {run.summary}")
        expected = expected_ledger(owned_in(self.stage.state, KEY), self.plan, steps)
        owned = scene.owned(KEY)
        if owned != expected:
            found.problems.append(f"the ledger is wrong: {set(owned) ^ set(expected)}")
        found.problems += self._foreign_changes(live)
        found.problems += self._afterwards(where, live, owned)

    def _afterwards(
        self,
        where: Project,
        live: Snapshot,  # noqa: ARG002
        owned: Mapping[str, LedgerEntry],  # noqa: ARG002
    ) -> Iterable[str]:
        """The differences from the expected result of the plan."""
        again = where.plan()
        if not again.is_empty or again.unfinished_run:
            yield f"a new plan has {[change.key for change in again.changes]}"

    def _foreign_changes(self, live: Snapshot) -> Iterator[str]:
        planned = {identity(change.address) for change in self.plan.changes}
        planned |= {identity(change.previous_address or "") for change in self.plan.changes}
        tops = ("campaigns/new", "campaigns/old", "dispositions/refund")
        for key in sorted({*live.resources, *self.before.resources} - planned):
            old, new = self.before.resources.get(key), live.resources.get(key)
            if key.startswith(tops):
                continue
            if old is None or new is None or old.fields != new.fields:
                yield f"{key} is no part of the plan and changed"


def killed_and_settled(
    scene: Scene, plan: Plan, found: Outcome, *, point: int, since: int = 0
) -> None:
    """Kill an apply of a plan at a point, and resume it until it is not killed.

    `since` is the number of earlier kills in this scene. The caller checks the result: a process
    killed after the last write leaves nothing to resume.
    """
    file = saved(scene, plan)
    first = scene.apply(file, at=point, later=since)
    if not first["killed"]:
        found.problems.append(f"it was not killed: {first}")
    found.kills += 1
    last = scene.last_run(KEY)
    begun = last is not None and last[2].digest == plan.digest
    at = 2 if found.mode == "killed-again" and begun else 0
    for later in range(since + 1, since + 60):
        if begun and found.mode != "apply":
            answer = scene.resume(at=at, later=later)
        else:
            answer = scene.apply(file, at=at, later=later)
        if not answer["killed"]:
            break
        found.kills += 1
        at += 3
    if answer.get("exit") != 0 and "refused" not in answer:
        found.problems.append(f"it did not end well: {answer}")


def approved(where: Project) -> Plan:
    """A plan with all blocking findings approved."""
    made = where.plan()
    if made.blocking:
        made = where.plan(approvals_of(made))
    assert not made.refusals(), made.refusals()
    return made


def approvals_of(plan: Plan) -> list[Approval]:
    """The approvals for all blocking findings of a plan."""
    return [Approval(item.code, item.approval, "on purpose") for item in plan.blocking]


def applied_in_full(scene: Scene, plan: Plan) -> None:
    """Apply a plan without a kill."""
    report = scene.project().apply(plan)
    assert report.exit_code == 0, [str(step.detail) for step in report.steps]


def saved(scene: Scene, plan: Plan) -> Path:
    """Write a plan for the appliers of a scene, and return its path."""
    path = scene.folder / "plan.json"
    path.write_bytes(codec.dump_plan(plan))
    return path


def chosen(points: int, few: int) -> list[int]:
    """The points to kill at, from 1: all, or a few for `make test`."""
    if ALL:
        return list(range(1, points + 1))
    return sorted(random.Random(TURN).sample(range(1, points + 1), few))


def mode_at(point: int, shift: int = 0) -> str:
    """The way to continue a run killed at this point; it varies from run to run."""
    return MODES[(point + shift + TURN) % len(MODES)]

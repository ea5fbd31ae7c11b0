"""Two projects on one platform and one state that want the same resources.

Both plans of a contest are made before any apply. Then they are applied one after the other, one
inside the other, one after a kill of the other, or both at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcilerError
from reconciler.kinds.address import identity
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.project.project import Project
from reconciler.state.journal import Step, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.ledger import LedgerEntry
from tests.applying.run_accounts import Account, account, expected_ledger
from tests.torture.driver import CI
from tests.torture.estates import SEED
from tests.torture.killing import approved
from tests.torture.scenes import MUCH_LATER, Driver, Scene, Stage, States
from tests.torture.tally import add_counts, tell

SOUTH_TOKEN = "south-token"


@dataclass(frozen=True)
class Side:
    """One project: its folder has its name; its token belongs to `user`."""

    name: str
    token: str
    user: str

    @property
    def key(self) -> LedgerKey:
        return LedgerKey(self.name, "test", "test")


NORTH, SOUTH = Side("north", CI, "ci"), Side("south", SOUTH_TOKEN, "south")
SIDES = (NORTH, SOUTH)


def other(side: Side) -> Side:
    """The other project."""
    return SOUTH if side is NORTH else NORTH


@dataclass(frozen=True)
class Contest:
    """The changes of each project. If `contested`, only one project can get the resource."""

    north: Mapping[str, str]
    south: Mapping[str, str]
    contested: bool = True

    def files(self, side: Side) -> Mapping[str, str]:
        return self.north if side is NORTH else self.south


CONTESTS: dict[str, Contest] = {
    "both create it": Contest(
        {"more.yaml": "kind: Status\nname: Tea\nicon: cup\n"},
        {"more.yaml": "kind: Status\nname: TEA\nicon: mug\n"},
    ),
    "both adopt it": Contest(
        {"more.yaml": "kind: Status\nname: Coffee\nicon: cup\n"},
        {"more.yaml": "kind: Status\nname: Coffee\nicon: mug\n"},
    ),
    "one adopts what the other deletes": Contest(
        {"reconciler.yaml": "project: north\nownership: {statuses: exclusive}\n"},
        {"more.yaml": "kind: Status\nname: Coffee\nicon: mug\n"},
    ),
    "one creates below what the other deletes": Contest(
        {"old.yaml": "kind: Status\nname: Spare\n"},
        {"more.yaml": "kind: Status\ncampaign: Old\nname: Late\n"},
    ),
    "one sets a channel of what the other deletes": Contest(
        {"old.yaml": "kind: Status\nname: Spare\n"},
        {"more.yaml": "kind: Channel\ncampaign: Old\ntype: webchat\nenabled: false\n"},
    ),
    "one adopts what the other renames": Contest(
        {"more.yaml": "kind: Disposition\nname: Ours\nrenamed_from: Theirs\n"},
        {"more.yaml": "kind: Disposition\nname: Theirs\ntext_code: T\n"},
    ),
    "each has its own": Contest(
        {
            "more.yaml": "kind: Status\nname: Tea\nicon: cup\n",
            "old.yaml": "kind: Status\nname: S\n",
        },
        {"more.yaml": "kind: Status\nname: Milk\n---\nkind: Disposition\nname: Sold\n"},
        contested=False,
    ),
}

_ENVIRONMENT = {
    "environments/test.yaml": 'platform: {url: "http://127.0.0.1:1", id: test}\n',
}
_FILES: dict[Side, dict[str, str]] = {
    NORTH: {
        **_ENVIRONMENT,
        "reconciler.yaml": "project: north\n",
        "own.yaml": "kind: Campaign\nname: Sales\nstatuses: [Coaching]\n",
        "old.yaml": "kind: Campaign\nname: Old\nstatuses: [Away]\n",
    },
    SOUTH: {
        **_ENVIRONMENT,
        "reconciler.yaml": "project: south\n",
        "own.yaml": "kind: Campaign\nname: Help\n---\nkind: Disposition\nname: Refund\n",
    },
}
_SEED: dict[str, Any] = {
    **SEED,
    "platform": {"id": "test", "name": "Test", "limits": {"batch": 2}},
    "tokens": {SOUTH_TOKEN: {"user": SOUTH.user, "profile": "deployment"}},
    "resources": [
        {"address": "statuses/Coffee", "icon": "mug"},
        {"address": "dispositions/Theirs"},
    ],
}


@dataclass(frozen=True)
class Pair:
    """A stage with both projects applied, and the plans for its contests."""

    stage: Stage
    plans: Path

    @classmethod
    def built(cls, folder: Path, driver: Driver, states: States) -> Pair:
        stage = Stage.empty(folder / "pair", states, driver)
        with stage.itself(_SEED) as scene:
            for side in SIDES:
                scene.write(_FILES[side], side.name)
                where = _project(scene, side)
                assert where.apply(approved(where)).exit_code == 0
        (folder / "plans").mkdir()
        return cls(stage, folder / "plans")

    def plan_of(self, name: str, side: Side) -> Path:
        """The plan of a side for a contest, made before any apply."""
        path = self.plans / f"{name} {side.name}.json"
        if not path.exists():
            with self.stage.itself() as scene:
                scene.write(CONTESTS[name].files(side), side.name)
                path.write_bytes(codec.dump_plan(approved(_project(scene, side))))
                for file in CONTESTS[name].files(side):
                    (scene.folder / side.name / file).unlink()
                scene.write(_FILES[side], side.name)
        return path

    def meet(self, name: str, meeting: str, side: Side, point: int = 0) -> Met:
        """Play a contest, and check the result."""
        for each in SIDES:
            self.plan_of(name, each)
        with self.stage.scene() as scene:
            for each in SIDES:
                scene.write(CONTESTS[name].files(each), each.name)
            start, owned = len(scene.audit()), {each: scene.owned(each.key) for each in SIDES}
            play = Play(self, scene, name)
            MEETINGS[meeting](play, side, point)
            return _looked_at(play, f"{name}: {meeting}, {side.name}, {point}", start, owned)


@dataclass
class Play:
    """A running contest. `answers` contains the result of each side's last attempt."""

    pair: Pair
    scene: Scene
    name: str
    answers: dict[Side, dict[str, Any]] = field(default_factory=dict)
    kills: int = 0

    def apply(self, side: Side, **how: int) -> dict[str, Any]:
        """Apply a side's plan, and return the result."""
        plan = self.pair.plan_of(self.name, side)
        self.answers[side] = self.scene.apply(plan, side.name, token=side.token, **how)
        return self.answers[side]

    def go_on(self, *sides: Side) -> None:
        """Continue the stopped sides at the same time."""
        stopped = [side for side in sides if "stopped" in self.answers[side]]
        answers = self.scene.go_on(*(self.answers[side] for side in stopped))
        self.answers.update(zip(stopped, answers, strict=True))


def one_after_the_other(play: Play, side: Side, point: int) -> None:
    play.apply(side)
    play.apply(other(side))


def one_inside_the_other(play: Play, side: Side, point: int) -> None:
    """A side stops at a point, the other applies its whole plan, then the first continues."""
    play.apply(side, pause=point)
    play.apply(other(side))
    play.go_on(side)


def one_killed_under_the_other(play: Play, side: Side, point: int) -> None:
    """A side is killed at a point, the other applies its plan, the first resumes, and the other
    tries again."""
    killed = play.apply(side, at=point)["killed"]
    play.kills += killed
    play.apply(other(side))
    if not killed:
        return
    last = play.scene.last_run(side.key)
    if last is None or last[0].finished_at is not None:
        play.apply(side, later=1)
    else:
        play.answers[side] = play.scene.resume(side.name, token=side.token, later=1)
    if "refused" in play.answers[other(side)]:
        play.apply(other(side), later=2)


def both_at_the_same_moment(play: Play, side: Side, point: int) -> None:
    """Both stop after verifying their plans, then continue at the same time."""
    play.apply(side, pause=1)
    play.apply(other(side), pause=1)
    play.go_on(*SIDES)


MEETINGS: dict[str, Callable[[Play, Side, int], None]] = {
    "one after the other": one_after_the_other,
    "one inside the other": one_inside_the_other,
    "one killed under the other": one_killed_under_the_other,
    "both at the same moment": both_at_the_same_moment,
}


@dataclass
class Met:
    """The findings after two applies met."""

    what: str
    kills: int
    accounts: dict[Side, Account] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def checked(self) -> None:
        """Add the findings to the tally. Raises AssertionError for any problem."""
        for found in self.accounts.values():
            add_counts(found.counts)
            tell(written=found.written)
        tell(scenarios=1, kills=self.kills)
        assert all(account.clean for account in self.accounts.values()), (self.what, self.accounts)
        assert not self.problems, (self.what, self.problems)


def _looked_at(
    play: Play, what: str, start: int, before: Mapping[Side, Mapping[str, LedgerEntry]]
) -> Met:
    scene, met = play.scene, Met(what, play.kills)
    live, audit = scene.project(NORTH.name).snapshot(), scene.audit()[start:]
    owned = {side: scene.owned(side.key) for side in SIDES}
    runs = {side: _run_of(play, side) for side in SIDES}
    held = {side: _held(before[side], owned[side], runs[side]) for side in SIDES}
    done: list[Side] = []
    for side in SIDES:
        ours = [{**entry, "by": NORTH.user} for entry in audit if entry["by"] == side.user]
        places = {identity(item["address"]) for item in ours}
        run = runs[side]
        if run is None:
            found = Account(collateral=[f"{place}: written by a refused plan" for place in places])
            expected = dict(before[side])
        else:
            plan, steps, is_finished = run
            found = account(plan, steps, ours, live)
            expected = expected_ledger(before[side], plan, steps)
            if not is_finished:
                met.problems.append(f"the run of {side.name} is unfinished")
            elif all(step.state is StepState.SUCCEEDED for step in steps):
                done.append(side)
        found.wrong_owner += sorted(places & held[other(side)])
        found.lost += [
            f"{key}: owned, and gone" for key in owned[side] if key not in live.resources
        ]
        met.accounts[side] = found
        if owned[side] != expected:
            met.problems.append(f"the ledger of {side.name}: {set(owned[side]) ^ set(expected)}")
    met.problems += [f"{key} has two owners" for key in owned[NORTH].keys() & owned[SOUTH].keys()]
    met.problems += _ended(play, done)
    return met


def _run_of(play: Play, side: Side) -> tuple[Plan, tuple[Step, ...], bool] | None:
    """A side's plan, the steps of its run and whether it ended; None for a refused plan."""
    made = codec.load_plan(play.pair.plan_of(play.name, side).read_bytes(), name="plan")
    last = play.scene.last_run(side.key)
    if last is None or last[0].plan_id != made.digest:
        return None
    return made, last[1], last[0].finished_at is not None


def _held(
    before: Mapping[str, LedgerEntry],
    owned: Mapping[str, LedgerEntry],
    run: tuple[Plan, tuple[Step, ...], bool] | None,
) -> set[str]:
    """The resources a side owned all the time, or owns at the end: only it may write them."""
    steps = () if run is None else run[1]
    given_up = {
        identity(step.address)
        for step in steps
        if step.action in ("delete", "forget") and step.state is StepState.SUCCEEDED
    }
    return (set(before) - given_up) | set(owned)


def _ended(play: Play, done: list[Side]) -> Iterator[str]:
    """The problems with which sides succeeded."""
    if CONTESTS[play.name].contested:
        if len(done) != 1:
            yield f"{len(done)} came through, where 1 can: {play.answers}"
    elif len(done) != 2:
        yield f"{len(done)} came through, where both can: {play.answers}"
    for side in done:
        try:
            again = _project(play.scene, side).plan()
        except ReconcilerError as error:
            yield f"no new plan can be made of {side.name}: {error}"
            continue
        if not again.is_empty or again.unfinished_run:
            yield f"a new plan of {side.name} has {[change.key for change in again.changes]}"


def _project(scene: Scene, side: Side) -> Project:
    return scene.project(side.name, token=side.token, later=MUCH_LATER)

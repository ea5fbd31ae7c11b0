"""Random estates, random edits in git and by people, faults, kills and takeovers, in rounds.

After each round, the platform's audit log, the journal and the ledger must agree, and a new plan
must complete: nothing is lost, repeated, collateral or unreported.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from reconciler.applying.report import RunReport
from reconciler.errors import Locked, ManifestError, PlanRefused, ReconcilerError, StateError
from reconciler.kinds.address import identity
from reconciler.manifests.desired import Desired, DesiredList, DesiredResource
from reconciler.planning.change import Action
from reconciler.planning.plan import Plan
from reconciler.state.journal import StepState
from reconciler.state.keys import utc
from reconciler.state.sql import clock
from reconciler.state.sql.store import Store
from tests.applying.applier_world import (
    KEY,
    Applying,
    Killed,
    Points,
    World,
    in_thread,
    report_text,
)
from tests.applying.faulty_transport import BATCH_FAULTS, READ_FAULTS
from tests.applying.run_accounts import account, expected_ledger
from tests.planning.plan_worlds import complete, desired, wanted
from tests.torture import postgresql
from tests.torture.tally import add_counts, tell

EXAMPLES = int(os.environ.get("TORTURE_EXAMPLES", "8"))
ON_POSTGRESQL = int(os.environ.get("TORTURE_EXAMPLES", "2"))
BATCH = 2
_NAMES = st.sampled_from(["A", "B", "C", "Ñandú", "x/y", "50%"])
_ICONS = st.sampled_from(["fork", "spoon"])
_USERS = st.lists(st.sampled_from(["ana", "luis", "eva", "pia"]), unique=True, max_size=3)
_FAULTS = st.lists(st.sampled_from(["", "", *BATCH_FAULTS]), max_size=6)
_READS = st.lists(st.sampled_from(["", "", "", *READ_FAULTS]), max_size=4)


def _place(name: str) -> str:
    return name.replace("%", "%25").replace("/", "%2F")


@st.composite
def estates(draw: st.DrawFn) -> Desired:
    """Random manifests; a change from one to another contains every kind of change."""
    found: list[DesiredResource] = []
    lists: list[DesiredList] = []
    for name in sorted(draw(st.sets(_NAMES, max_size=4))):
        found.append(wanted(f"statuses/{_place(name)}", {"icon": draw(_ICONS)}))
    _dispositions(draw, found, lists)
    templates = sorted(draw(st.sets(st.sampled_from(["T", "U"]), max_size=1)))
    for name in templates:
        old = draw(st.sampled_from([None, "U" if name == "T" else "T"]))
        found.append(
            wanted(f"templates/{name}", {"type": "text", "content": "x"}, renamed_from=old)
        )
    for name in sorted(draw(st.sets(_NAMES, max_size=2))):
        _campaign(draw, f"campaigns/{_place(name)}", templates, found, lists)
    if draw(st.booleans()):
        lists.append(complete("statuses"))
    return desired(*found, lists=lists)


def _dispositions(draw: st.DrawFn, found: list[DesiredResource], lists: list[DesiredList]) -> None:
    roots = sorted(draw(st.sets(_NAMES, max_size=2)))
    olds = iter(draw(st.permutations(sorted({"A", "B", "C", "x/y"} - set(roots)))))
    for name in roots:
        top = f"dispositions/{_place(name)}"
        old = next(olds, None) if draw(st.booleans()) else None
        found.append(wanted(top, {"enabled": draw(st.booleans())}, renamed_from=old))
        if draw(st.booleans()):
            lists.append(complete(top))
        levels = sorted(draw(st.sets(st.sampled_from(["A", "B", "C"]), max_size=2)))
        for level in levels:
            rest = sorted({"A", "B", "C"} - set(levels))
            was = rest[0] if rest and level == levels[0] and draw(st.booleans()) else None
            fields = {"text_code": draw(st.sampled_from(["", "OK"]))}
            found.append(wanted(f"{top}/{level}", fields, form="nested", renamed_from=was))


def _campaign(
    draw: st.DrawFn,
    top: str,
    templates: Sequence[str],
    found: list[DesiredResource],
    lists: list[DesiredList],
) -> None:
    found.append(wanted(top, {"time_zone": draw(st.sampled_from(["UTC", "Asia/Tokyo"]))}))
    users: Any = [{"user": user} for user in draw(_USERS)]
    found.append(wanted(f"{top}/members", {"members": users}, form="nested"))
    if draw(st.booleans()):
        mail: Any = {"enabled": True, "connector": "mail"}
        if templates:
            mail["signature"] = templates[0]
        found.append(wanted(f"{top}/channels/email", mail, form="nested"))
    for own in sorted(draw(st.sets(_NAMES, max_size=2))):
        found.append(wanted(f"{top}/statuses/{_place(own)}", {"icon": draw(_ICONS)}, form="nested"))
    if draw(st.booleans()):
        lists.append(complete(f"{top}/statuses"))


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str, Any]:
    """A random edit by a person."""
    name = _place(draw(_NAMES))
    where = draw(st.sampled_from(["statuses", "dispositions", f"campaigns/{name}/statuses"]))
    what = draw(st.sampled_from(["POST", "PATCH", "PATCH", "DELETE", "members", "campaign"]))
    if what == "members":
        users = [{"user": user} for user in draw(_USERS)]
        return "PUT", f"campaigns/{name}/members", {"members": users}
    if what == "campaign":
        return "PATCH", f"campaigns/{name}", {"enabled": draw(st.booleans())}
    body: Any = {"enabled": False} if where == "dispositions" else {"icon": "hers"}
    return what, f"{where}/{_place(draw(_NAMES))}", None if what == "DELETE" else body


Stroke = tuple[str, int]
_STROKES = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["kill", "kill", "take over", "person", "disk", "stop"]),
        st.integers(1, 24),
    ),
)


class Torture(RuleBasedStateMachine):
    """One platform and one state through many rounds."""

    state: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="torture-")
        self.world = World(Path(self._folder.name), state=self.state)
        self.world.limits = replace(self.world.limits, steps=BATCH)
        self.want = desired()
        self.people: set[str] = set()

    def teardown(self) -> None:
        self.world.close()
        self._folder.cleanup()

    @initialize(want=estates())
    def start(self, want: Desired) -> None:
        self._round(want, None, [], [], None)

    @rule(edit=edits())
    def somebody_edits(self, edit: tuple[str, str, Any]) -> None:
        self._edit(edit)

    @rule(
        want=estates(), stroke=_STROKES, faults=_FAULTS, reads=_READS, edit=edits(), later=_FAULTS
    )
    def git_changes_and_is_applied(
        self,
        want: Desired,
        stroke: Stroke | None,
        faults: list[str],
        reads: list[str],
        edit: tuple[str, str, Any],
        later: list[str],
    ) -> None:
        self._round(want, stroke, faults, reads, edit, later)

    # ---- one round -----------------------------------------------------------------------

    def _round(
        self,
        want: Desired,
        stroke: Stroke | None,
        faults: Sequence[str],
        reads: Sequence[str],
        edit: tuple[str, str, Any] | None,
        later: Sequence[str] = (),
    ) -> None:
        try:
            plan = self.world.plan(want)
        except ManifestError:
            return
        if plan.refusals() or plan.is_empty:
            return
        note(f"plan: {[change.key for change in plan.changes]}; {stroke}, {faults}, {edit}")
        self.people.clear()
        start, owned = len(self.world.audit()), self.world.owned()
        report = self._struck(plan, stroke, faults, reads, edit)
        runs = self.world.store.runs(KEY)
        if not runs or runs[0].plan_id != plan.digest:
            assert self.world.owned() == owned
            assert not [entry for entry in self.world.audit()[start:] if entry["by"] == "ci"]
            tell(scenarios=1)
            self._converges(want)
            return
        self._agrees(plan, start, owned, report)
        for again in (later, ()):
            if self.world.store.latest_unfinished(KEY) is None:
                break
            report = self._resumed(again)
            self._agrees(plan, start, owned, report)
        assert self.world.store.latest_unfinished(KEY) is None
        tell(scenarios=1, written=len(self.world.audit()) - start)
        self._converges(want)

    def _struck(
        self,
        plan: Plan,
        stroke: Stroke | None,
        faults: Sequence[str],
        reads: Sequence[str],
        edit: tuple[str, str, Any] | None,
    ) -> RunReport | None:
        kind, moment = stroke or ("", 0)
        points = Points(strike_at=moment)
        applying = Applying(self.world, "ci", points=points)
        points.strike = self._stroke(kind, points, edit)
        if kind == "stop":
            applying.should_stop = lambda: len(points.seen) >= moment
        applying.transport.will(*faults)
        applying.transport.reads.extend(reads)
        report: RunReport | None = None
        try:
            report = applying.apply(plan)
        except Killed:
            tell(kills=1)
        except ReconcilerError as error:
            note(f"refused: {error}")
            assert isinstance(error, (PlanRefused, Locked, StateError)) or faults or reads
        add_counts({f"fault {name}": count for name, count in applying.transport.met.items()})
        if kind in ("take over", "disk", "person") and len(points.seen) >= moment:
            add_counts({f"fault {kind}": 1})
        self.world.time.passed += 61
        return report

    def _stroke(
        self, kind: str, points: Points, edit: tuple[str, str, Any] | None
    ) -> Callable[[], None] | None:
        def take_over() -> None:
            self.world.time.passed += 61
            try:
                in_thread(lambda: Applying(self.world, "luis").resume())
            except PlanRefused as nothing_to_resume:
                note(str(nothing_to_resume))

        def disk() -> None:
            raise StateError("the disk is full")

        def person() -> None:
            if edit is not None:
                self._edit(edit)

        strokes = {"kill": points.kill, "take over": take_over, "disk": disk, "person": person}
        return strokes.get(kind)

    def _resumed(self, faults: Sequence[str]) -> RunReport | None:
        applying = Applying(self.world, "ci")
        applying.transport.will(*faults)
        self.world.time.passed += 61
        try:
            return applying.resume()
        except ReconcilerError as error:
            note(f"resume: {error}")
            assert faults
            return None

    # ---- checks ------------------------------------------------------------------

    def _agrees(
        self, plan: Plan, start: int, owned: dict[str, Any], report: RunReport | None
    ) -> None:
        world = self.world
        run = world.store.runs(KEY)[0]
        steps, live = world.store.steps(run.id), world.snapshot()
        audit = world.audit()[start:]
        found = account(plan, steps, audit, live, touched=frozenset(self.people))
        add_counts(found.counts)
        journal = "\n".join(f"{s.seq} {s.action} {s.address}: {s.state} {s.detail}" for s in steps)
        assert found.clean, f"{found}\n{journal}"
        assert world.owned() == expected_ledger(owned, plan, steps), journal
        self._keeps_what_people_wrote(plan, audit)
        if report is not None and report.run.id == run.id:
            whole = all(step.state is StepState.SUCCEEDED for step in report.steps)
            ended = report.run.finished_at is not None
            assert (report.exit_code == 0) == (whole and ended), report_text(report)
            if not whole and any(s.state is StepState.SUCCEEDED and s.status_code for s in steps):
                assert report.exit_code == 5, report_text(report)

    def _keeps_what_people_wrote(self, plan: Plan, audit: Sequence[dict[str, Any]]) -> None:
        """Check that no edit by a person is overwritten, except by the delete of a parent."""
        theirs: set[str] = set()
        parents = {
            identity(item)
            for change in plan.changes
            if change.action in (Action.DELETE, Action.RENAME)
            for item in (change.address, change.previous_address or change.address)
        }
        for entry in audit:
            where = identity(entry["address"])
            if entry["by"] == "maria" and entry["action"] != "delete":
                theirs.add(where)
            elif entry["by"] == "ci" and where in theirs:
                below = any(where.startswith(parent + "/") for parent in parents)
                assert below, f"{where} was {entry['action']}d over somebody's edit"

    def _converges(self, want: Desired) -> None:
        """Check that an undisturbed apply completes, and that the next plan is empty."""
        try:
            plan = self.world.plan(want)
        except ManifestError:
            return
        assert not plan.unfinished_run
        if plan.refusals():
            return
        if not plan.is_empty:
            report = Applying(self.world).apply(plan)
            assert report.exit_code == 0, report_text(report)
        again = self.world.plan(want)
        assert again.is_empty, [change.key for change in again.changes]

    def _edit(self, edit: tuple[str, str, Any]) -> None:
        method, address, body = edit
        answer = self.world.person(method, address, body)
        if answer.is_success:
            self.people.add(identity(address))


class TortureOnPostgresql(Torture):
    """The same with the state in a database on a server."""

    def __init__(self) -> None:
        self.state = postgresql.server().copied(_empty_state())
        super().__init__()

    def teardown(self) -> None:
        super().teardown()
        assert self.state is not None
        postgresql.server().dropped(self.state)


@cache
def _empty_state() -> str:
    """A database with an empty, migrated state, created once."""
    url = postgresql.server().copied()
    Store.open(url).close()
    return url


@pytest.fixture(autouse=True, scope="module")
def world_clock() -> Iterator[None]:
    """Make a server's state use the clock of the world."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "shared", lambda _, moment: utc(moment))
        yield


SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
Torture.TestCase.settings = SETTINGS
TortureOnPostgresql.TestCase.settings = settings(SETTINGS, max_examples=ON_POSTGRESQL)
TestTorture = Torture.TestCase
TestTortureOnPostgresql = TortureOnPostgresql.TestCase

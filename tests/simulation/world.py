"""Plays a story: one platform, one state, and all their users, in virtual time.

Only the platform, the state, the clock and the sleep are replaced. Plans, reviews, applies, resumes
and undos use the real code, called as in `project.py`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson

from reconciler.applying.apply import Applier, ApplySettings
from reconciler.applying.batches import RequestLimits
from reconciler.applying.events import silent
from reconciler.applying.report import BlockedAtApply, RunReport
from reconciler.errors import ReconcilerError
from reconciler.kinds.address import Address
from reconciler.kinds.registry import parse_address
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.platform import Snapshot
from reconciler.manifests.desired import Desired
from reconciler.manifests.files.git import GitState
from reconciler.manifests.settings import Approval, Environment, ProjectSettings
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.planning.planfile.plan_diff import has_content_digest, unexpected_plan
from reconciler.planning.planner import make_plan as planned
from reconciler.planning.undo.planner import make_undo_plan
from reconciler.planning.undo.run_effects import check_can_be_undone
from reconciler.project.connections import check_platform, ledger_key
from reconciler.project.review import PlanInputs, review
from reconciler.state.journal import StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim
from reconciler.state.ledger import Ledger, LedgerEntry
from reconciler.state.safeguards import Safeguards
from tests.simulation.history import (
    CommandResult,
    History,
    LedgerCommit,
    Owned,
    RunLine,
    StepLine,
    Write,
)
from tests.simulation.luck import Luck, UnluckyNetwork
from tests.simulation.memory_store import MemoryState, MemoryStore
from tests.simulation.ports import SimulatedReader, SimulatedWriter
from tests.simulation.processes import Process, Scheduler
from tests.simulation.revisions import CONNECTORS, FORMS, USERS, Revision, desired_of
from tests.simulation.simulated_platform import Platform, stamp
from tests.simulation.story import PROJECTS, Command, Edit, Operator, Story
from tests.simulation.traffic import Agent, Interaction

PLATFORM = "acme-dev"
PERSON = "maria"
_SETTLING_TRIES = 8
_NO_CHECKOUT = Path("no-checkout")
_SAFEGUARDS = Safeguards()
_AFTERWARDS_SECONDS = 300.0


def play(story: Story) -> History:
    """Play a story, and return its history."""
    return World(story).play()


class World:
    """One story in progress."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.history = History()
        self.tally = self.history.tally
        self.time = Scheduler()
        features = story.features
        self.platform = Platform(
            self.time.now,
            name=PLATFORM,
            users=USERS,
            connectors=CONNECTORS,
            forms=FORMS,
            **({"batch_size": 2} if "small batches" in features else {}),
        )
        self.state = MemoryState(
            Random(f"state {story.seed}"),
            clock=self.time.now if "server clock" in features else None,
            is_dead=lambda mark, _: mark in self.dead,
        )
        self.dead: set[str] = set()
        self.verified: dict[str, int] = {}
        self.began: dict[str, int] = {}
        self.finished: dict[str, int] = {}
        self.saved: list[list[Plan]] = [[] for _ in story.revisions]
        self.heads = [-1 for _ in story.revisions]
        self.approved: list[dict[tuple[str, str], Approval]] = [{} for _ in story.revisions]
        self._desired: dict[int, Desired] = {}

    # ---- the story -----------------------------------------------------------------------

    def play(self) -> History:
        """Play the story, and return its history."""
        for edit in self.story.before:
            self._edit(edit)
        self.platform.log.clear()
        self.history.start = self._resources()
        for edit in self.story.edits:
            if not _is_dropped(edit, self.story.dropped):
                self.time.at(edit.at, lambda edit=edit: self._edit(edit))  # type: ignore[misc]
        for operator in self.story.operators:
            self._next(operator, list(operator.commands))
        self.time.run()
        self._settle_all()
        if "convergence" in self.story.features:
            self._converge()
        self._take_down()
        return self.history

    def _next(self, operator: Operator, commands: list[Command]) -> None:
        """Let an operator run the next command, and then the others."""
        if not commands:
            return
        command = commands.pop(0)
        self._start(operator, command, commands)

    def _start(
        self, operator: Operator, command: Command, commands: list[Command], *, calm: bool = False
    ) -> None:
        process = Process(self.time, f"{operator.name}, command {command.number}")
        random = Random(f"luck {self.story.seed} {command.number}")
        luck = Luck(
            process,
            random,
            {} if calm else dict(self.story.rates),
            self.tally,
            command,
            log=lambda text: self._say(f"{process.name}: {text}"),
        )

        def work() -> None:
            session = _Session(self, operator, command, luck)
            try:
                self.tally[f"command: {command.verb}"] += 1
                session.run()
            except ReconcilerError as error:
                self._refused(process.name, command, error)
                if "--resume" in str(error) and not calm and random.random() < 0.6:
                    commands.insert(0, replace(command, verb="resume", number=command.number + 50))
            except Exception:
                self.history.broken.append(f"{process.name}: {traceback.format_exc()}")
            finally:
                if process.dead:
                    self.dead.add(process.name)
                self._next(operator, commands)

        process.start(work, after=command.after)

    def _refused(self, name: str, command: Command, error: ReconcilerError) -> None:
        reasons = [type(error).__name__]
        if isinstance(error, BlockedAtApply):
            reasons = [f"{reasons[0]} {finding.code}" for finding in error.findings]
        for reason in reasons:
            self.tally[f"refused: {command.verb} {reason}"] += 1
        self._say(f"{name}: {command.verb} refused: {type(error).__name__}: {error}")

    def _say(self, text: str) -> None:
        self.history.words.append(f"{self.time.seconds:8.2f} s  {text}")

    def _resources(self) -> dict[str, Any]:
        return {key: row.live.fields for key, row in self.platform.rows.items()}

    def desired(self, revision: Revision) -> Desired:
        """The desired state of a revision, without the addresses that shrinking removed."""
        known = self._desired.get(id(revision))
        if known is None:
            known = desired_of(revision.without(self.story.dropped))
            self._desired[id(revision)] = known
        return known

    # ---- people --------------------------------------------------------------------------

    def _edit(self, edit: Edit) -> None:
        if edit.operation in ("agent", "interaction"):
            self._traffic(edit)
            return
        operation, there = edit.operation, self.platform.find(edit.address) is not None
        body = edit.body
        if operation in ("write", "delete") and not there:
            operation = "create"
        elif operation == "write":
            operation, body = "patch", {k: v for k, v in (body or {}).items() if k != "type"}
        outcome = self.platform.edit(PERSON, operation, edit.address, body)
        self.tally["edit" if outcome.succeeded else "edit refused"] += 1
        if outcome.succeeded:
            self._say(f"{PERSON}: {operation} {edit.address} {body or ''}")

    def _traffic(self, edit: Edit) -> None:
        row, body = self.platform.find(edit.address), dict(edit.body or {})
        if row is None:
            return
        traffic = self.platform.traffic
        if edit.operation == "agent":
            traffic.agents[body["user"]] = Agent(row.number, row.campaign)
        else:
            used, at = frozenset({row.number}), stamp(self.time.now())
            traffic.interactions.append(
                Interaction(body["campaign"], "email", body["user"], at, open=True, used=used)
            )
        self.tally["traffic"] += 1

    # ---- afterwards ----------------------------------------------------------------------

    def _settle_all(self) -> None:
        """Check that every run can be settled without faults."""
        for project in range(len(self.story.revisions)):
            key = key_of(project)
            for attempt in range(_SETTLING_TRIES + 1):
                unfinished = MemoryStore(self.state).latest_unfinished(key)
                if unfinished is None:
                    break
                if attempt == _SETTLING_TRIES:
                    self.history.stuck.append(f"run {unfinished.id} of {key} cannot be settled")
                    break
                self._alone(project, Command("resume", 9000 + 10 * project + attempt, 0.0))

    def _alone(self, project: int, command: Command) -> None:
        """Run a command without faults, long after the others."""
        self.time.seconds += _AFTERWARDS_SECONDS
        self._start(Operator("afterwards", project, ()), command, [], calm=True)
        self.time.run()

    def _converge(self) -> None:
        """Check that the newest revision can be applied, and that the next plan is empty."""
        for project, revisions in enumerate(self.story.revisions):
            newest = len(self.saved[project])
            self._alone(project, Command("plan", 9500 + 10 * project, 0.0))
            made = self.saved[project][newest:]
            if not made or made[0].refusals():
                continue
            self._alone(project, Command("apply", 9501 + 10 * project, 0.0))
            self._alone(project, Command("plan", 9502 + 10 * project, 0.0))
            self.tally["converged"] += 1
            again = self.saved[project][newest + 1 :]
            if not again or not again[0].is_empty:
                left = [change.key for change in again[0].changes] if again else "no plan at all"
                self.history.stuck.append(
                    f"{key_of(project)}: a plan applied with nothing in the way leaves {left} "
                    f"of {[change.key for change in made[0].changes]}, revision {len(revisions)}"
                )

    def _take_down(self) -> None:
        history = self.history
        self.platform.assert_untouched()
        history.blank = _blanks()
        history.writes = [
            Write(
                item.by,
                item.address,
                item.action,
                item.before,
                item.after,
                item.previous,
                item.asked,
                item.key,
                item.request,
            )
            for item in self.platform.log
        ]
        for rows in self.state.runs.values():
            self.tally.update(f"step: {step.action} {step.state}" for step in rows.steps.values())
            history.runs.append(
                RunLine(
                    rows.id,
                    str(rows.key),
                    rows.new.plan_id,
                    tuple(
                        StepLine(
                            step.seq,
                            step.address,
                            step.action,
                            step.state.value,
                            step.idempotency_key,
                            step.previous_address,
                            step.detail.unmasked(),
                            step.status_code,
                            step.fenced,
                        )
                        for step in rows.steps.values()
                    ),
                    self.verified[rows.id],
                    self.began[rows.id],
                    self.finished.get(rows.id),
                )
            )
        self.tally["write"] += len(self.platform.log)
        self.tally["run"] += len(self.state.runs)


class RecordingStore(MemoryStore):
    """A store that records the changes of ledgers and runs at each commit."""

    def __init__(self, world: World, luck: Luck) -> None:
        super().__init__(world.state, luck)
        self._world, self._luck = world, luck
        self._run_id = ""

    def finish_run(self, run_id: str, **how: Any) -> Any:
        self._run_id = run_id
        return super().finish_run(run_id, **how)

    def record_outcomes(self, run_id: str, *args: Any, **how: Any) -> bool:
        self._run_id = run_id
        return super().record_outcomes(run_id, *args, **how)

    @contextmanager
    def _transaction(self, name: str) -> Iterator[None]:
        self._commits.before(name)
        if name == "record_outcomes":
            with self._noting_ledger(self._run_id):
                yield
        else:
            yield
        position, runs = len(self._world.platform.log), self.state.runs
        if name == "begin_run":
            run_id = next(reversed(runs))
            self._world.began.setdefault(run_id, position)
            self._world.verified.setdefault(run_id, self._luck.read_position)
        elif name == "finish_run" and runs[self._run_id].finished_at is not None:
            self._world.finished.setdefault(self._run_id, position)
        self._commits.after(name)

    @contextmanager
    def _noting_ledger(self, run_id: str) -> Iterator[None]:
        rows = self.state.runs[run_id]
        before = self.state.ledgers[rows.key].entries
        states = {seq: step.state for seq, step in rows.steps.items()}
        yield
        entries = self.state.ledgers[rows.key].entries
        succeeded = tuple(
            seq
            for seq, step in rows.steps.items()
            if step.state is StepState.SUCCEEDED and states[seq] is not step.state
        )
        if succeeded or entries != before:
            position = len(self._world.platform.log)
            self._world.history.commits.append(
                LedgerCommit(
                    position, str(rows.key), run_id, succeeded, _owned(before), _owned(entries)
                )
            )


def _owned(entries: Mapping[str, LedgerEntry]) -> dict[str, Owned]:
    return {
        key: Owned(entry.address, entry.form, entry.fields, entry.protect, entry.on_remove)
        for key, entry in entries.items()
    }


class _Session:
    """One command of one operator, with its connections."""

    def __init__(self, world: World, operator: Operator, command: Command, luck: Luck) -> None:
        self.world, self.operator, self.command, self.luck = world, operator, command, luck
        self.project = operator.project
        self.network = UnluckyNetwork(luck, world.platform, command.token, world.history.sent)
        self.reader = SimulatedReader(world.platform, command.token, self.network)
        self.writer = SimulatedWriter(
            world.platform, command.token, self.network, attempts=luck.random.choice((1, 2, 3))
        )
        self.store: Any = RecordingStore(world, luck)
        features = world.story.features
        skewed = "clocks that differ" in features and "server clock" in features
        self._ahead = timedelta(seconds=luck.random.choice((-600, 0, 600)) if skewed else 0)

    def clock(self) -> datetime:
        """The clock of this command's machine."""
        return self.world.time.now() + self._ahead

    def run(self) -> None:
        """Run the command. Raises ReconcilerError."""
        verb, heads = self.command.verb, self.world.heads
        if verb in ("go", "plan") and (self.command.advances or heads[self.project] < 0):
            last = len(self.world.story.revisions[self.project]) - 1
            heads[self.project] = min(heads[self.project] + 1, last)
        if verb in ("go", "plan"):
            self._save(self._plan())
            if verb == "go":
                self._apply_plan(self.world.saved[self.project][-1])
        elif verb == "undo":
            self._save(self._undo_plan())
        elif verb == "apply":
            self._apply()
        elif verb == "expect":
            self._expect()
        elif verb == "resume":
            self._resume()
        else:
            self.store.break_lease(self.key)
            if verb == "take over":
                self._resume()

    def _resume(self) -> None:
        if self.store.latest_unfinished(self.key) is not None:
            self._report(self._applied("resume", lambda applier: applier.resume(None)))

    @property
    def _host(self) -> str:
        """The host of the command: one per operator, or the same for all."""
        alone = "one machine" not in self.world.story.features
        return f"host of {self.operator.name}" if alone else "build-1"

    @property
    def key(self) -> LedgerKey:
        return key_of(self.project)

    @property
    def settings(self) -> ProjectSettings:
        return settings_of(self.project, self._revision())

    def _revision(self) -> Revision:
        revisions = self.world.story.revisions[self.project]
        if self.command.revision is not None and self.command.revision < len(revisions):
            return revisions[self.command.revision]
        return revisions[max(0, self.world.heads[self.project] - self.command.plan)]

    # ---- planning ------------------------------------------------------------------------

    def _save(self, plan: Plan | None) -> None:
        if plan is None:
            return
        self.world.saved[self.project].append(plan)
        number = len(self.world.saved[self.project])
        self.world._say(
            f"{self.luck.process.name}: plan {number} of {PROJECTS[self.project]}: "
            f"{[change.key for change in plan.changes]}, blocked by "
            f"{[f'{item.code} {item.address}' for item in plan.blocking]}"
        )

    def _plan(self) -> Plan:
        settings, desired = self.settings, self.world.desired(self._revision())

        def drafted(live: Snapshot, ledger: Ledger, now: datetime) -> Plan:
            return planned(desired, live, ledger, settings=settings, now=now)

        return self._reviewed(drafted)

    def _undo_plan(self) -> Plan | None:
        runs = [item for item in self.store.runs(self.key) if item.finished_at is not None]
        if not runs:
            return None
        run = runs[min(self.command.plan, len(runs) - 1)]
        check_can_be_undone(run, self.key)
        made = codec.load_plan(self.store.plan_of(run.id), name=f"the plan of run {run.id}")
        steps, settings = self.store.steps(run.id), self.settings

        def drafted(live: Snapshot, ledger: Ledger, now: datetime) -> Plan:
            return make_undo_plan(
                made, steps, live, ledger, run_id=run.id, settings=settings, now=now
            )

        return self._reviewed(drafted)

    def _reviewed(self, draft: Callable[[Snapshot, Ledger, datetime], Plan]) -> Plan:
        """The plan, made again with approvals if the operator approves."""
        approvals = self.world.approved[self.project]
        plan = self._review(draft, list(approvals.values()))
        wanted = [entry for entry in plan.blocking if entry.approval]
        if not wanted or not self.command.approves:
            return plan
        for item in wanted:
            approvals[item.code, item.approval] = Approval(
                item.code, item.approval, "agreed with operations", by="maria"
            )
        return self._review(draft, list(approvals.values()))

    def _review(
        self, draft: Callable[[Snapshot, Ledger, datetime], Plan], approvals: Sequence[Approval]
    ) -> Plan:
        async def made() -> Plan:
            check_platform(self.settings, await self.reader.info())
            live = await self.reader.snapshot()
            return await review(
                PlanInputs(draft, approvals, GitState(""), _SAFEGUARDS),
                live,
                reader=self.reader,
                store=self.store,
                settings=self.settings,
                folder=_NO_CHECKOUT,
                now=self.clock(),
            )

        return self.luck.process.run(made())

    # ---- applying ------------------------------------------------------------------------

    def _apply(self) -> None:
        """Apply a saved plan, rarely one that was applied before."""
        saved, runs = self.world.saved[self.project], self.world.state.runs.values()
        if self.luck.random.random() < 0.9:
            consumed = {rows.new.plan_id for rows in runs if rows.finished_at is not None}
            saved = [item for item in saved if item.digest not in consumed]
        if saved:
            self._apply_plan(saved[max(0, len(saved) - 1 - self.command.plan)])

    def _expect(self) -> None:
        saved = self.world.saved[self.project]
        if not saved:
            return
        approved = saved[-1]
        plan = self._plan()
        if not has_content_digest(plan, approved.content_digest[:16]):
            raise unexpected_plan(plan, approved.content_digest[:16], approved)
        self._apply_plan(plan)

    def _apply_plan(self, plan: Plan) -> None:
        if plan.is_empty:
            return
        data = codec.dump_plan(plan)
        self.world.history.plans.setdefault(plan.digest, orjson.loads(data))
        self.world._say(
            f"{self.luck.process.name}: apply {[change.key for change in plan.changes]} "
            f"({plan.digest[:8]})"
        )
        operation = "undo" if plan.undoes else "apply"
        self._report(self._applied(operation, lambda applier: applier.apply(plan)))

    def _applied(self, operation: str, work: Callable[[Applier], Any]) -> RunReport:
        command, features = self.command, self.world.story.features

        async def applied() -> RunReport:
            info = await self.reader.info()
            applier = Applier(
                reader=self.reader,
                writer=self.writer,
                limits=RequestLimits.of(info),
                store=self.store,
                key=self.key,
                claim=Claim(self.operator.name, self._host, 7, operation, self.luck.process.name),
                notify=silent,
                clock=self.clock,
                should_stop=lambda: self.luck.stopped,
                settings=ApplySettings(
                    wait=timedelta(seconds=command.wait),
                    stop_on_collateral="stop on collateral" in features,
                ),
            )
            report: RunReport = await work(applier)
            return report

        return self.luck.process.run(applied())

    def _report(self, report: RunReport) -> None:
        world, steps = self.world, report.steps
        world.history.results.append(
            CommandResult(
                report.run.id,
                report.exit_code,
                report.run.finished_at is not None,
                tuple(step.state.value for step in steps),
            )
        )
        world.tally[f"exit {report.exit_code}"] += 1
        if report.stopped_by is not None:
            world.tally[f"stopped: {type(report.stopped_by).__name__}"] += 1
        world._say(
            f"{self.luck.process.name}: run {report.run.id} of plan {report.run.plan_id[:8]} "
            f"exit {report.exit_code}: "
            + "; ".join(
                f"{s.action} {s.address} {s.state} {s.detail.unmasked()}".strip() for s in steps
            )
            + (f"; stopped by {report.stopped_by}" if report.stopped_by else "")
        )


def key_of(project: int) -> LedgerKey:
    """The ledger of a project."""
    return ledger_key(settings_of(project, Revision()))


def settings_of(project: int, revision: Revision) -> ProjectSettings:
    """The project file and the environment of a project."""
    return ProjectSettings(
        PROJECTS[project],
        Environment("dev", "http://platform.example", PLATFORM),
        exclusive=frozenset(revision.exclusive),
    )


def _is_dropped(edit: Edit, dropped: frozenset[str]) -> bool:
    return any(edit.address == item or edit.address.startswith(f"{item}/") for item in dropped)


_BLANKS: dict[str, Any] = {}


def _blanks() -> Mapping[str, Any]:
    if not _BLANKS:
        for end in (*(f"channels/{item}" for item in CHANNEL_TYPES), "members"):
            address = Address(f"campaigns/North/{end}")
            _BLANKS[end] = parse_address(address).kind.with_defaults(address, {})
    return _BLANKS

"""Applying a plan under a lease: checked against fresh facts, run, reported from the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from reconciler.applying.batches import RequestLimits
from reconciler.applying.events import Listener, RunStarted, Waiting
from reconciler.applying.executor import Executor
from reconciler.applying.lease import NOTHING_WRITTEN, RETRY_SECONDS, Patience, held_lease
from reconciler.applying.rechecks.consequences import Departures, made_stale
from reconciler.applying.rechecks.guards import Facts, still_blocking
from reconciler.applying.rechecks.ledger import Departure, departures
from reconciler.applying.rechecks.live import (
    OldNames,
    Standing,
    Verified,
    done_of,
    newcomers,
    sparing,
    unreadable,
    verified,
)
from reconciler.applying.report import BlockedAtApply, RunReport
from reconciler.applying.resolve_uncertain import settle
from reconciler.applying.run_progress import SETTLED, Progress
from reconciler.errors import (
    Blocked,
    Interrupted,
    PlanConsumed,
    PlanForeign,
    PlanRefused,
    PlanStale,
    PlatformError,
    ReconcilerError,
    StateError,
)
from reconciler.live.platform import Reader, Snapshot, Writer
from reconciler.manifests.freeze import Freeze
from reconciler.planning.change import Change
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.planning.planfile.requirements import check_unsigned_allowed
from reconciler.planning.planfile.safeguards import freezes_in_force
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import NewStep, Step, StepOutcome, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim, Lease, LeaseLost
from reconciler.state.ledger import Ledger
from reconciler.state.runs import NewRun, Run
from reconciler.state.sql.store import Store
from reconciler.text import first_of

_UNCERTAIN = (StepState.SENT, StepState.UNKNOWN)
_MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ApplySettings:
    """How an apply behaves. `request_timeout` is how long a request of a dead process may still
    take effect, None for as long as the writer gives one attempt; `wait` how long to wait for
    somebody else's lease."""

    wait: timedelta = timedelta()
    request_timeout: timedelta | None = None
    stop_on_collateral: bool = False


@dataclass(slots=True)
class Applier:
    """Applies plans of one ledger. `clock` gives aware moments; `sleep` takes seconds. In a
    `freeze`, or one that was last applied, no run is begun; one that has begun goes on. `accept`
    raises PlanRefused for a plan without the signature that files or ledger require."""

    reader: Reader
    writer: Writer
    limits: RequestLimits
    store: Store
    key: LedgerKey
    claim: Claim
    tell: Listener
    clock: Callable[[], datetime]
    should_stop: Callable[[], bool]
    settings: ApplySettings = ApplySettings()
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    freeze: Freeze | None = None
    accept: Callable[[Plan, Ledger], None] = check_unsigned_allowed

    async def apply(self, plan: Plan) -> RunReport:
        """Apply a plan, or go on with its run when that did not finish.

        Raises PlanRefused, Blocked, Locked or Interrupted with nothing written.
        """
        self._check_identity(plan)
        async with self._lease() as lease:
            run = self.store.run_of_plan(plan.digest)
            if run is not None and run.finished_at is not None:
                raise PlanConsumed(
                    f"this plan was applied already, in run {run.id}: make a new one"
                )
            if run is not None:
                return await self._resume(run, lease.token)
            self._refuse_while_unfinished()
            verified_at = self.store.now(self.clock())
            standing = await self._checked(plan)
            if self.should_stop():
                raise Interrupted(NOTHING_WRITTEN)
            run_id = self._begin(plan, lease.token, verified_at)
            self.tell(RunStarted(run_id, len(plan.changes)))
            return await self._execute(run_id, plan, standing, lease.token)

    async def resume(self, run_id: str | None) -> RunReport:
        """Settle a run that did not finish; the newest one when none is named."""
        async with self._lease() as lease:
            run = (
                self.store.latest_unfinished(self.key) if run_id is None else self.store.run(run_id)
            )
            if run is None:
                raise PlanRefused("there is no unfinished run to resume")
            if run.key != self.key:
                raise PlanForeign(f"run {run.id} is of {run.key}, and here it is {self.key}")
            if run.finished_at is not None:
                raise PlanRefused(f"run {run.id} is finished: there is nothing to resume")
            return await self._resume(run, lease.token)

    # ---- before anything is sent ---------------------------------------------------------

    def _lease(self) -> AbstractAsyncContextManager[Lease]:
        patience = Patience(self.settings.wait, self.sleep, self.should_stop, self.tell)
        return held_lease(self.store, self.key, self.claim, clock=self.clock, patience=patience)

    def _check_identity(self, plan: Plan) -> None:
        made_for = LedgerKey(plan.project, plan.environment, plan.platform_id)
        if made_for != self.key:
            raise PlanForeign(f"this plan is for {made_for}, and here it is {self.key}")
        reasons = "; ".join(plan.refusals())
        if plan.blocking:
            raise Blocked(f"this plan is blocked: {reasons}")
        if reasons:
            raise PlanRefused(f"this plan must not be applied: {reasons}")

    def _refuse_while_unfinished(self) -> None:
        other = self.store.latest_unfinished(self.key)
        if other is not None:
            raise PlanRefused(
                f"run {other.id} by {other.actor} is unfinished: settle it first with "
                "`reconciler apply --resume`"
            )

    async def _checked(self, plan: Plan) -> dict[str, Verified]:
        """Verify the plan and re-run the guards on fresh facts. Raises when either refuses."""
        live = await self.reader.snapshot()
        self._check_platform(live)
        ledger = self.store.ledger(*self.key)
        _check_lineage(plan, ledger)
        self.accept(plan, ledger)
        pending = frozenset(change.key for change in plan.changes)
        names = OldNames.of_pending(plan.changes, live.resources, pending)
        standing = verified(plan.changes, live.resources, names, pending=pending)
        unread = unreadable(plan.changes, live, plan.unknowns, names)
        if unread:  # what cannot be read looks gone: nothing more is said of it
            raise PlanStale(_stale_message(unread))
        why = [one.why for one in standing.values() if one.standing is Standing.STALE]
        lost = newcomers(plan.changes, live.resources.values(), names)
        why.extend(f"{one} was created under a resource that this plan deletes" for one in lost)
        since = departures(plan.changes, ledger, live, pending=pending, done=done_of(standing))
        why.extend(self._who_changed_the_ledger(since.values()))
        referrers = Departures.of(plan, live, standing)
        why.extend(dict.fromkeys(referrers.changed.values()))
        if why:
            raise PlanStale(_stale_message(why))
        facts = Facts(live, ledger, names, standing, began=live.info.time(self.clock()))
        freezes = freezes_in_force(self.freeze, ledger.safeguards)
        blocking = await self._guards(plan, facts, freezes)
        if blocking:
            raise BlockedAtApply(blocking)
        if referrers.new:
            raise PlanStale(_stale_message(tuple(dict.fromkeys(referrers.new.values()))))
        return standing

    def _who_changed_the_ledger(self, since: Collection[Departure]) -> list[str]:
        """Each departure in words. The run that wrote the ledger is looked up for those shown."""
        found = list(dict.fromkeys(since))
        told = [self._with_its_run(one) for one in found[:_MAX_SHOWN]]
        return [*told, *(str(one) for one in found[_MAX_SHOWN:])]

    def _with_its_run(self, departure: Departure) -> str:
        run = self.store.last_run_at(self.key.platform_id, departure.address)
        return str(departure) if run is None else f"{departure} (run {run.id} by {run.actor})"

    def _check_platform(self, live: Snapshot) -> None:
        if live.info.id != self.key.platform_id:
            raise PlanForeign(
                f"the platform here is '{live.info.id}', the plan is for '{self.key.platform_id}'"
            )

    async def _guards(
        self, plan: Plan, facts: Facts, freezes: Sequence[Freeze]
    ) -> tuple[Finding, ...]:
        """What the guards find now, by the platform's time."""
        now = facts.live.info.time(self.clock())
        return await still_blocking(plan, facts, reader=self.reader, now=now, freezes=freezes)

    # ---- a run ---------------------------------------------------------------------------

    def _begin(self, plan: Plan, token: int, verified_at: datetime) -> str:
        reasons: tuple[JsonValue, ...] = tuple(
            {
                "guard": one.code,
                "address": one.address,
                "reason": one.approved.reason,
                "by": one.approved.by,
            }
            for one in plan.findings
            if one.approved is not None
        )
        new = NewRun(
            plan_id=plan.digest,
            content_digest=plan.content_digest,
            plan=codec.dump_plan(plan),
            operation="undo" if plan.undoes else "apply",
            actor=self.claim.holder,
            git_commit=plan.git_commit,
            reasons=reasons,
            verified_at=verified_at,
        )
        return self.store.begin_run(
            self.key, new, token=token, now=self.clock(), steps=_steps(plan.changes)
        )

    async def _execute(
        self, run_id: str, plan: Plan, standing: dict[str, Verified], token: int
    ) -> RunReport:
        executor = self._executor(run_id, plan, standing, token)
        stopped_by: ReconcilerError | None = None
        try:
            await executor.run()
        except ReconcilerError as error:
            stopped_by = error
        try:
            self._finish(run_id, plan)
        except StateError as error:
            stopped_by = stopped_by or error
        return RunReport(self.store.run(run_id), self.store.steps(run_id), plan, stopped_by)

    def _finish(self, run_id: str, plan: Plan) -> None:
        if not self.store.run(run_id).summary.unsettled:
            self.store.finish_run(
                run_id,
                now=self.clock(),
                guard_settings=plan.guard_settings,
                safeguards=plan.safeguards,
            )

    def _executor(
        self, run_id: str, plan: Plan, standing: dict[str, Verified], token: int
    ) -> Executor:
        return Executor(
            writer=self.writer,
            limits=self.limits,
            progress=self._progress(run_id, plan, token),
            standing=standing,
            should_stop=self.should_stop,
            stop_on_collateral=self.settings.stop_on_collateral,
        )

    def _progress(self, run_id: str, plan: Plan, token: int) -> Progress:
        steps = self.store.steps(run_id)
        return Progress(
            plan.changes,
            {
                step.seq: step.state if step.state in SETTLED else StepState.PENDING
                for step in steps
            },
            {step.seq: step.idempotency_key for step in steps},
            _RunBook(self.store, self.key, run_id, token, self.clock),
            self.tell,
            plan.consequences,
        )

    # ---- resuming ------------------------------------------------------------------------

    async def _resume(self, run: Run, token: int) -> RunReport:
        self.store.resume_run(run.id, token=token)
        plan = codec.load_plan(self.store.plan_of(run.id), name=f"the plan of run {run.id}")
        self.tell(RunStarted(run.id, len(plan.changes)))
        try:
            await self._wait_out(self.store.steps(run.id))
            await self._settle(run, plan, token)
            standing = await self._recheck(run, plan, token)
        except ReconcilerError as error:
            return RunReport(self.store.run(run.id), self.store.steps(run.id), plan, error)
        return await self._execute(run.id, plan, standing, token)

    async def _wait_out(self, steps: Sequence[Step]) -> None:
        """Until nothing that was sent can take effect any more. What is noted for a step last is
        its last attempt, or that no answer came to it."""
        noted = [step.updated_at for step in steps if step.state in _UNCERTAIN]
        left = self._left_of_an_attempt(max(noted)) if noted else 0.0
        if left > 0:
            self.tell(Waiting("for requests that may still take effect", left))
            await self._sit_out(left)

    def _left_of_an_attempt(self, began: datetime) -> float:
        """How many seconds it may still take; never more than it may take at all, though the
        clock that was looked at then may have been ahead."""
        timeout = self.settings.request_timeout
        whole = self.writer.attempt_seconds if timeout is None else timeout.total_seconds()
        return whole - max(0.0, self._since(began).total_seconds())

    def _since(self, noted: datetime) -> timedelta:
        """How much time has passed since a moment of the journal, by the state's own clock."""
        return self.store.now(self.clock()) - noted

    async def _settle(self, run: Run, plan: Plan, token: int) -> None:
        """Read what the journal calls uncertain now: while we waited, an answer may have come."""
        uncertain = [one.seq for one in self.store.steps(run.id) if one.state in _UNCERTAIN]
        if uncertain:
            changes = [plan.changes[seq] for seq in uncertain]
            await settle(changes, self._progress(run.id, plan, token), self.writer, self.limits)

    async def _sit_out(self, seconds: float) -> None:
        """Wait, and look now and then whether to stop. Raises Interrupted."""
        while seconds > 0 and not self.should_stop():
            await self.sleep(min(seconds, RETRY_SECONDS))
            seconds -= RETRY_SECONDS
        if self.should_stop():
            raise Interrupted("Interrupted: nothing more was written.")

    async def _recheck(self, run: Run, plan: Plan, token: int) -> dict[str, Verified]:
        """What is left, against fresh facts: what is stale fails, what a guard stops is skipped."""
        steps = self.store.steps(run.id)
        left = [plan.changes[step.seq] for step in steps if step.state not in SETTLED]
        if not left:
            return {}
        live = await self.reader.snapshot()
        self._check_platform(live)
        pending = frozenset(change.key for change in left)
        names = OldNames.of_pending(plan.changes, live.resources, pending)
        unread = unreadable(left, live, plan.unknowns, names)
        if unread:
            raise PlatformError(
                f"{first_of(unread, _MAX_SHOWN, '; ')}: go on with `reconciler apply --resume` "
                "once it can be read"
            )
        made = frozenset(
            plan.changes[step.seq].key for step in steps if step.state is StepState.SUCCEEDED
        )
        ledger = self.store.ledger(*self.key)
        standing = verified(plan.changes, live.resources, names, pending=pending)
        since = departures(
            plan.changes, ledger, live, pending=pending, done=done_of(standing), made=made
        )
        for key, departure in since.items():
            why = self._with_its_run(departure)
            standing[key] = replace(standing[key], standing=Standing.STALE, why=why)
        referrers = Departures.of(plan, live, standing, made=made)
        standing = made_stale(standing, referrers.changed)
        standing = sparing(plan.changes, live.resources.values(), names, standing=standing)
        began = live.info.time(self.clock()) - self._since(run.started_at)
        facts = Facts(live, ledger, names, standing, began=began, made=made)
        blocking = await self._guards(plan, facts, ())
        standing = standing if blocking else made_stale(standing, referrers.new)
        book = _RunBook(self.store, self.key, run.id, token, self.clock)
        book.record(_not_to_be_done(plan.changes, standing, blocking), ())
        return standing


def _not_to_be_done(
    changes: Sequence[Change], standing: dict[str, Verified], blocking: Sequence[Finding]
) -> list[StepOutcome]:
    recorded: list[StepOutcome] = []
    for seq, change in enumerate(changes):
        found = standing.get(change.key)
        if found is None:
            continue
        if found.standing is Standing.TO_DO and change.writes and blocking:
            why = "; ".join(f"{one.code} at {one.address}" for one in blocking)
            recorded.append(StepOutcome(seq, StepState.SKIPPED, f"a guard stops the rest: {why}"))
        elif found.standing is Standing.STALE:
            recorded.append(StepOutcome(seq, StepState.FAILED, found.why))
    return recorded


@dataclass(frozen=True, slots=True)
class _RunBook:
    store: Store
    key: LedgerKey
    run_id: str
    token: int
    clock: Callable[[], datetime]

    def intend(self, seqs: Sequence[int]) -> None:
        self.store.record_intents(self.run_id, seqs, token=self.token, now=self.clock())

    def withdraw(self, seqs: Sequence[int], why: str, status: int | None) -> None:
        outcomes = [StepOutcome(seq, StepState.PENDING, why, status) for seq in seqs]
        self.store.withdraw_intents(self.run_id, outcomes, token=self.token, now=self.clock())

    def record(self, outcomes: Sequence[StepOutcome], changes: Sequence[LedgerChange]) -> None:
        if not outcomes:
            return
        held = self.store.record_outcomes(
            self.run_id, outcomes, changes, token=self.token, now=self.clock()
        )
        if not held:
            raise LeaseLost(self.key, "while answers were out; they are noted in the run")


def _steps(changes: Sequence[Change]) -> list[NewStep]:
    return [
        NewStep(
            seq=seq,
            address=change.address,
            action=change.action.value,
            before=change.before,
            after=change.after,
            previous_address=change.previous_address,
        )
        for seq, change in enumerate(changes)
    ]


def _check_lineage(plan: Plan, ledger: Ledger) -> None:
    if plan.lineage == ledger.lineage:
        return
    if not plan.lineage:
        raise PlanStale(
            "this plan was made before anything was applied here, and something has been since: "
            "make it again"
        )
    raise PlanForeign(
        "this plan was made with another state than this one: check RECONCILER_STATE"
        if ledger.lineage
        else "this plan was made with a state that is not here: check RECONCILER_STATE"
    )


def _stale_message(why: Sequence[str]) -> str:
    return (
        f"this plan is stale: {first_of(why, _MAX_SHOWN, '; ')}. Make it again with "
        "`reconciler plan --out FILE`; nothing was written"
    )

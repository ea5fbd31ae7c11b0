"""Apply a plan under a lease: verify it on fresh facts, run it, report from the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.applying.batches import RequestLimits
from reconciler.applying.events import Listener, RunStarted, Waiting
from reconciler.applying.executor import Executor
from reconciler.applying.lease import NOTHING_WRITTEN, RETRY_SECONDS, Patience, held_lease
from reconciler.applying.rechecks.change_state import CheckedChange
from reconciler.applying.report import RunReport
from reconciler.applying.resolve_uncertain import settle
from reconciler.applying.run_journal import RunJournal, new_steps
from reconciler.applying.run_progress import SETTLED, RunProgress
from reconciler.applying.verify import Verifier, check_plan
from reconciler.errors import (
    Interrupted,
    PlanConsumed,
    PlanForeign,
    PlanRefused,
    ReconcilerError,
    StateError,
)
from reconciler.live.platform import Reader, Writer
from reconciler.manifests.freeze import Freeze
from reconciler.message import Command, Message
from reconciler.planning.plan import Plan
from reconciler.planning.planfile import codec
from reconciler.planning.planfile.requirements import check_unsigned_allowed
from reconciler.state.journal import Step, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim, Lease
from reconciler.state.ledger import Ledger
from reconciler.state.runs import NewRun, Run, UsedApproval
from reconciler.state.sql.store import Store

_SENT_REQUESTS = Message.plain("requests that may still take effect")
_UNCERTAIN = (StepState.SENT, StepState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ApplySettings:
    """How an apply behaves.

    `wait` bounds the wait for the lease. `request_timeout` is how long a request of a dead process
    may still take effect; None for the time that the writer gives one attempt.
    """

    wait: timedelta = timedelta()
    request_timeout: timedelta | None = None
    stop_on_collateral: bool = False


@dataclass(slots=True)
class Applier:
    """Applies plans of one ledger.

    `clock` gives aware moments; `sleep` takes seconds. No run begins in a `freeze`, whether it is
    given here or was last applied; a run that has begun goes on. `accept` raises PlanRefused for a
    plan without the signature that files or ledger require.
    """

    reader: Reader
    writer: Writer
    limits: RequestLimits
    store: Store
    key: LedgerKey
    claim: Claim
    notify: Listener
    clock: Callable[[], datetime]
    should_stop: Callable[[], bool]
    settings: ApplySettings = ApplySettings()
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    freeze: Freeze | None = None
    accept: Callable[[Plan, Ledger], None] = check_unsigned_allowed

    async def apply(self, plan: Plan) -> RunReport:
        """Apply a plan, or resume its run when that did not finish.

        Raises PlanRefused, Blocked, Locked or Interrupted with nothing written.
        """
        check_plan(plan, self.key)
        async with self._lease() as lease:
            run = self.store.run_of_plan(plan.digest)
            if run is not None and run.finished_at is not None:
                raise PlanConsumed(f"this plan was applied already, in run {run.id}")
            if run is not None:
                return await self._resume(run, lease.token)
            self._refuse_while_unfinished()
            verified_at = self.store.now(self.clock())
            state = await self._verifier.verify(plan)
            if self.should_stop():
                raise Interrupted(NOTHING_WRITTEN)
            new = _new_run(plan, self.claim.holder, verified_at)
            run_id = self.store.begin_run(
                self.key,
                new,
                token=lease.token,
                now=self.clock(),
                steps=new_steps(plan.changes),
            )
            self.notify(RunStarted(run_id, len(plan.changes)))
            return await self._execute(run_id, plan, state.checked, lease.token)

    async def resume(self, run_id: str | None) -> RunReport:
        """Settle an unfinished run and make the rest of it; the newest run if none is named."""
        async with self._lease() as lease:
            run = (
                self.store.latest_unfinished(self.key) if run_id is None else self.store.run(run_id)
            )
            if run is None:
                raise PlanRefused("there is no unfinished run to resume")
            if run.key != self.key:
                command = Command.of("apply", "--resume", run.id, "--env", run.key.environment)
                raise PlanForeign(
                    f"run {run.id} is of {run.key}, and this environment is {self.key}",
                    next_step=Message.of("resume it in its environment: {resume}", resume=command)
                    if run.key.is_other_environment(self.key)
                    else "",
                )
            if run.finished_at is not None:
                raise PlanRefused(f"run {run.id} is finished: there is nothing to resume")
            return await self._resume(run, lease.token)

    def _lease(self) -> AbstractAsyncContextManager[Lease]:
        patience = Patience(self.settings.wait, self.sleep, self.should_stop, self.notify)
        return held_lease(self.store, self.key, self.claim, clock=self.clock, patience=patience)

    def _refuse_while_unfinished(self) -> None:
        other = self.store.latest_unfinished(self.key)
        if other is not None:
            raise PlanRefused(
                f"run {other.id} by {other.actor} is unfinished",
                next_step=Message.of(
                    "settle it first with {resume}",
                    resume=Command.of("apply", "--resume", other.id),
                ),
            )

    @property
    def _verifier(self) -> Verifier:
        return Verifier(self.reader, self.store, self.key, self.clock, self.freeze, self.accept)

    # ---- a run ---------------------------------------------------------------------------

    async def _execute(
        self, run_id: str, plan: Plan, checked: Mapping[str, CheckedChange], token: int
    ) -> RunReport:
        executor = Executor(
            writer=self.writer,
            limits=self.limits,
            progress=self._progress(run_id, plan, token),
            checked=checked,
            should_stop=self.should_stop,
            stop_on_collateral=self.settings.stop_on_collateral,
        )
        stopped_by: ReconcilerError | None = None
        try:
            await executor.run()
        except ReconcilerError as error:
            stopped_by = error
        try:
            self._finish(run_id, plan)
        except StateError as error:
            stopped_by = stopped_by or error
        return self._report(run_id, plan, stopped_by)

    def _progress(self, run_id: str, plan: Plan, token: int) -> RunProgress:
        steps = self.store.steps(run_id)
        return RunProgress(
            plan.changes,
            {
                step.seq: step.state if step.state in SETTLED else StepState.PENDING
                for step in steps
            },
            {step.seq: step.idempotency_key for step in steps},
            self._journal(run_id, token),
            self.notify,
            plan.consequences,
        )

    def _journal(self, run_id: str, token: int) -> RunJournal:
        return RunJournal(self.store, self.key, run_id, token, self.clock)

    def _finish(self, run_id: str, plan: Plan) -> None:
        if not self.store.run(run_id).summary.unsettled:
            self.store.finish_run(
                run_id,
                now=self.clock(),
                guard_settings=plan.guard_settings,
                safeguards=plan.safeguards,
            )

    def _report(self, run_id: str, plan: Plan, stopped_by: ReconcilerError | None) -> RunReport:
        return RunReport(self.store.run(run_id), self.store.steps(run_id), plan, stopped_by)

    # ---- resuming ------------------------------------------------------------------------

    async def _resume(self, run: Run, token: int) -> RunReport:
        self.store.resume_run(run.id, token=token)
        plan = codec.load_plan(self.store.plan_of(run.id), name=f"the plan of run {run.id}")
        self.notify(RunStarted(run.id, len(plan.changes)))
        try:
            await self._wait_for_requests(self.store.steps(run.id))
            await self._settle(run, plan, token)
            checked = await self._recheck(run, plan, token)
        except ReconcilerError as error:
            return self._report(run.id, plan, error)
        return await self._execute(run.id, plan, checked, token)

    async def _wait_for_requests(self, steps: Sequence[Step]) -> None:
        """Wait until no request that was sent can still take effect.

        An uncertain step was last updated by its last attempt, or when that got no answer.
        """
        sent = [step.updated_at for step in steps if step.state in _UNCERTAIN]
        seconds = self._remaining_seconds(max(sent)) if sent else 0.0
        if seconds > 0:
            self.notify(Waiting(_SENT_REQUESTS, seconds))
            await self._wait(seconds)

    def _remaining_seconds(self, sent_at: datetime) -> float:
        """How long an attempt may still take; at most the whole time, even if a clock was ahead."""
        timeout = self.settings.request_timeout
        whole = self.writer.attempt_seconds if timeout is None else timeout.total_seconds()
        return whole - max(0.0, self._since(sent_at).total_seconds())

    def _since(self, moment: datetime) -> timedelta:
        """The time since a moment of the journal, by the clock of the state."""
        return self.store.now(self.clock()) - moment

    async def _wait(self, seconds: float) -> None:
        """Wait, and check at intervals whether to stop. Raises Interrupted."""
        while seconds > 0 and not self.should_stop():
            await self.sleep(min(seconds, RETRY_SECONDS))
            seconds -= RETRY_SECONDS
        if self.should_stop():
            raise Interrupted("Interrupted: nothing more was written.")

    async def _settle(self, run: Run, plan: Plan, token: int) -> None:
        """Settle what the journal calls uncertain now: an answer may have come during the wait."""
        uncertain = [
            plan.changes[step.seq] for step in self.store.steps(run.id) if step.state in _UNCERTAIN
        ]
        if uncertain:
            progress = self._progress(run.id, plan, token)
            await settle(uncertain, progress, self.writer, self.limits)

    async def _recheck(self, run: Run, plan: Plan, token: int) -> Mapping[str, CheckedChange]:
        """Verify what is left of a run, and record the steps that must not be made any more."""
        steps = self.store.steps(run.id)
        if all(step.state in SETTLED for step in steps):
            return {}
        run_age = self._since(run.started_at)
        state, outcomes = await self._verifier.verify_rest(
            plan, steps, run_id=run.id, run_age=run_age
        )
        self._journal(run.id, token).record(outcomes, ())
        return state.checked


def _new_run(plan: Plan, actor: str, verified_at: datetime) -> NewRun:
    approvals = tuple(
        UsedApproval(finding.code, finding.address, finding.approved.reason, finding.approved.by)
        for finding in plan.findings
        if finding.approved is not None
    )
    return NewRun(
        plan_id=plan.digest,
        content_digest=plan.content_digest,
        plan=codec.dump_plan(plan),
        operation="undo" if plan.undoes else "apply",
        actor=actor,
        git_commit=plan.git_commit,
        git_author=plan.git_author,
        approvals=approvals,
        verified_at=verified_at,
    )

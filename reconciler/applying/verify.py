"""Verify a plan on fresh facts: platform, ledger and guards, before a run begins or goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.applying.answers import resume_when_readable
from reconciler.applying.rechecks.change_state import ChangeState
from reconciler.applying.rechecks.consequences import changed_consequences
from reconciler.applying.rechecks.deletes import created_below_deletes, unsafe_deletes
from reconciler.applying.rechecks.guards import blocking_findings
from reconciler.applying.rechecks.ledger import StaleEntry, stale_entries
from reconciler.applying.rechecks.plan_state import PlanState
from reconciler.applying.rechecks.unreadable import unreadable
from reconciler.applying.report import BlockedAtApply, again_after_block
from reconciler.applying.run_progress import SETTLED
from reconciler.errors import Blocked, PlanForeign, PlanRefused, PlanStale, PlatformError
from reconciler.kinds.registry import place
from reconciler.live.platform import Reader, Snapshot
from reconciler.manifests.freeze import Freeze
from reconciler.message import Command, Message, first_messages, joined_messages
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.planning.planfile.safeguards import freezes_in_force
from reconciler.state.journal import Step, StepOutcome, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.ledger import Ledger
from reconciler.state.sql.store import Store

_MAX_REASONS = 10


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies plans of one ledger.

    `accept` raises PlanRefused for a plan without the signature that files or ledger require.
    """

    reader: Reader
    store: Store
    key: LedgerKey
    clock: Callable[[], datetime]
    freeze: Freeze | None
    accept: Callable[[Plan, Ledger], None]

    async def verify(self, plan: Plan) -> PlanState:
        """The state of a plan that no run has begun. Raises PlanRefused, Blocked, PlatformError."""
        live = await self._snapshot()
        ledger = self.store.ledger(*self.key)
        _check_lineage(plan, ledger)
        self.accept(plan, ledger)
        pending = frozenset(change.key for change in plan.changes)
        began = live.info.time(self.clock())
        state = PlanState.of(plan, live, ledger, began=began, pending=pending)
        unread = unreadable(state, plan.changes)
        if unread:  # what cannot be read looks gone, so other reasons would be wrong
            raise _stale(unread)
        consequences = changed_consequences(state)
        reasons = [found.why for found in state.checked.values() if found.why]
        reasons += [
            Message.of(
                "{address} was created under a resource that this plan deletes",
                address=place(address),
            )
            for address in created_below_deletes(state)
        ]
        reasons += self._entry_messages(stale_entries(state).values())
        reasons += dict.fromkeys(consequences.changed.values())
        if reasons:
            raise _stale(reasons)
        blocking = await self._blocking(state, freezes_in_force(self.freeze, ledger.safeguards))
        if blocking:
            raise BlockedAtApply(blocking, plan)
        if consequences.unplanned:
            raise _stale(list(dict.fromkeys(consequences.unplanned.values())))
        return state

    async def verify_rest(
        self, plan: Plan, steps: Sequence[Step], *, run_id: str, run_age: timedelta
    ) -> tuple[PlanState, list[StepOutcome]]:
        """The state of the rest of a run, and outcomes for steps that must not be made any more.

        Stale steps fail. When a guard blocks the rest, its writes are skipped. A freeze does not
        stop a run that has begun. Raises PlatformError.
        """
        live = await self._snapshot()
        keys = {step.seq: plan.changes[step.seq].key for step in steps}
        made = frozenset(keys[step.seq] for step in steps if step.state is StepState.SUCCEEDED)
        pending = frozenset(keys[step.seq] for step in steps if step.state not in SETTLED)
        state = PlanState.of(
            plan,
            live,
            self.store.ledger(*self.key),
            began=live.info.time(self.clock()) - run_age,
            pending=pending,
            made=made,
        )
        unread = unreadable(state, [change for change in plan.changes if change.key in pending])
        if unread:
            reasons = first_messages(unread, _MAX_REASONS, "; ")
            raise PlatformError(reasons, next_step=resume_when_readable(run_id))
        entries = {key: self._with_run(entry) for key, entry in stale_entries(state).items()}
        state = state.with_stale(entries, even_done=True)
        consequences = changed_consequences(state)
        state = state.with_stale(consequences.changed)
        state = state.with_stale(unsafe_deletes(state))
        blocking = await self._blocking(state, ())
        if not blocking:
            state = state.with_stale(consequences.unplanned)
        return state, _outcomes(state, blocking)

    async def _snapshot(self) -> Snapshot:
        live = await self.reader.snapshot()
        if live.info.id != self.key.platform_id:
            raise PlanForeign(
                f"this platform is '{live.info.id}', and the plan is for '{self.key.platform_id}'"
            )
        return live

    async def _blocking(self, state: PlanState, freezes: Sequence[Freeze]) -> tuple[Finding, ...]:
        """The findings that block now, by the platform's clock."""
        now = state.live.info.time(self.clock())
        return await blocking_findings(state, reader=self.reader, now=now, freezes=freezes)

    def _entry_messages(self, entries: Collection[StaleEntry]) -> list[Message]:
        """Each stale entry as a message. The run that wrote it is looked up for those shown."""
        found = list(dict.fromkeys(entries))
        shown = [self._with_run(entry) for entry in found[:_MAX_REASONS]]
        return [*shown, *(entry.message() for entry in found[_MAX_REASONS:])]

    def _with_run(self, entry: StaleEntry) -> Message:
        run = self.store.last_run_at(self.key.platform_id, entry.address)
        if run is None:
            return entry.message()
        return Message.of(
            "{entry} (run {run} by {actor})", entry=entry.message(), run=run.id, actor=run.actor
        )


def check_plan(plan: Plan, key: LedgerKey) -> None:
    """Raise PlanForeign, Blocked or PlanRefused for a plan that must not be applied here."""
    planned_for = LedgerKey(plan.project, plan.environment, plan.platform_id)
    if planned_for != key:
        apply = Command.of("apply", "PLAN", "--env", plan.environment)
        raise PlanForeign(
            f"this plan is for {planned_for}, and this environment is {key}",
            next_step=Message.of("apply it in its environment: {apply}", apply=apply)
            if planned_for.is_other_environment(key)
            else "",
        )
    reasons = joined_messages(plan.refusals())
    if plan.blocking:
        raise Blocked(
            Message.of("this plan is blocked: {reasons}", reasons=reasons),
            next_step=again_after_block(plan, plan.blocking),
        )
    if reasons:
        raise PlanRefused(
            Message.of("this plan must not be applied: {reasons}", reasons=reasons),
            next_step=Message.of(
                "settle the run with {resume}, then plan again with {again}",
                resume=Command.of("apply", "--resume", plan.unfinished_run),
                again=plan.command_to_save,
            ),
        )


def _check_lineage(plan: Plan, ledger: Ledger) -> None:
    if plan.lineage == ledger.lineage:
        return
    if not plan.lineage:
        raise PlanStale(
            "this plan was made before the first apply here, and something was applied since"
        )
    raise PlanForeign(
        "this plan was made with another state than this one"
        if ledger.lineage
        else "this plan was made with a state that does not exist here",
        next_step="check RECONCILER_STATE",
    )


def _stale(reasons: Sequence[Message]) -> PlanStale:
    shown = first_messages(reasons, _MAX_REASONS, "; ")
    return PlanStale(Message.of("this plan is stale: {why}; nothing was written", why=shown))


def _outcomes(state: PlanState, blocking: Sequence[Finding]) -> list[StepOutcome]:
    """The outcomes of the changes that are stale, or blocked by a guard."""
    guards = joined_messages(finding.title() for finding in blocking)
    blocked = Message.of("a guard blocks the rest: {guards}", guards=guards)
    outcomes: list[StepOutcome] = []
    for seq, change in enumerate(state.plan.changes):
        found = state.checked.get(change.key)
        if found is None:
            continue
        if found.state is ChangeState.TO_DO and change.writes and blocking:
            outcomes.append(StepOutcome(seq, StepState.SKIPPED, blocked))
        elif found.state is ChangeState.STALE:
            outcomes.append(StepOutcome(seq, StepState.FAILED, found.why))
    return outcomes

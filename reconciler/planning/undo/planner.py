"""The undo of a run: a plan like any other, whose target is the state before the run.

It restores only what the run changed. The ledger gets its earlier records back for everything that
exists. The notes list what cannot be restored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from reconciler.errors import ManifestError, PlanRefused, Problem
from reconciler.kinds.address import identity
from reconciler.kinds.registry import about, parse_address
from reconciler.live.platform import Snapshot
from reconciler.manifests.settings import ProjectSettings
from reconciler.message import FreeText, Message, Personal, joined_messages
from reconciler.planning.change import Action, Change, Reason
from reconciler.planning.digests import with_digests
from reconciler.planning.plan import Plan
from reconciler.planning.planner import plan_for
from reconciler.planning.undo.run_effects import run_effects
from reconciler.planning.undo.target import UndoTarget
from reconciler.state.journal import Step
from reconciler.state.ledger import Ledger


def make_undo_plan(
    run_plan: Plan,
    steps: Sequence[Step],
    live: Snapshot,
    ledger: Ledger,
    *,
    run_id: str,
    settings: ProjectSettings,
    now: datetime,
) -> Plan:
    """The changes that restore `live` and `ledger` to their state before a run.

    Raises PlanRefused with all reasons when it cannot be undone.
    """
    target = UndoTarget(run_effects(run_plan, steps), live, ledger)
    try:
        plan = plan_for(target, live, ledger, settings=settings, now=now)
    except ManifestError as error:
        raise _refusal(run_id, error.problems) from error
    target.note_outcome()
    changed = {identity(change.address) for change in plan.changes}
    entries = target.entries.items()
    return with_digests(
        replace(
            plan,
            changes=tuple(map(_undoing, plan.changes)),
            unchanged=tuple(entry.address for key, entry in entries if key not in changed),
            unmanaged=(),
            undoes=run_id,
            notes=target.notes.messages(),
        )
    )


def _undoing(change: Change) -> Change:
    """A change with the reason of an undo, and without a place in the manifests."""
    if change.action is Action.DELETE:
        return change
    return replace(change, reason=Reason.UNDONE, source=None)


def _reason(problem: Problem) -> Message:
    """The message of a problem, which shows the values of a resource without customers."""
    if parse_address(problem.file).kind.is_personal:
        return about(problem.message, problem.file)
    return problem.message.with_arguments(
        lambda argument: FreeText(argument.personal) if isinstance(argument, Personal) else argument
    )


def _refusal(run_id: str, problems: Sequence[Problem]) -> PlanRefused:
    reasons = joined_messages(_reason(problem) for problem in problems)
    return PlanRefused(
        Message.of("run {run} cannot be undone: {problems}", run=run_id, problems=reasons),
        next_step="undo the later runs first, or restore by hand what changed since",
    )

"""The report of a run, computed from its journal alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.errors import Blocked, ReconcilerError
from reconciler.message import Message, joined_messages
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.state.journal import Step, StepState
from reconciler.state.runs import Run

_PARTLY = 5


class BlockedAtApply(Blocked):
    """A guard that passed the plan blocks it now; `findings` show what changed."""

    def __init__(self, findings: tuple[Finding, ...], plan: Plan) -> None:
        self.findings = findings
        reasons = joined_messages(
            Message.of("{finding}: {message}", finding=finding.title(), message=finding.message)
            for finding in findings
        )
        super().__init__(
            Message.of("blocked on fresh facts, nothing was written: {reasons}", reasons=reasons),
            next_step=again_after_block(plan, findings),
        )


def again_after_block(plan: Plan, findings: Sequence[Finding]) -> Message:
    """How to plan again after a block: with the approvals that an apply needs, if any can help."""
    if all(finding.approval for finding in findings):
        return Message.of(
            "resolve or approve each finding, and plan again: {command}",
            command=plan.command_to_approve(findings),
        )
    return Message.of("resolve this, then plan again: {command}", command=plan.command_to_save)


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run, its steps, and the error that stopped it, if any.

    `platform_ahead_seconds` is how far the platform's clock is ahead of this machine's.
    """

    run: Run
    steps: tuple[Step, ...]
    plan: Plan
    stopped_by: ReconcilerError | None = None
    platform_ahead_seconds: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every step succeeded."""
        return self.run.summary.succeeded == self.run.summary.total

    @property
    def landed(self) -> bool:
        """Whether any write took effect on the platform, or may have."""
        return any(_landed(step) for step in self.steps)

    @property
    def exit_code(self) -> int:
        """0 for a whole and finished run, 5 when only some writes took effect.

        Also 5 when the end of the run could not be recorded. Else the code of the error that
        stopped the run, else 1.
        """
        if self.is_whole and self.run.finished_at is not None:
            return 0
        if self.landed:
            return _PARTLY
        return self.stopped_by.exit_code if self.stopped_by is not None else 1


def _landed(step: Step) -> bool:
    if step.fenced:  # a late answer may be that of a write, whatever was recorded since
        return True
    if step.state is StepState.SUCCEEDED:
        return step.status_code is not None
    return step.state in (StepState.SENT, StepState.UNKNOWN)

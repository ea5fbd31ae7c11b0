"""What became of a run, told from its journal alone."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import Blocked, ReconcilerError
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.state.journal import Step, StepState
from reconciler.state.runs import Run

_PARTLY = 5


class BlockedAtApply(Blocked):
    """A guard that let the plan pass blocks it now; `findings` say what has changed."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        said = "; ".join(f"{one.code} at {one.address}: {one.message}" for one in findings)
        super().__init__(f"blocked on fresh facts, nothing was written: {said}")


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run, its steps, and what stopped it, if anything did.

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
        """Whether any write reached the platform, or may have."""
        return any(_landed(step) for step in self.steps)

    @property
    def exit_code(self) -> int:
        """DESIGN's: 0 when whole and ended, 5 when some writes landed and not all did (or its
        end could not be written down), else what stopped it, else 1."""
        if self.is_whole and self.run.finished_at is not None:
            return 0
        if self.landed:
            return _PARTLY
        return self.stopped_by.exit_code if self.stopped_by is not None else 1


def _landed(step: Step) -> bool:
    """An answer that came late may be that of a write, whatever the step was called since."""
    if step.fenced:
        return True
    if step.state is StepState.SUCCEEDED:
        return step.status_code is not None
    return step.state in (StepState.SENT, StepState.UNKNOWN)

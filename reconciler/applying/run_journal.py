"""The journal of one run: every intent and outcome is written under the run's lease."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.planning.change import Change
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import NewStep, StepOutcome
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import LeaseLost
from reconciler.state.sql.store import Store


@dataclass(frozen=True, slots=True)
class RunJournal:
    """Writes the steps of a run; `token` is the fencing token of its lease."""

    store: Store
    key: LedgerKey
    run_id: str
    token: int
    clock: Callable[[], datetime]

    def intend(self, seqs: Sequence[int]) -> None:
        """Record that steps are about to be sent, for the first time or again. Raises LeaseLost."""
        self.store.record_intents(self.run_id, seqs, token=self.token, now=self.clock())

    def withdraw(self, outcomes: Sequence[StepOutcome]) -> None:
        """Record that steps were certainly not carried out, and are pending again."""
        self.store.withdraw_intents(self.run_id, outcomes, token=self.token, now=self.clock())

    def record(self, outcomes: Sequence[StepOutcome], changes: Sequence[LedgerChange]) -> None:
        """Record outcomes and ledger changes in one transaction.

        Raises LeaseLost when the lease was lost; the outcomes are recorded all the same.
        """
        if not outcomes:
            return
        held = self.store.record_outcomes(
            self.run_id, outcomes, changes, token=self.token, now=self.clock()
        )
        if not held:
            raise LeaseLost(self.key, "before answers arrived; the run records the answers")


def new_steps(changes: Sequence[Change]) -> list[NewStep]:
    """The journal rows of a plan's changes, in the plan's order."""
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

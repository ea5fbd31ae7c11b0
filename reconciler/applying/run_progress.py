"""The steps of one run and their states so far; a state is known once it is journaled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.applying.events import Listener, StepFinished
from reconciler.applying.run_journal import RunJournal
from reconciler.kinds.registry import about
from reconciler.message import NO_MESSAGE, Message
from reconciler.planning.change import Change
from reconciler.planning.plan import Consequence
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import StepOutcome, StepState

SETTLED = (StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED)


@dataclass(slots=True)
class RunProgress:
    """A run's changes in order, with their states and idempotency keys by position.

    `consequences` are what the platform does to referrers because of the changes.
    """

    changes: Sequence[Change]
    states: dict[int, StepState]
    idempotency_keys: Mapping[int, str]
    journal: RunJournal
    notify: Listener
    consequences: Sequence[Consequence] = ()
    _seqs: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._seqs = {change.key: seq for seq, change in enumerate(self.changes)}

    def state(self, change: Change) -> StepState:
        """The state of a change."""
        return self.state_of(change.key)

    def state_of(self, key: str) -> StepState:
        """The state of the change with a key."""
        return self.states[self._seqs[key]]

    def idempotency_key(self, change: Change) -> str:
        """The key of its request, the same however often it is sent."""
        return self.idempotency_keys[self._seqs[change.key]]

    def dependencies(self, change: Change) -> Iterable[Change]:
        """The changes of this run that it depends on."""
        for key in change.depends_on:
            seq = self._seqs.get(key)
            if seq is not None:
                yield self.changes[seq]

    def outcome(
        self,
        change: Change,
        state: StepState,
        detail: Message = NO_MESSAGE,
        status: int | None = None,
        *,
        needs_look: bool = False,
    ) -> StepOutcome:
        """The outcome of a change, to be recorded."""
        detail = about(detail, change.address)
        return StepOutcome(self._seqs[change.key], state, detail, status, needs_look)

    def intend(self, changes: Iterable[Change]) -> None:
        """Journal that changes are about to be sent. Raises LeaseLost."""
        self.journal.intend([self._seqs[change.key] for change in changes])

    def withdraw(self, changes: Iterable[Change], why: Message, status: int | None) -> None:
        """Journal that changes were certainly not carried out, and are pending again."""
        self.journal.withdraw(
            [self.outcome(change, StepState.PENDING, why, status) for change in changes]
        )

    def record(
        self, outcomes: Sequence[StepOutcome], ledger_changes: Sequence[LedgerChange] = ()
    ) -> None:
        """Journal outcomes and ledger changes together, then emit the steps that finished."""
        if not outcomes:
            return
        self.journal.record(outcomes, ledger_changes)
        for outcome in outcomes:
            self.states[outcome.seq] = outcome.state
            if outcome.state in SETTLED:
                change = self.changes[outcome.seq]
                self.notify(
                    StepFinished(
                        change.address,
                        change.action,
                        outcome.state,
                        outcome.detail,
                        writes=change.writes,
                    )
                )

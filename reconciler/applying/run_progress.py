"""The steps of one run as far as they are: what is journaled is known, and told, from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.applying.events import Listener, StepFinished
from reconciler.planning.change import Change
from reconciler.planning.plan import Consequence
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import StepOutcome, StepState

SETTLED = (StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED)


class Book(Protocol):
    """The journal of one run, as it is written."""

    def intend(self, seqs: Sequence[int]) -> None:
        """Record that these are about to be sent, now, for the first time or again. Raises Locked
        once the lease is lost."""

    def record(self, outcomes: Sequence[StepOutcome], changes: Sequence[LedgerChange]) -> None:
        """Record what became of steps, and the ledger's share, in one transaction. Raises Locked
        when the lease is lost; what was sent is recorded all the same."""

    def withdraw(self, seqs: Sequence[int], why: str, status: int | None) -> None:
        """Record that these were certainly not carried out, and are still to be."""


@dataclass(slots=True)
class Progress:
    """A run's changes by their place, with states and idempotency keys by seq, and its journal.

    `consequences` is what the platform does to referrers because of the changes.
    """

    changes: Sequence[Change]
    states: dict[int, StepState]
    keys: Mapping[int, str]
    book: Book
    tell: Listener
    consequences: Sequence[Consequence] = ()
    _seqs: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._seqs = {change.key: seq for seq, change in enumerate(self.changes)}

    def state(self, change: Change) -> StepState:
        """How far a change is."""
        return self.state_of(change.key)

    def state_of(self, key: str) -> StepState:
        """How far the change with a key is."""
        return self.states[self._seqs[key]]

    def idempotency_key(self, change: Change) -> str:
        """The key its request carries, however often it is sent."""
        return self.keys[self._seqs[change.key]]

    def needed(self, change: Change) -> Iterable[Change]:
        """The changes of this run that it depends on."""
        for key in change.depends_on:
            seq = self._seqs.get(key)
            if seq is not None:
                yield self.changes[seq]

    def outcome(
        self, change: Change, state: StepState, detail: str, status: int | None = None
    ) -> StepOutcome:
        """What became of a change, to be recorded."""
        return StepOutcome(self._seqs[change.key], state, detail, status)

    def intend(self, changes: Iterable[Change]) -> None:
        """Journal that these are about to be sent. Raises Locked once the lease is lost."""
        self.book.intend([self._seqs[one.key] for one in changes])

    def withdraw(self, changes: Iterable[Change], why: str, status: int | None) -> None:
        """Journal that these were certainly not carried out, and are still to be."""
        self.book.withdraw([self._seqs[one.key] for one in changes], why, status)

    def record(self, outcomes: Sequence[StepOutcome], changes: Sequence[LedgerChange] = ()) -> None:
        """Journal what became of steps, with the ledger's share, and tell of those that ended."""
        if not outcomes:
            return
        self.book.record(outcomes, changes)
        for outcome in outcomes:
            self.states[outcome.seq] = outcome.state
            if outcome.state in SETTLED:
                change = self.changes[outcome.seq]
                self.tell(
                    StepFinished(
                        change.address,
                        change.action,
                        outcome.state,
                        outcome.detail,
                        writes=change.writes,
                    )
                )

"""The execution of a plan's steps, layer by layer, every intent journaled before it is sent.

A failed step skips its dependents only. What is not known to have happened is settled by reading:
equal to `after` it succeeded, still `before` it is sent again under the same key, anything else
failed. The journal is the only account of it; nothing here counts on the side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.applying.batches import Limits, cut, halves, look
from reconciler.applying.events import CollateralFound, Listener, StepFinished
from reconciler.applying.ledger_changes import ledger_changes
from reconciler.applying.outcomes import (
    GONE,
    KEPT,
    UNSURE,
    fails_the_batch_alone,
    is_made,
    is_seen,
    is_too_large,
    is_unmade,
    places,
    refusal,
    refused_whole,
    shown,
    unequal,
)
from reconciler.applying.requests import request_for
from reconciler.applying.verification import Standing, Verified
from reconciler.errors import PlatformError, ReconcilerError, Unreachable
from reconciler.live.platform import LiveResource, Outcome, Request, Writer
from reconciler.planning.model import Action, Change
from reconciler.planning.order import layers
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import Outcome as Recorded
from reconciler.state.journal import StepState

_MAX_ATTEMPTS = 3
_NOT_READ = "not read back: the platform did not show it"
SETTLED = (StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED)


class Book(Protocol):
    """The journal of one run, as the executor writes it."""

    def intend(self, seqs: Sequence[int]) -> None:
        """Record that these are about to be sent. Raises Locked once the lease is lost."""

    def record(self, outcomes: Sequence[Recorded], changes: Sequence[LedgerChange]) -> None:
        """Record what became of steps, and the ledger's share, in one transaction."""


class CollateralStop(ReconcilerError):
    """Something outside the plan changed with a write, and the run was told to stop there."""

    exit_code = 5


@dataclass(slots=True)
class Progress:
    """The steps of a run as far as they are: changes by their place, states and keys by seq."""

    changes: Sequence[Change]
    states: dict[int, StepState]
    keys: Mapping[int, str]

    def seq_of(self) -> dict[str, int]:
        """Each change's place by its key."""
        return {change.key: seq for seq, change in enumerate(self.changes)}


@dataclass(slots=True)
class Executor:
    """Makes the pending steps of one run.

    `standing` holds what verification found, by change key. `should_stop` is asked before every
    batch: what is in flight is finished, nothing more is started.
    """

    writer: Writer
    limits: Limits
    book: Book
    progress: Progress
    standing: Mapping[str, Verified]
    tell: Listener
    should_stop: Callable[[], bool]
    stop_on_collateral: bool = False
    _seqs: dict[str, int] = field(default_factory=dict)
    _born: dict[str, LiveResource] = field(default_factory=dict)
    _to_be_born: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    _found_collateral: bool = False

    async def run(self) -> None:
        """Make every pending step. Raises Locked, Unreachable or PlatformError when it must stop
        with steps left; the journal says which."""
        self._seqs = self.progress.seq_of()
        self._to_be_born = self._awaited()
        for layer in layers(self.progress.changes):
            if self.should_stop():
                return
            await self._run_layer(layer)

    async def _run_layer(self, layer: Sequence[Change]) -> None:
        due = [one for one in layer if self._state(one) is StepState.PENDING]
        due = self._without_skipped(due)
        done = [one for one in due if not one.sends or self._is_done(one)]
        if done:
            self._make_locally(done)
        sending = [one for one in due if one.sends and not self._is_done(one)]
        for batch in self._batches(sending):
            if self.should_stop():
                return
            await self._send(batch)
            if self._found_collateral and self.stop_on_collateral:
                raise CollateralStop(
                    "stopped: something outside the plan changed with these writes; look at it, "
                    "then go on with `reconciler apply --resume`"
                )

    # ---- without a request ---------------------------------------------------------------

    def _without_skipped(self, due: Sequence[Change]) -> list[Change]:
        go: list[Change] = []
        skipped: list[Recorded] = []
        for change in due:
            if self._is_held_back(change):
                continue
            culprit = self._failed_dependency(change)
            if culprit is None:
                go.append(change)
                continue
            detail = f"not tried: it needs {culprit}, which was not done"
            skipped.append(Recorded(self._seqs[change.key], StepState.SKIPPED, detail))
        if skipped:
            self._record(skipped, [])
        return go

    def _failed_dependency(self, change: Change) -> str | None:
        for key in change.depends_on:
            seq = self._seqs.get(key)
            if seq is not None and self.progress.states[seq] is not StepState.SUCCEEDED:
                return self.progress.changes[seq].address
        return None

    def _is_held_back(self, change: Change) -> bool:
        """Whether something it needs has no outcome yet, so that it waits for a resume."""
        needed = (self._seqs.get(key) for key in change.depends_on)
        return any(seq is not None and self.progress.states[seq] not in SETTLED for seq in needed)

    def _is_done(self, change: Change) -> bool:
        found = self.standing.get(change.key)
        return found is not None and found.standing is Standing.DONE

    def _make_locally(self, changes: Sequence[Change]) -> None:
        """Tracking, descendants of what was deleted, and what is already so."""
        self.book.intend([self._seqs[one.key] for one in changes])
        outcomes = [
            Recorded(
                self._seqs[one.key],
                StepState.SUCCEEDED,
                "already so on the platform" if one.sends else "",
            )
            for one in changes
        ]
        self._record(outcomes, [step for one in changes for step in ledger_changes(one)])

    # ---- with requests -------------------------------------------------------------------

    def _batches(self, sending: Sequence[Change]) -> Iterator[Sequence[Change]]:
        sized = ((one, self.writer.size(self._request(one))) for one in sending)
        return cut(sized, count=self.limits.steps, body_bytes=self.limits.body_bytes)

    async def _send(self, changes: Sequence[Change]) -> None:
        waiting = self._as_expected(changes)
        for _ in range(_MAX_ATTEMPTS):
            if not waiting:
                return
            waiting = await self._attempt(waiting)
        if not waiting:
            return
        self._record(
            [
                Recorded(
                    self._seqs[one.key],
                    StepState.FAILED,
                    "the platform did not take it, though asked again and again",
                )
                for one in waiting
            ],
            [],
        )

    async def _attempt(self, changes: Sequence[Change]) -> list[Change]:
        """Send a batch and record what became of it; what may be sent again is returned."""
        self.book.intend([self._seqs[one.key] for one in changes])
        try:
            outcomes = await self.writer.send([self._request(one) for one in changes])
        except PlatformError as error:
            if is_too_large(error) and len(changes) > 1:
                first, rest = halves(changes)
                return [*await self._attempt(first), *await self._attempt(rest)]
            self._record_refusal(changes, error)
            if fails_the_batch_alone(error):
                return []
            raise
        answered = list(zip(changes, outcomes, strict=True))
        unsure = [one for one, outcome in answered if outcome.status in UNSURE]
        sure = [(one, outcome) for one, outcome in answered if outcome.status not in UNSURE]
        found = await self._read_back([one for one, outcome in sure if outcome.succeeded])
        self._record_answers(sure, found)
        if not unsure:
            return []
        self._record(
            [Recorded(self._seqs[one.key], StepState.UNKNOWN, "no clear answer") for one in unsure],
            [],
        )
        return await self.settle(unsure)

    def _record_refusal(self, changes: Sequence[Change], error: PlatformError) -> None:
        """No outcomes came. A status is kept where it says that nothing took effect."""
        status = None if isinstance(error, Unreachable) else error.status or None
        state = StepState.FAILED if fails_the_batch_alone(error) else StepState.UNKNOWN
        words = refused_whole(error)
        self._record([Recorded(self._seqs[one.key], state, words, status) for one in changes], [])

    def _request(self, change: Change) -> Request:
        live = self._live(change)
        key = self.progress.keys[self._seqs[change.key]]
        return request_for(change, if_match=(live and live.etag) or None, key=key)

    def _live(self, change: Change) -> LiveResource | None:
        """What a change starts from: as verified, or as it came into being during this run."""
        found = self.standing.get(change.key)
        if found is not None and found.live is not None:
            return found.live
        return self._born.get(change.key)

    def _as_expected(self, changes: Sequence[Change]) -> list[Change]:
        """Without those whose resource came into being during this run and was then changed by
        somebody else: they fail."""
        go: list[Change] = []
        taken: list[Recorded] = []
        for change in changes:
            born = self._born.get(change.key)
            if born is None or born.fields == change.before:
                go.append(change)
                continue
            detail = f"changed by {born.updated_by or 'somebody'} since it was made; {KEPT}"
            taken.append(Recorded(self._seqs[change.key], StepState.FAILED, detail))
        self._record(taken, [])
        return go

    async def _read_back(self, changes: Sequence[Change]) -> dict[str, Outcome] | None:
        """What is there now, by change key; None when it could not be read.

        What came into being with a new parent is looked at as well, so that its own change, later
        in this run, can say what it expects to find.
        """
        if not changes:
            return {}
        looked_at = [*changes, *self._born_with(changes)]
        try:
            seen = await look(self.writer, [one.address for one in looked_at], self.limits)
        except PlatformError:
            return None
        found = {one.key: outcome for one, outcome in zip(looked_at, seen, strict=True)}
        for change in looked_at[len(changes) :]:
            there = found[change.key].resource
            if there is not None:
                self._born[change.key] = there
        return found

    def _awaited(self) -> dict[str, list[Change]]:
        """Pending changes to what is not there yet, by what they wait for: a new campaign's
        channels and members."""
        awaited: dict[str, list[Change]] = {}
        for change in self.progress.changes:
            if change.before is None or not change.sends or self._live(change) is not None:
                continue
            for key in change.depends_on:
                awaited.setdefault(key, []).append(change)
        return awaited

    def _born_with(self, changes: Sequence[Change]) -> list[Change]:
        return [
            one
            for parent in changes
            for one in self._to_be_born.get(parent.key, ())
            if self._state(one) is StepState.PENDING
        ]

    def _record_answers(
        self, answered: Iterable[tuple[Change, Outcome]], found: Mapping[str, Outcome] | None
    ) -> None:
        recorded: list[Recorded] = []
        changes: list[LedgerChange] = []
        for change, outcome in answered:
            seq = self._seqs[change.key]
            gone = change.action is Action.DELETE and outcome.status == GONE
            if outcome.succeeded or gone:
                detail = self._collateral(change, found) if outcome.succeeded else "already gone"
                recorded.append(Recorded(seq, StepState.SUCCEEDED, detail, outcome.status))
                changes.extend(ledger_changes(change))
            else:
                detail = refusal(outcome)
                recorded.append(Recorded(seq, StepState.FAILED, detail, outcome.status))
        self._record(recorded, changes)

    def _collateral(self, change: Change, found: Mapping[str, Outcome] | None) -> str:
        """What differs from the plan after a write, in words; "" when nothing does."""
        there = found.get(change.key) if found is not None else None
        if there is None or not is_seen(there):
            return _NOT_READ
        fields = there.resource.fields if there.resource is not None else None
        names = unequal(change.after, fields)
        for name in names:
            self._found_collateral = True
            self.tell(
                CollateralFound(
                    change.address,
                    name,
                    shown(change.after, name),
                    shown(fields, name),
                )
            )
        return f"differs from the plan after the write: {', '.join(names)}" if names else ""

    # ---- settling ------------------------------------------------------------------------

    async def settle(self, changes: Sequence[Change]) -> list[Change]:
        """Read what is uncertain and record it; those still as before are returned, to be sent.

        What writes only the ledger was never uncertain. Raises PlatformError when something
        cannot be read: it stays uncertain.
        """
        if not self._seqs:
            self._seqs = self.progress.seq_of()
        again = [one for one in changes if not one.writes]
        written = [one for one in changes if one.writes]
        unseen: list[Change] = []
        for start in range(0, len(written), self.limits.steps):
            chunk = written[start : start + self.limits.steps]
            where = [address for one in chunk for address in places(one)]
            outcomes = iter(await look(self.writer, where, self.limits))
            for change in chunk:
                here = [next(outcomes) for _ in places(change)]
                if not all(is_seen(one) for one in here):
                    unseen.append(change)
                elif self._settle_one(change, here):
                    again.append(change)
        if unseen:
            raise Unreachable(
                f"what became of {unseen[0].address} cannot be read"
                f"{f' (nor of {len(unseen) - 1} more)' if len(unseen) > 1 else ''}: go on with "
                "`reconciler apply --resume` once it can"
            )
        return again

    def _settle_one(self, change: Change, here: Sequence[Outcome]) -> bool:
        seq = self._seqs[change.key]
        new = here[0].resource
        old = here[1].resource if len(here) > 1 else new
        if is_made(change, new, old):
            self._record(
                [Recorded(seq, StepState.SUCCEEDED, "found done", here[0].status)],
                list(ledger_changes(change)),
            )
            return False
        if is_unmade(change, new, old):
            return True
        by = new or old
        who = f" by {by.updated_by} at {by.updated_at}" if by is not None and by.updated_by else ""
        detail = f"neither as before nor as planned: changed{who} while the answer was out"
        self._record([Recorded(seq, StepState.FAILED, detail, here[0].status)], [])
        return False

    # ---- the book ------------------------------------------------------------------------

    def _state(self, change: Change) -> StepState:
        return self.progress.states[self._seqs[change.key]]

    def _record(self, outcomes: Sequence[Recorded], changes: Sequence[LedgerChange]) -> None:
        if not outcomes:
            return
        self.book.record(outcomes, changes)
        for outcome in outcomes:
            self.progress.states[outcome.seq] = outcome.state
            if outcome.state in SETTLED:
                change = self.progress.changes[outcome.seq]
                self.tell(
                    StepFinished(
                        change.address,
                        change.action,
                        outcome.state,
                        outcome.detail,
                        writes=change.writes,
                    )
                )

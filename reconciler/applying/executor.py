"""The execution of a plan's steps, layer by layer, every intent journaled before it is sent.

A failed step skips its dependents only. What is not known to have happened is settled by reading:
equal to `after` it succeeded, still `before` it is sent again under the same key, anything else
failed. The journal is the only account of it; nothing here counts on the side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.applying.answers import (
    KEPT,
    places,
    refusal,
    refused_whole,
    shown,
    unequal,
)
from reconciler.applying.batches import RequestLimits, cut, halves, look
from reconciler.applying.events import CollateralFound
from reconciler.applying.ledger_changes import ledger_changes
from reconciler.applying.rechecks.consequences import Aftermath, differs
from reconciler.applying.rechecks.live import Standing, Verified
from reconciler.applying.requests import request_for
from reconciler.applying.resolve_uncertain import settle
from reconciler.applying.run_progress import SETTLED, Progress
from reconciler.errors import (
    AccessDenied,
    PlatformError,
    ReconcilerError,
    RequestRefused,
    RequestTooLarge,
    Unreachable,
    Unsent,
)
from reconciler.live.platform import Answer, LiveResource, Outcome, Request, Writer
from reconciler.planning.change import Action, Change
from reconciler.planning.order import layers
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import StepOutcome, StepState

_MAX_ATTEMPTS = 3
_NOT_READ = "not read back: the platform did not show it"
_FOUND = "something outside the plan changed with these writes"
_NOT_KNOWN = "what was written could not be read back, so whether more changed is not known"


class CollateralStop(ReconcilerError):
    """Something outside the plan changed with a write, or may have as nobody can see it, and the
    run was told to stop there."""

    exit_code = 5


@dataclass(slots=True)
class Executor:
    """Makes the pending steps of one run.

    `standing` holds what verification found, by change key. `should_stop` is asked before every
    batch: what is in flight is finished, nothing more is started.
    """

    writer: Writer
    limits: RequestLimits
    progress: Progress
    standing: Mapping[str, Verified]
    should_stop: Callable[[], bool]
    stop_on_collateral: bool = False
    _born: dict[str, LiveResource] = field(default_factory=dict)
    _edited: dict[str, LiveResource] = field(default_factory=dict)
    _to_be_born: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    _unanswered: set[str] = field(default_factory=set)
    """The keys of changes of which an attempt had no answer and was made again."""
    _collateral_found: str = ""

    async def run(self) -> None:
        """Make every pending step. Raises Locked, Unreachable or PlatformError when it must stop
        with steps left; the journal says which."""
        self._to_be_born = self._awaited()
        for layer in layers(self.progress.changes):
            if self.should_stop():
                return
            await self._run_layer(layer)

    async def _run_layer(self, layer: Sequence[Change]) -> None:
        due = [one for one in layer if self.progress.state(one) is StepState.PENDING]
        due = self._without_skipped(due)
        done = [one for one in due if not one.sends or self._is_done(one)]
        if done:
            self._make_locally(done)
        sending = [one for one in due if one.sends and not self._is_done(one)]
        for batch in self._batches(sending):
            if self.should_stop():
                return
            await self._send(batch)
            if self._collateral_found and self.stop_on_collateral:
                raise CollateralStop(f"{self._collateral_found}; look at it before you go on")

    # ---- without a request ---------------------------------------------------------------

    def _without_skipped(self, due: Sequence[Change]) -> list[Change]:
        go: list[Change] = []
        skipped: list[StepOutcome] = []
        for change in due:
            if self._is_held_back(change):
                continue
            culprit = self._failed_dependency(change)
            if culprit is None:
                go.append(change)
                continue
            detail = f"not tried: it needs {culprit}, which was not done"
            skipped.append(self.progress.outcome(change, StepState.SKIPPED, detail))
        self.progress.record(skipped)
        return go

    def _failed_dependency(self, change: Change) -> str | None:
        for one in self.progress.needed(change):
            if self.progress.state(one) is not StepState.SUCCEEDED:
                return one.address
        return None

    def _is_held_back(self, change: Change) -> bool:
        """Whether something it needs has no outcome yet, so that it waits for a resume."""
        needed = self.progress.needed(change)
        return any(self.progress.state(one) not in SETTLED for one in needed)

    def _is_done(self, change: Change) -> bool:
        found = self.standing.get(change.key)
        return found is not None and found.standing is Standing.DONE

    def _make_locally(self, changes: Sequence[Change]) -> None:
        """Tracking, descendants of what was deleted, and what is already so."""
        self.progress.intend(changes)
        outcomes = [
            self.progress.outcome(
                one, StepState.SUCCEEDED, "already so on the platform" if one.sends else ""
            )
            for one in changes
        ]
        self.progress.record(outcomes, [step for one in changes for step in ledger_changes(one)])

    # ---- with requests -------------------------------------------------------------------

    def _batches(self, sending: Sequence[Change]) -> Iterator[Sequence[Change]]:
        sized = ((one, self.writer.size(self._request(one))) for one in sending)
        return cut(sized, count=self.limits.steps, body_bytes=self.limits.body_bytes)

    async def _send(self, changes: Sequence[Change]) -> None:
        await self._see_born([one for one in changes if self._is_born_unseen(one)])
        waiting = self._as_expected(changes)
        for _ in range(_MAX_ATTEMPTS):
            if not waiting:
                return
            waiting = await self._attempt(waiting)
        self._give_up(waiting)

    def _give_up(self, changes: Sequence[Change]) -> None:
        """Fail what was refused every time. An attempt that had no answer may still arrive, so
        what had one stays uncertain: a resume waits that out. Raises Unreachable then."""
        refused = [change for change in changes if change.key not in self._unanswered]
        self._record_all(refused, StepState.FAILED, f"not accepted after {_MAX_ATTEMPTS} attempts")
        uncertain = [change for change in changes if change.key in self._unanswered]
        if not uncertain:
            return
        self._record_all(uncertain, StepState.UNKNOWN, "no clear answer")
        raise Unreachable(
            f"{uncertain[0].address} was not accepted after {_MAX_ATTEMPTS} attempts, and an "
            "attempt without an answer may still take effect: settle it with `reconciler apply "
            "--resume`"
        )

    async def _attempt(self, changes: Sequence[Change]) -> list[Change]:
        """Send a batch and record what became of it; what may be sent again is returned.

        The intent is written before every attempt, not once: a pause between two of them is long
        enough for somebody else to have settled the run.
        """
        requests = [self._request(one) for one in changes]
        attempts = 0

        def may_send() -> None:
            nonlocal attempts
            self.progress.intend(changes)
            attempts += 1
            if attempts > 1:
                self._unanswered.update(change.key for change in changes)

        try:
            outcomes = await self.writer.send(requests, may_send=may_send)
        except PlatformError as error:
            if isinstance(error, RequestTooLarge) and len(changes) > 1:
                first, rest = halves(changes)
                return [*await self._attempt(first), *await self._attempt(rest)]
            self._record_refusal(changes, error)
            if isinstance(error, RequestRefused):
                return []
            raise
        answered = list(zip(changes, outcomes, strict=True))
        unsure = [one for one, outcome in answered if outcome.answer is Answer.UNCERTAIN]
        sure = [
            (one, outcome) for one, outcome in answered if outcome.answer is not Answer.UNCERTAIN
        ]
        found = await self._read_back([one for one, outcome in sure if outcome.succeeded])
        await self._look_up([one for one, outcome in sure if outcome.answer is Answer.CHANGED])
        self._record_answers(sure, found)
        if not unsure:
            return []
        self._record_all(unsure, StepState.UNKNOWN, "no clear answer")
        return await settle(unsure, self.progress, self.writer, self.limits)

    def _record_refusal(self, changes: Sequence[Change], error: PlatformError) -> None:
        """No outcomes came. What certainly was not carried out is pending again, but for what had
        no clear answer before: a refusal does not speak for that."""
        status = error.status or None
        if isinstance(error, AccessDenied | Unsent):
            clear = [one for one in changes if self.progress.state(one) is StepState.PENDING]
            changes = [one for one in changes if self.progress.state(one) is not StepState.PENDING]
            self.progress.withdraw(clear, f"not written: {error}", status)
        state = StepState.FAILED if isinstance(error, RequestRefused) else StepState.UNKNOWN
        self._record_all(changes, state, refused_whole(error), status)

    def _record_all(
        self, changes: Sequence[Change], state: StepState, detail: str, status: int | None = None
    ) -> None:
        self.progress.record([self.progress.outcome(one, state, detail, status) for one in changes])

    def _request(self, change: Change) -> Request:
        live = self._live(change)
        key = self.progress.idempotency_key(change)
        return request_for(change, if_match=(live and live.etag) or None, key=key)

    def _live(self, change: Change) -> LiveResource | None:
        """What a change starts from: as verified, or as it came into being during this run."""
        found = self.standing.get(change.key)
        if found is not None and found.live is not None:
            return found.live
        return self._born.get(change.key)

    def _is_born_unseen(self, change: Change) -> bool:
        """Whether it came into being during this run, and was not read back then."""
        return change.before is not None and self._live(change) is None

    async def _see_born(self, changes: Sequence[Change]) -> None:
        """Read what came into being during this run. Raises PlatformError: what is there is not
        known then, and nothing is written over it."""
        if not changes:
            return
        outcomes = await look(self.writer, [one.address for one in changes], self.limits)
        for change, outcome in zip(changes, outcomes, strict=True):
            if not outcome.shows_resource:
                raise Unreachable(
                    f"{change.address} cannot be read ({outcome.status_and_code}), so it is "
                    "not written: go on with `reconciler apply --resume` once it can be"
                )
            if outcome.resource is not None:
                self._born[change.key] = outcome.resource

    def _as_expected(self, changes: Sequence[Change]) -> list[Change]:
        """Without those whose resource came into being during this run and was then changed by
        somebody else: they fail."""
        go: list[Change] = []
        taken: list[StepOutcome] = []
        for change in changes:
            born = self._born.get(change.key)
            if born is None or born.fields == change.before:
                go.append(change)
                continue
            detail = f"changed by {born.updated_by or 'somebody'} since it was made; {KEPT}"
            taken.append(self.progress.outcome(change, StepState.FAILED, detail))
        self.progress.record(taken)
        return go

    async def _read_back(self, changes: Sequence[Change]) -> dict[str, Outcome] | None:
        """What is there now, by change key, and by address for those who refer to what was
        deleted; None when it could not be read.

        What came into being with a new parent is looked at as well, so that its own change, later
        in this run, can say what it expects to find.
        """
        if not changes:
            return {}
        looked_at = [*changes, *self._born_with(changes)]
        referrers = Aftermath(self.progress).referrers(changes)
        names = [*[one.key for one in looked_at], *referrers]
        places = [*[one.address for one in looked_at], *referrers]
        try:
            seen = await look(self.writer, places, self.limits)
        except PlatformError:
            return None
        found = dict(zip(names, seen, strict=True))
        for change in looked_at[len(changes) :]:
            there = found[change.key].resource
            if there is not None:
                self._born[change.key] = there
        return found

    async def _look_up(self, changes: Sequence[Change]) -> None:
        """Find out who changed these since they were verified, as far as that can be read."""
        if not changes:
            return
        try:
            outcomes = await look(self.writer, [places(one)[-1] for one in changes], self.limits)
        except PlatformError:
            return
        for change, outcome in zip(changes, outcomes, strict=True):
            if outcome.resource is not None:
                self._edited[change.key] = outcome.resource

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
            if self.progress.state(one) is StepState.PENDING
        ]

    def _record_answers(
        self, answered: Sequence[tuple[Change, Outcome]], found: Mapping[str, Outcome] | None
    ) -> None:
        recorded: list[StepOutcome] = []
        changes: list[LedgerChange] = []
        made = [change for change, outcome in answered if outcome.succeeded]
        referrers = Aftermath(self.progress).collateral(made, found) if found else {}
        for change, outcome in answered:
            gone = change.action is Action.DELETE and outcome.answer is Answer.GONE
            if outcome.succeeded or gone:
                detail = "already gone"
                if outcome.succeeded:
                    detail = self._collateral(change, found, referrers.get(change.key, ()))
                state = StepState.SUCCEEDED
                changes.extend(ledger_changes(change))
            else:
                detail, state = (
                    refusal(change, outcome, self._edited.get(change.key)),
                    StepState.FAILED,
                )
            recorded.append(self.progress.outcome(change, state, detail, outcome.status))
        self.progress.record(recorded, changes)

    def _collateral(
        self,
        change: Change,
        found: Mapping[str, Outcome] | None,
        referrers: Sequence[CollateralFound],
    ) -> str:
        """What differs from the plan after a write, in words; "" when nothing does."""
        there = found.get(change.key) if found is not None else None
        if there is None or not there.shows_resource:
            self._collateral_found = self._collateral_found or _NOT_KNOWN
            return _NOT_READ
        fields = there.resource.fields if there.resource is not None else None
        differing = [
            CollateralFound(change.address, name, shown(change.after, name), shown(fields, name))
            for name in unequal(change.after, fields)
        ]
        for one in (*differing, *referrers):
            self._collateral_found = _FOUND
            self.progress.tell(one)
        return differs(referrers, *[one.field for one in differing])

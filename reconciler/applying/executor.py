"""Execute the steps of a plan layer by layer; every intent is journaled before it is sent.

A failed step skips its dependents only. An uncertain step is settled by reading the platform. The
journal is the only record: nothing is counted elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.applying.answers import (
    addresses_of,
    batch_refusal_message,
    refusal_message,
    resume_when_readable,
)
from reconciler.applying.batches import RequestLimits, batched, halves, read_all
from reconciler.applying.collateral import (
    affected_referrers,
    collateral_message,
    own_collateral,
    referrer_collateral,
)
from reconciler.applying.events import CollateralFound
from reconciler.applying.ledger_changes import ledger_changes
from reconciler.applying.rechecks.change_state import ChangeState, CheckedChange
from reconciler.applying.rechecks.edits import last_edit
from reconciler.applying.requests import request_for
from reconciler.applying.resolve_uncertain import settle
from reconciler.applying.run_progress import SETTLED, RunProgress
from reconciler.errors import (
    AccessDenied,
    PlatformError,
    ReconcilerError,
    RequestRefused,
    RequestTooLarge,
    Unreachable,
    Unsent,
)
from reconciler.kinds.registry import place
from reconciler.live.platform import Answer, LiveResource, Outcome, Request, Writer
from reconciler.message import NO_MESSAGE, Command, Message
from reconciler.planning.change import Action, Change
from reconciler.planning.order import layers
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import StepOutcome, StepState

_MAX_ATTEMPTS = 3
_NOT_READ_BACK = Message.plain("not read back: the platform did not show it")
_NO_CLEAR_ANSWER = Message.plain("no clear answer")
_NOT_ACCEPTED = Message.of("not accepted after {count} attempts", count=_MAX_ATTEMPTS)
_COLLATERAL = "something outside the plan changed with these writes"
_UNKNOWN_COLLATERAL = "the writes could not be read back, so other changes are unknown"


class CollateralStop(ReconcilerError):
    """The run stopped, as requested, because something outside the plan changed with a write.

    It also stops when a write cannot be read back.
    """

    exit_code = 5


@dataclass(slots=True)
class Executor:
    """Makes the pending steps of one run.

    `checked` holds what the recheck found, by change key. `should_stop` is asked before every
    batch: what is in flight is finished, nothing more is started.
    """

    writer: Writer
    limits: RequestLimits
    progress: RunProgress
    checked: Mapping[str, CheckedChange]
    should_stop: Callable[[], bool]
    stop_on_collateral: bool = False
    _created: dict[str, LiveResource] = field(default_factory=dict)
    """What appeared with a parent that this run created, by the key of the change to it."""
    _edited: dict[str, LiveResource] = field(default_factory=dict)
    """What somebody else changed since it was checked, by the key of the change to it."""
    _awaiting: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    _unanswered: set[str] = field(default_factory=set)
    """The keys of changes with an attempt that had no answer and was repeated."""
    _collateral_reason: str = ""

    @property
    def _resume(self) -> Command:
        return Command.of("apply", "--resume", self.progress.journal.run_id)

    async def run(self) -> None:
        """Make every pending step.

        Raises Locked, Unreachable or PlatformError when it must stop with steps left; the journal
        shows which.
        """
        self._awaiting = self._awaiting_changes()
        for layer in layers(self.progress.changes):
            if self.should_stop():
                return
            await self._run_layer(layer)

    async def _run_layer(self, layer: Sequence[Change]) -> None:
        pending = [change for change in layer if self.progress.state(change) is StepState.PENDING]
        ready = self._without_skipped(pending)
        local = [change for change in ready if not change.sends or self._is_done(change)]
        if local:
            self._make_locally(local)
        sending = [change for change in ready if change.sends and not self._is_done(change)]
        for batch in self._batches(sending):
            if self.should_stop():
                return
            await self._send(batch)
            if self._collateral_reason and self.stop_on_collateral:
                raise CollateralStop(
                    self._collateral_reason,
                    next_step=Message.of(
                        "check the platform, then continue with {resume}", resume=self._resume
                    ),
                )

    # ---- without a request ---------------------------------------------------------------

    def _without_skipped(self, changes: Sequence[Change]) -> list[Change]:
        """The changes that can be made now; the dependents of failed steps are skipped."""
        ready: list[Change] = []
        skipped: list[StepOutcome] = []
        for change in changes:
            if self._has_unsettled_dependency(change):
                continue
            failed = self._failed_dependency(change)
            if failed is None:
                ready.append(change)
                continue
            detail = Message.of(
                "not tried: it depends on {failed}, which was not done", failed=place(failed)
            )
            skipped.append(self.progress.outcome(change, StepState.SKIPPED, detail))
        self.progress.record(skipped)
        return ready

    def _failed_dependency(self, change: Change) -> str | None:
        for dependency in self.progress.dependencies(change):
            if self.progress.state(dependency) is not StepState.SUCCEEDED:
                return dependency.address
        return None

    def _has_unsettled_dependency(self, change: Change) -> bool:
        """Whether a dependency has no outcome yet: the change waits for a resume."""
        dependencies = self.progress.dependencies(change)
        return any(self.progress.state(dependency) not in SETTLED for dependency in dependencies)

    def _is_done(self, change: Change) -> bool:
        found = self.checked.get(change.key)
        return found is not None and found.state is ChangeState.DONE

    def _make_locally(self, changes: Sequence[Change]) -> None:
        """Record ledger changes, cascaded deletes, and what the platform already has."""
        self.progress.intend(changes)
        already = Message.plain("already so on the platform")
        outcomes = [
            self.progress.outcome(
                change, StepState.SUCCEEDED, already if change.sends else NO_MESSAGE
            )
            for change in changes
        ]
        entries = [entry for change in changes for entry in ledger_changes(change)]
        self.progress.record(outcomes, entries)

    # ---- with requests -------------------------------------------------------------------

    def _batches(self, sending: Sequence[Change]) -> Iterator[Sequence[Change]]:
        sized = ((change, self.writer.size(self._request(change))) for change in sending)
        return batched(sized, count=self.limits.steps, body_bytes=self.limits.body_bytes)

    async def _send(self, changes: Sequence[Change]) -> None:
        await self._read_created([change for change in changes if self._is_unread(change)])
        waiting = self._without_edited(changes)
        for _ in range(_MAX_ATTEMPTS):
            if not waiting:
                return
            waiting = await self._attempt(waiting)
        self._give_up(waiting)

    def _give_up(self, changes: Sequence[Change]) -> None:
        """Fail what was refused every time. Raises Unreachable when an attempt had no answer.

        Such an attempt may still take effect, so its change stays uncertain: a resume waits.
        """
        refused = [change for change in changes if change.key not in self._unanswered]
        self._record_all(refused, StepState.FAILED, _NOT_ACCEPTED)
        uncertain = [change for change in changes if change.key in self._unanswered]
        if not uncertain:
            return
        self._record_all(uncertain, StepState.UNKNOWN, _NO_CLEAR_ANSWER)
        raise Unreachable(
            Message.of(
                "{address} was not accepted after {count} attempts, and an attempt without an "
                "answer may still take effect",
                address=place(uncertain[0].address),
                count=_MAX_ATTEMPTS,
            ),
            next_step=Message.of("settle it with {resume}", resume=self._resume),
        )

    async def _attempt(self, changes: Sequence[Change]) -> list[Change]:
        """Send a batch and record the outcomes; the changes to send again are returned.

        The intent is journaled before every attempt: between two attempts, another process may
        have settled the run.
        """
        requests = [self._request(change) for change in changes]
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
        uncertain = [change for change, out in answered if out.answer is Answer.UNCERTAIN]
        certain = [(change, out) for change, out in answered if out.answer is not Answer.UNCERTAIN]
        found = await self._read_back([change for change, out in certain if out.succeeded])
        await self._read_edits([change for change, out in certain if out.answer is Answer.CHANGED])
        self._record_answers(certain, found)
        if not uncertain:
            return []
        self._record_all(uncertain, StepState.UNKNOWN, _NO_CLEAR_ANSWER)
        return await settle(uncertain, self.progress, self.writer, self.limits)

    def _record_refusal(self, changes: Sequence[Change], error: PlatformError) -> None:
        """Record a batch without outcomes. What certainly was not carried out is pending again.

        A refusal says nothing about a change whose earlier attempt got no clear answer.
        """
        status = error.status or None
        if isinstance(error, AccessDenied | Unsent):
            states = [(change, self.progress.state(change)) for change in changes]
            unsent = [change for change, state in states if state is StepState.PENDING]
            changes = [change for change, state in states if state is not StepState.PENDING]
            why = Message.of("not written: {error}", error=error.message_and_next_step)
            self.progress.withdraw(unsent, why, status)
        state = StepState.FAILED if isinstance(error, RequestRefused) else StepState.UNKNOWN
        self._record_all(changes, state, batch_refusal_message(error), status)

    def _record_all(
        self,
        changes: Sequence[Change],
        state: StepState,
        detail: Message,
        status: int | None = None,
    ) -> None:
        self.progress.record(
            [self.progress.outcome(change, state, detail, status) for change in changes]
        )

    def _request(self, change: Change) -> Request:
        live = self._live(change)
        key = self.progress.idempotency_key(change)
        return request_for(change, if_match=(live and live.etag) or None, key=key)

    def _live(self, change: Change) -> LiveResource | None:
        """The resource a change starts from: as checked, or as this run created it."""
        found = self.checked.get(change.key)
        if found is not None and found.live is not None:
            return found.live
        return self._created.get(change.key)

    # ---- what appears with a new parent --------------------------------------------------

    def _awaiting_changes(self) -> dict[str, list[Change]]:
        """The changes to resources that do not exist yet, by the key of a change they wait for.

        A new campaign's channels and members are such resources.
        """
        awaiting: dict[str, list[Change]] = {}
        for change in self.progress.changes:
            if change.before is None or not change.sends or self._live(change) is not None:
                continue
            for key in change.depends_on:
                awaiting.setdefault(key, []).append(change)
        return awaiting

    def _is_unread(self, change: Change) -> bool:
        """Whether its resource appeared during this run and was not read back then."""
        return change.before is not None and self._live(change) is None

    async def _read_created(self, changes: Sequence[Change]) -> None:
        """Read resources that appeared during this run.

        Raises PlatformError where they cannot be read: nothing is written over an unknown state.
        """
        if not changes:
            return
        addresses = [change.address for change in changes]
        outcomes = await read_all(self.writer, addresses, self.limits)
        for change, outcome in zip(changes, outcomes, strict=True):
            if not outcome.shows_resource:
                raise Unreachable(
                    Message.of(
                        "{address} cannot be read ({answer}), so it is not written",
                        address=place(change.address),
                        answer=outcome.status_and_code,
                    ),
                    next_step=resume_when_readable(self.progress.journal.run_id),
                )
            if outcome.resource is not None:
                self._created[change.key] = outcome.resource

    def _without_edited(self, changes: Sequence[Change]) -> list[Change]:
        """The changes, without those whose new resource somebody else has edited: these fail."""
        ready: list[Change] = []
        failed: list[StepOutcome] = []
        for change in changes:
            created = self._created.get(change.key)
            if created is None or created.fields == change.before:
                ready.append(change)
                continue
            detail = Message.of(
                "changed{author} since this run created it; nothing was overwritten",
                author=last_edit(created) or " by somebody",
            )
            failed.append(self.progress.outcome(change, StepState.FAILED, detail))
        self.progress.record(failed)
        return ready

    # ---- after a write -------------------------------------------------------------------

    async def _read_back(self, changes: Sequence[Change]) -> dict[str, Outcome] | None:
        """What is there now: by change key, and by address for referrers. None: not readable.

        What appeared with a new parent is read as well: a later change of this run starts from it.
        """
        if not changes:
            return {}
        children = [
            child
            for parent in changes
            for child in self._awaiting.get(parent.key, ())
            if self.progress.state(child) is StepState.PENDING
        ]
        read = [*changes, *children]
        referrers = affected_referrers(changes, self.progress)
        addresses = [*[change.address for change in read], *referrers]
        try:
            outcomes = await read_all(self.writer, addresses, self.limits)
        except PlatformError:
            return None
        names: list[str] = [*[change.key for change in read], *referrers]
        found = dict(zip(names, outcomes, strict=True))
        for child in children:
            resource = found[child.key].resource
            if resource is not None:
                self._created[child.key] = resource
        return found

    async def _read_edits(self, changes: Sequence[Change]) -> None:
        """Read who changed these since they were checked, where that can be read."""
        if not changes:
            return
        addresses = [addresses_of(change)[-1] for change in changes]
        try:
            outcomes = await read_all(self.writer, addresses, self.limits)
        except PlatformError:
            return
        for change, outcome in zip(changes, outcomes, strict=True):
            if outcome.resource is not None:
                self._edited[change.key] = outcome.resource

    def _record_answers(
        self, answered: Sequence[tuple[Change, Outcome]], found: Mapping[str, Outcome] | None
    ) -> None:
        recorded: list[StepOutcome] = []
        entries: list[LedgerChange] = []
        made = [change for change, outcome in answered if outcome.succeeded]
        of_referrers = referrer_collateral(made, self.progress, found) if found else {}
        for change, outcome in answered:
            state, needs_look = StepState.SUCCEEDED, False
            if outcome.succeeded:
                detail = self._collateral(change, found, of_referrers.get(change.key, ()))
                needs_look = bool(detail)
            elif change.action is Action.DELETE and outcome.answer is Answer.GONE:
                detail = Message.plain("already gone")
            else:
                state = StepState.FAILED
                detail = refusal_message(change, outcome, self._edited.get(change.key))
            if state is StepState.SUCCEEDED:
                entries.extend(ledger_changes(change))
            recorded.append(
                self.progress.outcome(change, state, detail, outcome.status, needs_look=needs_look)
            )
        self.progress.record(recorded, entries)

    def _collateral(
        self,
        change: Change,
        found: Mapping[str, Outcome] | None,
        of_referrers: Sequence[CollateralFound],
    ) -> Message:
        """What differs from the plan after a write; empty when nothing does."""
        outcome = found.get(change.key) if found is not None else None
        if outcome is None or not outcome.shows_resource:
            self._collateral_reason = self._collateral_reason or _UNKNOWN_COLLATERAL
            return _NOT_READ_BACK
        fields = outcome.resource.fields if outcome.resource is not None else None
        own = own_collateral(change, fields)
        for collateral in (*own, *of_referrers):
            self._collateral_reason = _COLLATERAL
            self.progress.notify(collateral)
        return collateral_message(own, of_referrers)

"""What a run did to each resource, all its changes of one resource taken together.

Read from the run's plan and its journal: only what succeeded has happened, and what was already
so when the run came to it was somebody else's doing. What the platform did to referrers because of
the run is the run's doing too.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.errors import PlanForeign, PlanRefused, StateError
from reconciler.kinds.address import Address, ancestors, identity
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import Usage
from reconciler.planning.change import Action, Change, Tracking
from reconciler.planning.effects.consequences import field_after
from reconciler.planning.plan import Consequence, Plan
from reconciler.state.journal import Step, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.runs import Run

_MAKES = (Action.CREATE, Action.REPLACE)


@dataclass(frozen=True, slots=True)
class RunEffect:
    """One resource around a run: `address` is what the run left it under.

    `before` and `after` are None where it did not exist then; both are what it was found to be
    where the run changed the ledger alone. Both hold only the fields that changed where the run
    sent nothing for it: the platform changed them, because of something else (`by_consequence`).
    `renamed_from` and `replaced` are addresses of before.
    """

    address: Address
    kind: Kind
    before: Fields | None
    after: Fields | None
    tracked_before: Tracking | None
    tracked_after: Tracking | None
    renamed_from: Address | None = None
    replaced: Address | None = None
    usage: Usage | None = None
    by_consequence: bool = False

    @property
    def key(self) -> str:
        """The identity of its address."""
        return identity(self.address)

    @property
    def is_created(self) -> bool:
        """Whether it is there because of the run."""
        return self.before is None and self.after is not None

    @property
    def is_deleted(self) -> bool:
        """Whether it is gone because of the run."""
        return self.before is not None and self.after is None


def check_can_be_undone(run: Run, here: LedgerKey) -> None:
    """Raises PlanRefused or StateError for a run of another ledger, or one not to be undone."""
    if run.key != here:
        raise PlanForeign(f"run {run.id} is of {run.key}, and here it is {here}")
    if run.finished_at is None:
        raise PlanRefused(
            f"run {run.id} is unfinished: settle it first with `reconciler apply --resume`"
        )
    if run.pruned:
        raise StateError(
            f"run {run.id} cannot be undone: it was pruned, and what was there before it is no "
            "longer kept; `reconciler history` lists the runs"
        )


def run_effects(plan: Plan, steps: Sequence[Step]) -> tuple[RunEffect, ...]:
    """What became of each resource, in the order of the plan."""
    made = list(_made(plan, steps))
    deleted = {identity(one.address) for one, ours in made if _is_own_delete(one, ours=ours)}
    found: dict[str, RunEffect] = {}
    for change, sent in made:
        ours = _goes_with(change, deleted) if change.cascaded else sent or not change.sends
        one = _of(change, ours=ours)
        known = found.get(one.key)
        found[one.key] = one if known is None else _both(known, one)
    sent_by_key = {change.key: sent for change, sent in made}
    for consequence in plan.consequences:
        _add(found, consequence, sent_by_key)
    return tuple(found.values())


def _add(found: dict[str, RunEffect], consequence: Consequence, made: Mapping[str, bool]) -> None:
    """Add what the platform did to a referrer. `made` holds the changes that were made, and whether
    the run sent them."""
    name = consequence.field
    before = field_after(consequence, lambda key: made.get(key) is False)
    after = field_after(consequence, made.__contains__)
    if before == after:
        return
    key = identity(consequence.address)
    known = found.get(key)
    if known is None:
        kind = KINDS[consequence.kind]
        known = RunEffect(consequence.address, kind, {}, {}, None, None, by_consequence=True)
    if known.by_consequence:
        known = replace(known, before={**(known.before or {}), name: before})
    found[key] = replace(known, after={**(known.after or {}), name: after})


def _made(plan: Plan, steps: Sequence[Step]) -> Iterator[tuple[Change, bool]]:
    """The changes that were made, each with whether a request of the run's own made it."""
    for step in steps:
        if step.state is StepState.SUCCEEDED:
            yield plan.changes[step.seq], step.status_code is not None


def _is_own_delete(change: Change, *, ours: bool) -> bool:
    return ours and change.action is Action.DELETE and not change.cascaded


def _goes_with(change: Change, deleted: Container[str]) -> bool:
    return any(upper in deleted for upper in ancestors(identity(change.address)))


def _of(change: Change, *, ours: bool) -> RunEffect:
    gone = change.action in (Action.DELETE, Action.FORGET)
    renamed = change.action is Action.RENAME and ours
    return RunEffect(
        address=change.address,
        kind=KINDS[change.kind],
        before=(None if change.action in _MAKES else change.before) if ours else change.after,
        after=change.after,
        tracked_before=change.previous_tracking,
        tracked_after=None if gone else change.tracking or change.previous_tracking,
        renamed_from=change.previous_address if renamed else None,
        replaced=change.previous_address if change.action is Action.REPLACE and ours else None,
        usage=change.usage,
    )


def _both(first: RunEffect, then: RunEffect) -> RunEffect:
    """A rename with the edit that follows it, or an edit after which it is not tracked."""
    if then.after is None or then.before == then.after:
        return replace(first, tracked_after=then.tracked_after)
    return replace(first, before=then.before, after=then.after, tracked_after=then.tracked_after)

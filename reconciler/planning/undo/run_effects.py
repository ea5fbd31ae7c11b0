"""What a run did to each resource, over all its changes of that resource.

It comes from the run's plan and journal. Only steps that succeeded count, and not those whose
change already existed when the run started them. Changes that the platform made to referrers
because of the run count too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.errors import PlanForeign, PlanRefused, StateError
from reconciler.kinds.address import Address, ancestors, identity
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import Usage
from reconciler.message import Command, Message
from reconciler.planning.change import Action, Change, ChangeKey, Tracking
from reconciler.planning.effects.consequences import field_after
from reconciler.planning.plan import Consequence, Plan
from reconciler.state.journal import Step, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.runs import Run

_MAKES = (Action.CREATE, Action.REPLACE)


@dataclass(frozen=True, slots=True)
class RunEffect:
    """One resource before and after a run."""

    address: Address
    """Its address after the run."""
    kind: Kind
    before: Fields | None
    """Its fields before the run, None when it did not exist. Equal to `after` when the run changed
    only the ledger. Only the changed fields when `by_consequence`."""
    after: Fields | None
    """Its fields after the run, as for `before`."""
    tracked_before: Tracking | None
    tracked_after: Tracking | None
    renamed_from: Address | None = None
    """Its address before the run."""
    replaced: Address | None = None
    """The address of the resource that it replaced."""
    usage: Usage | None = None
    by_consequence: bool = False
    """Whether the platform changed it by itself, because of another change."""

    @property
    def key(self) -> str:
        """The identity of its address."""
        return identity(self.address)

    @property
    def is_created(self) -> bool:
        """Whether the run created it."""
        return self.before is None and self.after is not None

    @property
    def is_deleted(self) -> bool:
        """Whether the run deleted it."""
        return self.before is not None and self.after is None

    @property
    def is_tracked_since(self) -> bool:
        """Whether the ledger has it because of the run."""
        return self.tracked_before is None and self.tracked_after is not None


def check_can_be_undone(run: Run, here: LedgerKey) -> None:
    """Raises PlanForeign for a run of another ledger, PlanRefused and StateError for one that
    cannot be undone."""
    if run.key != here:
        command = Command.of("undo", run.id, "--env", run.key.environment)
        raise PlanForeign(
            f"run {run.id} belongs to {run.key}, and this is {here}",
            next_step=Message.of("undo it in its environment: {command}", command=command)
            if run.key.is_other_environment(here)
            else "",
        )
    if run.finished_at is None:
        raise PlanRefused(
            f"run {run.id} is unfinished",
            next_step=Message.of(
                "settle it first with {resume}", resume=Command.of("apply", "--resume", run.id)
            ),
        )
    if run.pruned:
        raise StateError(
            f"run {run.id} cannot be undone: it was pruned, so the fields before it are no longer "
            "stored",
            next_step=Message.of("list the runs with {history}", history=Command.of("history")),
        )


def run_effects(plan: Plan, steps: Sequence[Step]) -> tuple[RunEffect, ...]:
    """What a run did to each resource, in the order of the plan."""
    made = list(_made_changes(plan, steps))
    deleted = {identity(c.address) for c, sent in made if _is_own_delete(c, sent=sent)}
    effects: dict[str, RunEffect] = {}
    for change, sent in made:
        by_parent = any(upper in deleted for upper in ancestors(identity(change.address)))
        is_ours = by_parent if change.cascaded else sent or not change.sends
        effect = _effect_of(change, is_ours=is_ours)
        known = effects.get(effect.key)
        effects[effect.key] = effect if known is None else _combined(known, effect)
    sent_by_key = {change.key: sent for change, sent in made}
    for consequence in plan.consequences:
        _add_consequence(effects, consequence, sent_by_key)
    return tuple(effects.values())


def _add_consequence(
    effects: dict[str, RunEffect], consequence: Consequence, made: Mapping[ChangeKey, bool]
) -> None:
    """Add what the platform did to a referrer. `made` has the key of each change that was made,
    and whether the run sent it."""
    name = consequence.field
    before = field_after(consequence, lambda key: made.get(key) is False)
    after = field_after(consequence, made.__contains__)
    if before == after:
        return
    key = identity(consequence.address)
    known = effects.get(key)
    if known is None:
        kind = KINDS[consequence.kind]
        known = RunEffect(consequence.address, kind, {}, {}, None, None, by_consequence=True)
    if known.by_consequence:
        known = replace(known, before={**(known.before or {}), name: before})
    effects[key] = replace(known, after={**(known.after or {}), name: after})


def _made_changes(plan: Plan, steps: Sequence[Step]) -> Iterator[tuple[Change, bool]]:
    """The changes that were made, and whether a request of the run made each of them."""
    for step in steps:
        if step.state is StepState.SUCCEEDED:
            yield plan.changes[step.seq], step.status_code is not None


def _is_own_delete(change: Change, *, sent: bool) -> bool:
    return sent and change.action is Action.DELETE and not change.cascaded


def _effect_of(change: Change, *, is_ours: bool) -> RunEffect:
    is_gone = change.action in (Action.DELETE, Action.FORGET)
    is_renamed = change.action is Action.RENAME and is_ours
    is_replaced = change.action is Action.REPLACE and is_ours
    return RunEffect(
        address=change.address,
        kind=KINDS[change.kind],
        before=(None if change.action in _MAKES else change.before) if is_ours else change.after,
        after=change.after,
        tracked_before=change.previous_tracking,
        tracked_after=None if is_gone else change.tracking or change.previous_tracking,
        renamed_from=change.previous_address if is_renamed else None,
        replaced=change.previous_address if is_replaced else None,
        usage=change.usage,
    )


def _combined(first: RunEffect, second: RunEffect) -> RunEffect:
    """The effect of a rename and the edit after it, or of an edit and the forget after it."""
    if second.after is None or second.before == second.after:
        return replace(first, tracked_after=second.tracked_after)
    return replace(
        first, before=second.before, after=second.after, tracked_after=second.tracked_after
    )

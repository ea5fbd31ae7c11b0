"""A plan compared with the platform and the ledger at one moment.

It is computed once from fresh facts. Every other recheck is a function of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.applying.rechecks.change_state import ChangeState, CheckedChange, check_write
from reconciler.applying.rechecks.old_names import OldNames
from reconciler.kinds.address import identity, parent_of
from reconciler.kinds.base import Life
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.plan import Plan
from reconciler.state.ledger import Ledger


@dataclass(frozen=True, slots=True)
class PlanState:
    """A plan, the facts of now, and what the comparison shows.

    `checked` holds the changes without an outcome yet, by key. `made` holds the keys of the
    changes that the plan's run made. `names` are the platform's. `began` is when the plan began
    to be applied, by the platform's clock.
    """

    plan: Plan
    live: Snapshot
    ledger: Ledger
    names: OldNames
    checked: Mapping[str, CheckedChange]
    began: datetime
    made: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        plan: Plan,
        live: Snapshot,
        ledger: Ledger,
        *,
        began: datetime,
        pending: frozenset[str],
        made: frozenset[str] = frozenset(),
    ) -> PlanState:
        """Compare the changes whose keys are in `pending` with the platform."""
        names = OldNames.on_platform(plan.changes, live.resources, pending)
        checked = _checked(plan, live.resources, names, pending)
        return cls(plan, live, ledger, names, checked, began, made)

    @property
    def pending(self) -> Collection[str]:
        """The keys of the changes without an outcome yet."""
        return self.checked.keys()

    def keys(self, state: ChangeState) -> frozenset[str]:
        """The keys of the changes in one state."""
        return frozenset(key for key, found in self.checked.items() if found.state is state)

    def is_made(self, change: Change) -> bool:
        """Whether its effect is on the platform, made by this run or by somebody else."""
        if change.key in self.made:
            return True
        found = self.checked.get(change.key)
        return change.writes and found is not None and found.state is ChangeState.DONE

    def is_to_do(self, change: Change) -> bool:
        """Whether the run will make it if the guards allow it; ledger-only changes count."""
        found = self.checked.get(change.key)
        return (
            found is not None and found.state is not ChangeState.STALE and not self.is_made(change)
        )

    def with_stale(self, reasons: Mapping[str, Message], *, even_done: bool = False) -> PlanState:
        """The same state, where the changes in `reasons` are stale; reasons are keyed by change.

        Only changes to do become stale, unless `even_done`.
        """
        checked = {
            key: CheckedChange(ChangeState.STALE, found.live, reasons[key])
            if key in reasons and (even_done or found.state is ChangeState.TO_DO)
            else found
            for key, found in self.checked.items()
        }
        return replace(self, checked=checked)


def _checked(
    plan: Plan, live: Mapping[str, LiveResource], names: OldNames, pending: frozenset[str]
) -> dict[str, CheckedChange]:
    created = {
        identity(change.address)
        for change in plan.changes
        if change.action in (Action.CREATE, Action.REPLACE) and change.key in pending
    }
    return {
        change.key: _check(change, live, names, created)
        for change in plan.changes
        if change.key in pending
    }


def _check(
    change: Change,
    live: Mapping[str, LiveResource],
    names: OldNames,
    created: Collection[str],
) -> CheckedChange:
    """Compare a change with the platform. `created` holds the identities this run will create."""
    if change.action is Action.FORGET:
        return CheckedChange(ChangeState.TO_DO, live.get(identity(change.address)))
    if change.action is Action.RENAME:
        return names.check_rename(change, live)
    found = live.get(identity(names.of(change.address)))
    if found is None and change.action is Action.DELETE:
        return CheckedChange(ChangeState.DONE)
    if change.action in (Action.CREATE, Action.REPLACE, Action.DELETE):
        return check_write(change, found, if_missing=None)
    if found is None and _appears_with_parent(change, created):
        return CheckedChange(ChangeState.TO_DO)
    return check_write(change, found, if_missing=change.before)


def _appears_with_parent(change: Change, created: Collection[str]) -> bool:
    """Whether it always exists with its campaign, and this run has yet to create that."""
    kind = KINDS.named(change.kind)
    if kind is None or kind.life is Life.ENTRY:
        return False
    parent = parent_of(identity(change.address))
    return parent in created or parent_of(parent) in created

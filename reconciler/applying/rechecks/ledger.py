"""A plan compared with the ledger: which changes start from an entry that changed since.

A change is stale when the ledger entry it was planned from has changed since, when another
project owns the resource now, or when a delete would take along a managed resource that the plan
does not show. The platform is compared in `change_state`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.applying.rechecks.change_state import ChangeState
from reconciler.applying.rechecks.old_names import OldNames
from reconciler.applying.rechecks.plan_state import PlanState
from reconciler.kinds.address import Address, ancestors, identity
from reconciler.kinds.registry import place
from reconciler.message import Message
from reconciler.planning.change import Action, Change, Tracking
from reconciler.planning.plan import Plan
from reconciler.state.ledger import Ledger


@dataclass(frozen=True, slots=True)
class StaleEntry:
    """A ledger entry that differs from the one a change was planned from.

    `address` is the change's own address, or one below what it deletes. `difference` completes
    the sentence that begins with the address: `is protected now`.
    """

    address: Address
    difference: str

    def message(self) -> Message:
        """The difference as a sentence."""
        return Message.of(
            "{address} {difference}", address=place(self.address), difference=self.difference
        )


def stale_entries(state: PlanState) -> dict[str, StaleEntry]:
    """The pending changes whose ledger entry changed since, by key.

    A change that is done on the platform is not stale when the ledger, too, is as it would leave
    it: another plan made both. What this run's changes left in the ledger is expected.
    """
    plan, ledger, done = state.plan, state.ledger, state.keys(ChangeState.DONE)
    names = OldNames.in_ledger(plan.changes, ledger.entries, state.pending)
    expected = _tracking_after(change for change in plan.changes if change.key in state.made)
    final = _tracking_after(plan.changes)
    found: dict[str, StaleEntry] = {}
    for change in plan.changes:
        if change.key not in state.pending:
            continue
        key = identity(names.of(change.address))
        was = expected.get(identity(change.address), change.previous_tracking)
        now = Tracking.of(ledger.entries.get(key))
        difference = _owner_text(change, ledger.foreign.get(key, "")) or _entry_text(was, now)
        is_done = change.key in done or change.action is Action.FORGET
        if difference and not (is_done and now == final[identity(change.address)]):
            found[change.key] = StaleEntry(change.address, difference)
    for change, key, difference in _taken_along(state, names):
        live = state.live.find(key)
        address = Address(key) if live is None else live.address
        found.setdefault(change.key, StaleEntry(address, difference))
    return found


def with_ledger_facts(state: PlanState) -> Plan:
    """The plan, whose pending changes have owner and protection as the ledger has them now.

    Guards judge these facts, so they must be fresh.
    """
    plan, ledger = state.plan, state.ledger
    names = OldNames.in_ledger(plan.changes, ledger.entries, state.pending)
    return replace(
        plan,
        changes=tuple(
            _with_facts(change, ledger, identity(names.of(change.address)))
            if change.key in state.pending
            else change
            for change in plan.changes
        ),
    )


def _with_facts(change: Change, ledger: Ledger, key: str) -> Change:
    entry = ledger.entries.get(key)
    released = entry is None and change.previous_tracking is not None
    return replace(
        change,
        owner=ledger.foreign.get(key, change.owner),
        protected=change.protected or (entry is not None and entry.protect),
        unowned=change.unowned or released,
    )


def _tracking_after(changes: Iterable[Change]) -> dict[str, Tracking | None]:
    """The ledger entries that changes leave once they are made, by identity of the address."""
    tracking: dict[str, Tracking | None] = {}
    for change in changes:
        is_removed = change.action in (Action.DELETE, Action.FORGET)
        tracking[identity(change.address)] = (
            None if is_removed else change.tracking or change.previous_tracking
        )
    return tracking


def _owner_text(change: Change, owner: str) -> str:
    return "" if owner in ("", change.owner) else _managed_by(owner)


def _managed_by(project: str) -> str:
    return f"is managed by project '{project}' now"


def _entry_text(was: Tracking | None, now: Tracking | None) -> str:
    if now == was:
        return ""
    if now is None:
        return "is not managed any more"
    if was is None:
        return "is managed now"
    return " and ".join(_differences(was, now))


def _differences(was: Tracking, now: Tracking) -> Iterator[str]:
    if now.protect is not was.protect:
        yield "is protected now" if now.protect else "is not protected any more"
    if now.on_remove != was.on_remove:
        yield f"has `on_remove: {now.on_remove}` now"
    if now.form != was.form:
        yield f"is declared in {now.form} form now"
    if now.fields != was.fields:
        names = sorted({*was.fields, *now.fields})
        changed = [name for name in names if was.fields.get(name) != now.fields.get(name)]
        yield f"was applied with other values ({', '.join(changed)})"


def _taken_along(state: PlanState, names: OldNames) -> Iterator[tuple[Change, str, str]]:
    """The managed resources below a pending delete or rename that the plan has no change for.

    Each with that delete or rename, its identity, and who manages it. A rename may move what this
    ledger manages, and must not move what another project manages.
    """
    changes = state.plan.changes
    known = {identity(names.of(change.address)) for change in changes}
    own = [change for change in changes if change.key in state.pending and not change.cascaded]
    deletes = {identity(names.of(c.address)): c for c in own if c.action is Action.DELETE}
    renames = {
        key: change
        for change in own
        if change.action is Action.RENAME
        for key in (identity(names.of(change.address)), identity(change.address))
    }
    managed_here = dict.fromkeys(state.ledger.entries, "is managed now")
    managed_elsewhere = {key: _managed_by(owner) for key, owner in state.ledger.foreign.items()}
    for roots, managed in ((deletes, managed_here), ({**renames, **deletes}, managed_elsewhere)):
        for key, difference in managed.items() if roots else ():
            change = _at_or_above(key, roots)
            if change is not None and key not in known:
                yield change, key, difference


def _at_or_above(key: str, roots: Mapping[str, Change]) -> Change | None:
    if key in roots:
        return roots[key]
    return next((roots[parent] for parent in ancestors(key) if parent in roots), None)

"""A plan held against the ledger as it is now: which changes no longer start from what they saw.

A change is stale when the ledger entry it was planned from has changed since, when another
project owns the resource now, or when a delete would take along what the ledger tracks and the
plan does not show. The platform is not looked at here: `verification` does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.applying.rechecks.live import OldNames
from reconciler.kinds.address import Address, ancestors, identity
from reconciler.live.platform import Snapshot
from reconciler.planning.change import Action, Change, Tracking
from reconciler.planning.plan import Plan
from reconciler.state.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Departure:
    """How the ledger differs from what a change was planned from.

    `address` is where it differs: the change's own address, or one below what it deletes.
    """

    address: Address
    what: str

    def __str__(self) -> str:
        return f"{self.address} {self.what}"


def departures(
    changes: Sequence[Change],
    ledger: Ledger,
    live: Snapshot,
    *,
    pending: frozenset[str],
    done: frozenset[str] = frozenset(),
    made: frozenset[str] = frozenset(),
) -> dict[str, Departure]:
    """The stale changes among those that are `pending`, by key. `live` is for spelling alone.

    `done` holds the keys of those that the platform shows as done already: where the ledger is as
    they would leave it too, another plan made them. `made` holds the keys of the changes that the
    plan's own run has made: what they left in the ledger is what the changes after them expect.
    """
    names = OldNames.in_ledger(changes, pending, ledger.entries)
    left = _left_by(change for change in changes if change.key in made)
    final = _left_by(changes)
    found: dict[str, Departure] = {}
    for change in changes:
        if change.key not in pending:
            continue
        key = identity(names.of(change.address))
        expected = left.get(identity(change.address), change.previous_tracking)
        now = Tracking.of(ledger.entries.get(key))
        what = _owner_since(change, ledger.foreign.get(key, "")) or _entry_since(expected, now)
        is_done = change.key in done or change.action is Action.FORGET
        if what and not (is_done and now == final[identity(change.address)]):
            found[change.key] = Departure(change.address, what)
    for change, key, what in _taken_along(changes, ledger, names, pending):
        here = live.find(key)
        address = Address(key) if here is None else here.address
        found.setdefault(change.key, Departure(address, what))
    return found


def with_ledger_facts(plan: Plan, ledger: Ledger, pending: frozenset[str]) -> Plan:
    """The plan with owner, protection and release of its pending changes as the ledger has them.

    Guards judge these, so they must not rest on what was so when the plan was made.
    """
    names = OldNames.in_ledger(plan.changes, pending, ledger.entries)
    return replace(
        plan,
        changes=tuple(
            _with_facts(change, ledger, identity(names.of(change.address)))
            if change.key in pending
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


def _left_by(changes: Iterable[Change]) -> dict[str, Tracking | None]:
    """What changes leave in the ledger once they are made, by identity of the address."""
    left: dict[str, Tracking | None] = {}
    for change in changes:
        gone = change.action in (Action.DELETE, Action.FORGET)
        left[identity(change.address)] = (
            None if gone else change.tracking or change.previous_tracking
        )
    return left


def _owner_since(change: Change, owner: str) -> str:
    return "" if owner in ("", change.owner) else _by_another(owner)


def _by_another(project: str) -> str:
    return f"is managed by project '{project}' now"


def _entry_since(was: Tracking | None, now: Tracking | None) -> str:
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


def _taken_along(
    changes: Sequence[Change], ledger: Ledger, names: OldNames, pending: frozenset[str]
) -> Iterator[tuple[Change, str, str]]:
    """What is tracked below a pending delete or rename, and the plan has no change for: the change,
    the identity of what it would take along, and how that is tracked.

    A rename moves what this ledger tracks with it, and must not move what another project has.
    """
    known = {identity(names.of(change.address)) for change in changes}
    own = [change for change in changes if change.key in pending and not change.cascaded]
    deletes = {identity(names.of(c.address)): c for c in own if c.action is Action.DELETE}
    renames = {
        key: change
        for change in own
        if change.action is Action.RENAME
        for key in (identity(names.of(change.address)), identity(change.address))
    }
    here = dict.fromkeys(ledger.entries, "is managed now")
    elsewhere = {key: _by_another(owner) for key, owner in ledger.foreign.items()}
    for roots, others in ((deletes, here), ({**renames, **deletes}, elsewhere)):
        for key, what in others.items() if roots else ():
            change = _at_or_above(key, roots)
            if change is not None and key not in known:
                yield change, key, what


def _at_or_above(key: str, roots: Mapping[str, Change]) -> Change | None:
    if key in roots:
        return roots[key]
    return next((roots[upper] for upper in ancestors(key) if upper in roots), None)

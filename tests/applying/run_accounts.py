"""Checks a finished run: no lost, repeated, collateral or unreported writes, and a right ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.applying.ledger_changes import ledger_changes
from reconciler.applying.run_progress import SETTLED
from reconciler.kinds.address import Address, identity
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.planning.change import Action, Change
from reconciler.planning.effects.consequences import field_after
from reconciler.planning.plan import Plan
from reconciler.state.changes import Rebase, Remove, Upsert
from reconciler.state.journal import Step, StepState
from reconciler.state.ledger import LedgerEntry
from tests.torture.tally import COUNTERS

_AUDITED = {
    Action.CREATE: "create",
    Action.REPLACE: "create",
    Action.UPDATE: "update",
    Action.ADOPT: "update",
    Action.DELETE: "delete",
    Action.RENAME: "rename",
}


@dataclass
class Account:
    """The differences between the effects of an apply and its report."""

    doubled: list[str] = field(default_factory=list)
    collateral: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    wrong_owner: list[str] = field(default_factory=list)
    written: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The number of findings by `tally.COUNTERS`."""
        found = (self.lost, self.doubled, self.collateral, self.silent, self.wrong_owner)
        return dict(zip(COUNTERS, map(len, found), strict=True))

    @property
    def clean(self) -> bool:
        return not any(self.counts.values())


def account(
    plan: Plan,
    steps: Sequence[Step],
    audit: Sequence[Mapping[str, Any]],
    live: Snapshot,
    *,
    touched: frozenset[str] = frozenset(),
) -> Account:
    """Compare the platform's audit log with the journal.

    `audit` are the entries since the plan was made. `touched` are the identities of resources that
    people changed meanwhile; these are not checked.
    """
    found = Account()
    foretold = {
        (identity(consequence.address), consequence.field) for consequence in plan.consequences
    }
    results = [entry for entry in audit if entry["by"] == "ci" and _is_result(entry, foretold)]
    ours = Counter(
        (entry["action"], identity(entry["address"]))
        for entry in audit
        if entry["by"] == "ci"
        and entry not in results
        and (entry["action"] != "rename" or entry["changes"])
    )
    found.written = sum(ours.values())
    expected = {
        (_AUDITED[change.action], identity(change.address))
        for change in plan.changes
        if change.writes
    }
    found.doubled = [f"{key}: {count} times" for key, count in ours.items() if count > 1]
    found.collateral = [
        str(key) for key in ours if key not in expected and not _goes_along(key, expected)
    ]
    state = {step.seq: step for step in steps}
    found.collateral += _wrong_results(plan, state, live.resources, touched)
    for seq, change in enumerate(plan.changes):
        if not change.writes:
            continue
        where = identity(change.address)
        written = (_AUDITED[change.action], where) in ours
        step = state[seq]
        if _of_people(change, touched):
            continue
        if step.state is StepState.SUCCEEDED:
            if not written and change.sends and "already" not in str(step.detail):
                found.lost.append(f"{change.key}: said to be done, never written")
            if not _is_there(change, plan, state, live.resources):
                found.lost.append(f"{change.key}: said to be done, not so now")
        elif written and not step.fenced and step.state not in _open(change):
            found.silent.append(f"{change.key}: written, said to be {step.state} ({step.detail})")
    return found


def _open(change: Change) -> tuple[StepState, ...]:
    """The step states that do not say whether a change was made."""
    if change.cascaded:
        return (StepState.SENT, StepState.UNKNOWN, StepState.PENDING)
    return (StepState.SENT, StepState.UNKNOWN)


def _is_result(one: Mapping[str, Any], foretold: set[tuple[str, str]]) -> bool:
    """Whether the platform changed a referrer exactly as planned."""
    where = identity(one["address"])
    return one["action"] == "update" and all(
        (where, change["path"]) in foretold for change in one["changes"]
    )


def _wrong_results(
    plan: Plan,
    state: Mapping[int, Step],
    live: Mapping[str, LiveResource],
    touched: frozenset[str],
) -> Iterator[str]:
    """The referrers that differ from the plan after these steps."""
    made = {plan.changes[seq].key: step.state for seq, step in state.items()}
    for consequence in plan.consequences:
        causes = {key for lost in consequence.references for key in lost.changes}
        here = live.get(identity(consequence.address))
        if here is None or identity(consequence.address) in touched:
            continue
        if all(made[key] in SETTLED for key in causes):
            expected = field_after(consequence, lambda key: made[key] is StepState.SUCCEEDED)
            if here.fields[consequence.field] != expected:
                field, found = consequence.field, here.fields[consequence.field]
                yield f"{consequence.address}: {field} is {found}, not {expected}"


def _goes_along(key: tuple[str, str], expected: set[tuple[str, str]]) -> bool:
    """Whether it is an unchanged channel or member list that was deleted with its campaign."""
    action, where = key
    campaign = "/".join(where.split("/")[:2])
    always = where == f"{campaign}/members" or where.startswith(f"{campaign}/channels/")
    return action == "delete" and always and ("delete", campaign) in expected


def _of_people(change: Change, touched: frozenset[str]) -> bool:
    places = {identity(change.address), identity(change.previous_address or change.address)}
    return any(
        item == place or item.startswith(place + "/") or place.startswith(item + "/")
        for item in touched
        for place in places
    )


def _is_there(
    change: Change, plan: Plan, state: Mapping[int, Step], live: Mapping[str, LiveResource]
) -> bool:
    one = live.get(identity(change.address))
    if change.action is Action.DELETE:
        return one is None
    if change.action is Action.RENAME:
        return one is not None
    return one is not None and one.fields == change.after


def expected_ledger(
    before: Mapping[str, LedgerEntry], plan: Plan, steps: Sequence[Step]
) -> dict[str, LedgerEntry]:
    """The ledger with the changes of exactly the succeeded steps."""
    entries = dict(before)
    for change, step in zip(plan.changes, steps, strict=True):
        if step.state is not StepState.SUCCEEDED:
            continue
        for item in ledger_changes(change):
            if isinstance(item, Upsert):
                entries[identity(item.entry.address)] = item.entry
            elif isinstance(item, Remove):
                entries.pop(identity(item.address), None)
            else:
                _rebase(entries, item)
    return entries


def _rebase(entries: dict[str, LedgerEntry], move: Rebase) -> None:
    root = identity(move.old)
    moving = [key for key in entries if key == root or key.startswith(root + "/")]
    for entry in [entries.pop(key) for key in moving]:
        tail = entry.address.split("/")[move.old.count("/") + 1 :]
        address = Address("/".join([move.new, *tail]))
        entries[identity(address)] = replace(entry, address=address)

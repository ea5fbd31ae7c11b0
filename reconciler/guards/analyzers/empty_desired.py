"""empty-desired: a list would lose its last entry, or the manifests declare nothing.

The usual cause is a wrong folder or a missing file. It blocks; a list with one entry warns. Lists
that are deleted with their campaign are not reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import (
    LiveNames,
    deleted_campaigns,
    goes_with_its_campaign,
    replaced_names,
)
from reconciler.guards.list_scopes import DIRECTORY, count_live, is_list_deleted, lists_in_scope
from reconciler.kinds.address import identity, split
from reconciler.kinds.base import Life
from reconciler.kinds.keyed_lists import listed_names
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.change import Action, Change, Reason
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.planning.plan import Unknown
from reconciler.text import counted

CODE = "empty-desired"
_REMOVE_THE_KEY = "remove the key from the manifest to leave the list alone; `[]` empties it"
_SAFER = {
    Reason.REMOVED_FROM_GIT: "restore the documents that declare them; to stop managing them and "
    "leave them in place, first apply `lifecycle: {on_remove: keep}`",
    Reason.NOT_IN_EXCLUSIVE_COLLECTION: "declare the entries to keep, or remove the collection "
    "from `ownership`",
    Reason.UNDONE: "instead of the undo, write a plan that deletes only what you want gone",
}
"""What to do instead, by the reason for the deletes. Otherwise a list's key can be removed."""
_DECLARES = (Action.CREATE, Action.UPDATE, Action.RENAME, Action.REPLACE, Action.ADOPT)


@dataclass(frozen=True, slots=True)
class _EmptiedList:
    address: str
    had: int
    safer: str = _REMOVE_THE_KEY


@dataclass(slots=True)
class _Balance:
    """How many entries a list gains, negative when it loses some, and why entries leave."""

    address: str
    gain: int = 0
    reasons: set[Reason] = field(default_factory=set)

    @property
    def safer(self) -> str:
        """What to do instead, for the first reason that has advice."""
        return next((text for why, text in _SAFER.items() if why in self.reasons), _REMOVE_THE_KEY)


def _analyze(review: Review) -> Iterator[Finding]:
    reported: set[str] = set()
    if _declares_nothing(review):
        for finding in _nothing_declared(review):
            reported.add(identity(finding.address))
            yield finding
    for emptied in (*_emptied_members(review), *_emptied_lists(review)):
        if identity(emptied.address) not in reported:
            yield _finding(emptied)


def _declares_nothing(review: Review) -> bool:
    plan = review.plan
    if plan.undoes or not review.ledger.entries or plan.unchanged:
        return False
    if any(_may_hide_a_declaration(unknown) for unknown in plan.unknowns):
        return False
    return not any(change.action in _DECLARES for change in plan.changes)


def _may_hide_a_declaration(unknown: Unknown) -> bool:
    """Whether the manifests may declare something there that the plan leaves out."""
    if unknown.is_resource:
        return unknown.wanted > 0
    return unknown.collection not in DIRECTORY


def _nothing_declared(review: Review) -> Iterator[Finding]:
    owned = Counter(split(entry.address)[0] for entry in review.ledger.entries.values())
    for collection, count in sorted(owned.items()):
        message = Message.of(
            "the manifests declare nothing, and this project manages {resources} here",
            resources=counted(count, "resource"),
        )
        safer = "check that this is the right folder and that its files exist"
        evidence = Evidence.of({"owned": count}, headline="owned")
        yield finding(CODE, "block", collection, message, safer, evidence)


def _emptied_members(review: Review) -> Iterator[_EmptiedList]:
    for change in review.plan.changes:
        if change.cascaded or change.before is None or change.after is None:
            continue
        kind = KINDS[change.kind]
        if kind.life is Life.ORDERED_LIST:
            had = len(listed_names(kind, change.before))
            if had and not listed_names(kind, change.after):
                yield _EmptiedList(change.address, had)


def _emptied_lists(review: Review) -> Iterator[_EmptiedList]:
    changes = review.plan.changes
    shrinking = [balance for balance in _balances(changes).values() if balance.gain < 0]
    if not shrinking:
        return
    kinds = frozenset(c.kind for c in changes if c.action is Action.DELETE)
    names = LiveNames.of(changes)
    live_counts = {identity(name): count for name, count in count_live(review, kinds).items()}
    for balance in shrinking:
        had = live_counts.get(identity(names.before(balance.address)), 0)
        if had and had + balance.gain <= 0:
            yield _EmptiedList(balance.address, had, balance.safer)


def _balances(changes: tuple[Change, ...]) -> dict[str, _Balance]:
    """What each list gains and loses, by identity of its address."""
    campaigns, replaced = deleted_campaigns(changes), replaced_names(changes)
    deleted = frozenset(identity(c.address) for c in changes if c.action is Action.DELETE)
    balances: dict[str, _Balance] = {}
    for change in changes:
        if change.action is Action.CREATE:
            gain = 1
        elif change.action is Action.DELETE and identity(change.address) not in replaced:
            gain = -1
        else:
            continue
        if goes_with_its_campaign(change, campaigns):
            continue
        kind = KINDS[change.kind]
        if kind.life is not Life.ENTRY:
            continue
        for listed in lists_in_scope(kind, change.address):
            key = identity(listed)
            if not is_list_deleted(key, deleted):
                balance = balances.setdefault(key, _Balance(listed))
                balance.gain += gain
                if gain < 0:
                    balance.reasons.add(change.reason)
    return balances


def _finding(emptied: _EmptiedList) -> Finding:
    message = Message.of(
        "this list would be empty: it has {entries} now",
        entries=counted(emptied.had, "entry", "entries"),
    )
    evidence = Evidence.of({"entries": emptied.had}, headline="entries")
    severity: Severity = "block" if emptied.had > 1 else "warn"
    return finding(CODE, severity, emptied.address, message, emptied.safer, evidence)


GUARD = Guard(CODE, "A list would be emptied, or the manifests declare nothing.", _analyze, __doc__)

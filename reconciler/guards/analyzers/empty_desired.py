"""empty-desired: a list would have nothing left, or the manifests ask for nothing at all.

The usual cause is a wrong folder or a file that went missing. A list of one entry that loses it
warns; lists that go with what they belong to are not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.guards.context import Guard, Review
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
from reconciler.planning.change import Action, Change, Reason
from reconciler.planning.findings import Evidence, Finding
from reconciler.planning.plan import Unknown
from reconciler.text import counted

CODE = "empty-desired"
_OF_A_KEY = "take the key out of the manifest to leave the list alone; `[]` empties it"
_SAFER = {
    Reason.REMOVED_FROM_GIT: "put back the documents that declare them; to leave them where they "
    "are and stop managing them, apply `lifecycle: {on_remove: keep}` before",
    Reason.NOT_IN_EXCLUSIVE_COLLECTION: "declare what is to stay, or take the collection out of "
    "`ownership`",
    Reason.UNDONE: "plan what is to go, instead of taking back all that the run made",
}
"""The way out for entries that leave for a reason, where no list's key is to be taken out."""
_WANTED = (Action.CREATE, Action.UPDATE, Action.RENAME, Action.REPLACE, Action.ADOPT)


@dataclass(frozen=True, slots=True)
class _Emptied:
    """A list that would have nothing left of what it `had`, and the way out."""

    address: str
    had: int
    safer: str = _OF_A_KEY


@dataclass(slots=True)
class _Balance:
    """How many entries more a list would have, and why those that leave do."""

    address: str
    more: int = 0
    reasons: set[Reason] = field(default_factory=set)

    @property
    def safer(self) -> str:
        """The way out, by the first reason that has one of its own."""
        return next((text for why, text in _SAFER.items() if why in self.reasons), _OF_A_KEY)


def _analyze(review: Review) -> Iterator[Finding]:
    told: set[str] = set()
    if _asks_for_nothing(review):
        for finding in _nothing_wanted(review):
            told.add(identity(finding.address))
            yield finding
    for emptied in (*_emptied_members(review), *_emptied_lists(review)):
        if identity(emptied.address) not in told:
            yield _finding(emptied)


def _asks_for_nothing(review: Review) -> bool:
    plan = review.plan
    if plan.undoes or not review.ledger.entries or plan.unchanged:
        return False
    if any(_may_hide_a_wish(unknown) for unknown in plan.unknowns):
        return False
    return not any(change.action in _WANTED for change in plan.changes)


def _may_hide_a_wish(unknown: Unknown) -> bool:
    """Whether the manifests may ask for something that the plan leaves alone for it."""
    if unknown.is_resource:
        return unknown.wanted > 0
    return unknown.collection not in DIRECTORY


def _nothing_wanted(review: Review) -> Iterator[Finding]:
    owned = Counter(split(entry.address)[0] for entry in review.ledger.entries.values())
    for collection, count in sorted(owned.items()):
        yield Finding(
            code=CODE,
            severity="block",
            address=collection,
            message="the manifests ask for nothing at all, while this project owns "
            f"{counted(count, 'resource')} here",
            evidence=Evidence(counts={"owned": count}, headline="owned"),
            safer="check that this is the right folder and that its files are there",
            approval=collection,
        )


def _emptied_members(review: Review) -> Iterator[_Emptied]:
    for change in review.plan.changes:
        if change.cascaded or change.before is None or change.after is None:
            continue
        kind = KINDS[change.kind]
        if kind.life is Life.ORDERED_LIST:
            had = len(listed_names(kind, change.before))
            if had and not listed_names(kind, change.after):
                yield _Emptied(change.address, had)


def _emptied_lists(review: Review) -> Iterator[_Emptied]:
    changes = review.plan.changes
    balance = _balance(changes)
    leaving = [one for one in balance.values() if one.more < 0]
    if not leaving:
        return
    kinds = frozenset(c.kind for c in changes if c.action is Action.DELETE)
    names = LiveNames.of(changes)
    there = {identity(name): count for name, count in count_live(review, kinds).items()}
    for one in leaving:
        had = there.get(identity(names.before(one.address)), 0)
        if had and had + one.more <= 0:
            yield _Emptied(one.address, had, one.safer)


def _balance(changes: tuple[Change, ...]) -> dict[str, _Balance]:
    """What each list would gain and lose, by identity."""
    campaigns, replaced = deleted_campaigns(changes), replaced_names(changes)
    deleted = frozenset(identity(c.address) for c in changes if c.action is Action.DELETE)
    balance: dict[str, _Balance] = {}
    for change in changes:
        if change.action is Action.CREATE:
            more = 1
        elif change.action is Action.DELETE and identity(change.address) not in replaced:
            more = -1
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
                found = balance.setdefault(key, _Balance(listed))
                found.more += more
                if more < 0:
                    found.reasons.add(change.reason)
    return balance


def _finding(one: _Emptied) -> Finding:
    return Finding(
        code=CODE,
        severity="block" if one.had > 1 else "warn",
        address=one.address,
        message=f"nothing would be left here of {counted(one.had, 'entry', 'entries')}",
        evidence=Evidence(counts={"entries": one.had}, headline="entries"),
        safer=one.safer,
        approval=one.address,
    )


GUARD = Guard(CODE, "A list would be emptied, or the manifests ask for nothing.", _analyze)

"""empty-desired: a list would have nothing left, or the manifests ask for nothing at all.

The usual cause is a wrong folder or a file that went missing. A list of one entry that loses it
warns; lists that go with what they belong to are not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.guards.facts import (
    Names,
    deleted_campaigns,
    goes_with_its_campaign,
    keyed_entries,
    kind_of,
    replaced_names,
)
from reconciler.guards.lists import DIRECTORY, is_gone, lived, own_lists
from reconciler.guards.review import Guard, Review
from reconciler.guards.wording import counted
from reconciler.kinds.address import identity
from reconciler.kinds.base import Life
from reconciler.planning.model import Action, Change, Evidence, Finding

CODE = "empty-desired"
_WANTED = (Action.CREATE, Action.UPDATE, Action.RENAME, Action.REPLACE, Action.ADOPT)


def _analyze(review: Review) -> Iterator[Finding]:
    told: set[str] = set()
    if _asks_for_nothing(review):
        for finding in _nothing_wanted(review):
            told.add(identity(finding.address))
            yield finding
    for address, had in (*_emptied_members(review), *_emptied_lists(review)):
        if identity(address) not in told:
            yield _finding(address, had)


def _asks_for_nothing(review: Review) -> bool:
    plan = review.plan
    if plan.undoes or not review.ledger.entries or plan.unchanged:
        return False
    if any(unknown.collection not in DIRECTORY for unknown in plan.unknowns):
        return False
    return not any(change.action in _WANTED for change in plan.changes)


def _nothing_wanted(review: Review) -> Iterator[Finding]:
    owned = Counter(entry.address.split("/")[0] for entry in review.ledger.entries.values())
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


def _emptied_members(review: Review) -> Iterator[tuple[str, int]]:
    for change in review.plan.changes:
        if change.cascaded or change.before is None or change.after is None:
            continue
        kind = kind_of(change)
        if kind.life is Life.ORDERED_LIST:
            had = len(keyed_entries(kind, change.before))
            if had and not keyed_entries(kind, change.after):
                yield change.address, had


def _emptied_lists(review: Review) -> Iterator[tuple[str, int]]:
    changes = review.plan.changes
    balance = _balance(changes)
    leaving = [key for key, (_, more) in balance.items() if more < 0]
    if not leaving:
        return
    kinds = frozenset(c.kind for c in changes if c.action is Action.DELETE)
    names = Names.of(changes)
    there = {identity(name): count for name, count in lived(review, kinds).items()}
    for key in leaving:
        address, more = balance[key]
        had = there.get(identity(names.before(address)), 0)
        if had and had + more <= 0:
            yield address, had


def _balance(changes: tuple[Change, ...]) -> dict[str, tuple[str, int]]:
    """How many entries more each list would have, by identity, with its address as written."""
    campaigns, replaced = deleted_campaigns(changes), replaced_names(changes)
    deleted = frozenset(identity(c.address) for c in changes if c.action is Action.DELETE)
    balance: dict[str, tuple[str, int]] = {}
    for change in changes:
        if change.action is Action.CREATE:
            more = 1
        elif change.action is Action.DELETE and identity(change.address) not in replaced:
            more = -1
        else:
            continue
        if goes_with_its_campaign(change, campaigns):
            continue
        kind = kind_of(change)
        if kind.life is not Life.ENTRY:
            continue
        for listed in own_lists(kind, change.address):
            key = identity(listed)
            if not is_gone(key, deleted):
                address, so_far = balance.get(key, (listed, 0))
                balance[key] = (address, so_far + more)
    return balance


def _finding(address: str, had: int) -> Finding:
    return Finding(
        code=CODE,
        severity="block" if had > 1 else "warn",
        address=address,
        message=f"nothing would be left here of {counted(had, 'entry', 'entries')}",
        evidence=Evidence(counts={"entries": had}, headline="entries"),
        safer="take the key out of the manifest to leave the list alone; `[]` empties it",
        approval=address,
    )


GUARD = Guard(CODE, "A list would be emptied, or the manifests ask for nothing.", _analyze)

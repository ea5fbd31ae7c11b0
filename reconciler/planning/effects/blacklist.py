"""The blacklist deletes that let a customer be contacted again.

A campaign's entry lifts nothing while an entry for all campaigns stays, or when its campaign is
deleted too.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.address import identity, join, name_of
from reconciler.kinds.blacklist_entry import BLACKLIST_ENTRY
from reconciler.kinds.registry import parent_resource
from reconciler.live.platform import Snapshot
from reconciler.planning.change import Action, Change

_MAKES = (Action.CREATE, Action.UPDATE, Action.ADOPT)


def unblocking_deletes(changes: Iterable[Change], live: Snapshot) -> tuple[Change, ...]:
    """The deletes after which a customer is blocked less than before."""
    listed = tuple(changes)
    deleted = {identity(change.address) for change in listed if change.action is Action.DELETE}
    made = {identity(change.address) for change in listed if change.action in _MAKES}

    def blocks(address: str) -> bool:
        key = identity(address)
        return key in made or (key not in deleted and live.find(address) is not None)

    def lifts(entry: Change) -> bool:
        campaign = parent_resource(entry.address)
        if not campaign:
            return True
        if identity(campaign) in deleted:
            return False
        return not blocks(join(BLACKLIST_ENTRY.collection, name_of(entry.address)))

    return tuple(
        change
        for change in listed
        if change.kind == BLACKLIST_ENTRY.name and change.action is Action.DELETE and lifts(change)
    )


def count_customers(entries: Iterable[Change]) -> int:
    """How many different customers blacklist entries block."""
    return len({identity(name_of(entry.address)) for entry in entries})

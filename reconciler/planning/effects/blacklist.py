"""Whom a plan lets be contacted again: the blacklist entries whose end lifts a block.

An entry of one campaign that goes while the customer stays blocked for all campaigns lifts
nothing, and neither does one whose campaign goes too: nobody is contacted by it any more.
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
    gone = {identity(one.address) for one in listed if one.action is Action.DELETE}
    made = {identity(one.address) for one in listed if one.action in _MAKES}

    def blocks(address: str) -> bool:
        key = identity(address)
        return key in made or (key not in gone and live.find(address) is not None)

    def lifts(entry: Change) -> bool:
        campaign = parent_resource(entry.address)
        if not campaign:
            return True
        if identity(campaign) in gone:
            return False
        return not blocks(join(BLACKLIST_ENTRY.collection, name_of(entry.address)))

    return tuple(
        one
        for one in listed
        if one.kind == BLACKLIST_ENTRY.name and one.action is Action.DELETE and lifts(one)
    )


def count_customers(entries: Iterable[Change]) -> int:
    """How many customers blacklist entries are about."""
    return len({identity(name_of(one.address)) for one in entries})

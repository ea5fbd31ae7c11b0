"""Facts of a plan that several guards go by, and the usage they need fetched.

`usage_wanted` and `with_usage` are the two halves of a fetch that `project` and `applying` do in
between: the guards themselves reach nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.kinds.address import Address, campaign_of, identity
from reconciler.kinds.base import Life
from reconciler.kinds.keyed_lists import listed_names
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.kinds.renames import address_under_renames
from reconciler.planning.change import Action, Change


@dataclass(frozen=True, slots=True)
class LiveNames:
    """What resources are called on the platform until this plan's renames are done."""

    renamed: Mapping[str, Address]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> LiveNames:
        """The names around these changes."""
        return cls(
            {
                identity(change.address): change.previous_address
                for change in changes
                if change.action is Action.RENAME and change.previous_address is not None
            }
        )

    def before(self, address: str) -> Address:
        """The address something has now, given the one it has once renames are done.

        A rename's previous address already stands below its parent's new name, so each level
        is looked up by its new path, deepest first.
        """
        return address_under_renames(address, self.renamed)


def deleted_campaigns(changes: Iterable[Change]) -> frozenset[str]:
    """The identities of the addresses of campaigns that are deleted."""
    return frozenset(
        identity(change.address)
        for change in changes
        if change.action is Action.DELETE and KINDS[change.kind].holds_resources
    )


def goes_with_its_campaign(change: Change, deleted: frozenset[str]) -> bool:
    """Whether it is deleted because the campaign it lives in is."""
    return change.cascaded and identity(campaign_of(change.address) or "") in deleted


def replaced_names(changes: Iterable[Change]) -> frozenset[str]:
    """The identities of the old names of replaces: their deletes are the replace's other half."""
    return frozenset(
        identity(change.previous_address)
        for change in changes
        if change.action is Action.REPLACE and change.previous_address is not None
    )


def is_disabled(change: Change) -> bool:
    """Whether it goes from enabled to disabled; a delete is not that."""
    before, after = change.before, change.after
    if before is None or after is None:
        return False
    return before.get("enabled") is True and after.get("enabled") is False


def numbers_lost(change: Change) -> tuple[str, ...]:
    """The numbers that a channel which stays would have no more."""
    if not KINDS[change.kind].has_numbers or change.before is None or change.after is None:
        return ()
    kept = set(names_in(change.after.get("numbers")))
    return tuple(one for one in names_in(change.before.get("numbers")) if one not in kept)


def loses_connection(change: Change) -> bool:
    """Whether a channel that is on loses a number, or its connector for another or none."""
    before, after = change.before, change.after
    if not KINDS[change.kind].has_numbers or before is None or after is None:
        return False
    left = before.get("connector") is not None and before["connector"] != after.get("connector")
    return before.get("enabled") is True and (left or bool(numbers_lost(change)))


def members_removed(change: Change) -> tuple[str, ...]:
    """Who a change takes out of a list that stays, in the list's order."""
    if change.before is None or change.after is None or change.before == change.after:
        return ()
    kind = KINDS[change.kind]
    if kind.life is not Life.ORDERED_LIST:
        return ()
    kept = listed_names(kind, change.after)
    return tuple(name for key, name in listed_names(kind, change.before).items() if key not in kept)

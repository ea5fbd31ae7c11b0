"""Questions about a plan's changes that several guards ask."""

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
    """The names that resources have on the platform until this plan's renames are done."""

    renamed: Mapping[str, Address]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> LiveNames:
        """The names before the renames among these changes."""
        return cls(
            {
                identity(change.address): change.previous_address
                for change in changes
                if change.action is Action.RENAME and change.previous_address is not None
            }
        )

    def before(self, address: str) -> Address:
        """The address that a resource has now, from its address after the renames.

        A rename's previous address is below its parent's new name, so each level is looked up by
        its new path, deepest first.
        """
        return address_under_renames(address, self.renamed)


def deleted_campaigns(changes: Iterable[Change]) -> frozenset[str]:
    """The identities of the deleted campaigns' addresses."""
    return frozenset(
        identity(change.address)
        for change in changes
        if change.action is Action.DELETE and KINDS[change.kind].holds_resources
    )


def goes_with_its_campaign(change: Change, deleted: frozenset[str]) -> bool:
    """Whether it is deleted because its campaign is."""
    return change.cascaded and identity(campaign_of(change.address) or "") in deleted


def replaced_names(changes: Iterable[Change]) -> frozenset[str]:
    """The identities of the addresses that replaces delete."""
    return frozenset(
        identity(change.previous_address)
        for change in changes
        if change.action is Action.REPLACE and change.previous_address is not None
    )


def is_disabled(change: Change) -> bool:
    """Whether it changes from enabled to disabled; False for a delete."""
    before, after = change.before, change.after
    if before is None or after is None:
        return False
    return before.get("enabled") is True and after.get("enabled") is False


def numbers_lost(change: Change) -> tuple[str, ...]:
    """The numbers that a channel loses; empty for a deleted channel."""
    if not KINDS[change.kind].has_numbers or change.before is None or change.after is None:
        return ()
    kept = set(names_in(change.after.get("numbers")))
    return tuple(n for n in names_in(change.before.get("numbers")) if n not in kept)


def loses_connection(change: Change) -> bool:
    """Whether an enabled channel loses a number, or changes or loses its connector."""
    before, after = change.before, change.after
    if not KINDS[change.kind].has_numbers or before is None or after is None:
        return False
    leaves = before.get("connector") is not None and before["connector"] != after.get("connector")
    return before.get("enabled") is True and (leaves or bool(numbers_lost(change)))


def members_removed(change: Change) -> tuple[str, ...]:
    """The members that a change removes from a list, in its order; empty for a deleted list."""
    if change.before is None or change.after is None or change.before == change.after:
        return ()
    kind = KINDS[change.kind]
    if kind.life is not Life.ORDERED_LIST:
        return ()
    kept = listed_names(kind, change.after)
    return tuple(name for key, name in listed_names(kind, change.before).items() if key not in kept)

"""Questions about a plan's changes that several guards ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind, Life
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
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
        if not self.renamed:
            return Address(address)
        segments = address.split("/")
        for end in range(len(segments), 0, -1):
            old = self.renamed.get(identity("/".join(segments[:end])))
            if old is not None:
                segments[end - 1] = old.rpartition("/")[2]
        return Address("/".join(segments))


def deleted_campaigns(changes: Iterable[Change]) -> frozenset[str]:
    """The identities of the deleted campaigns' addresses."""
    return frozenset(
        identity(change.address)
        for change in changes
        if change.action is Action.DELETE and change.kind == CAMPAIGN.name
    )


def goes_with_its_campaign(change: Change, deleted: frozenset[str]) -> bool:
    """Whether it is deleted because its campaign is."""
    return change.cascaded and identity("/".join(change.address.split("/")[:2])) in deleted


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
    if change.kind != CHANNEL.name or change.before is None or change.after is None:
        return ()
    kept = set(names_in(change.after.get("numbers")))
    return tuple(n for n in names_in(change.before.get("numbers")) if n not in kept)


def loses_connection(change: Change) -> bool:
    """Whether an enabled channel loses a number, or changes or loses its connector."""
    before, after = change.before, change.after
    if change.kind != CHANNEL.name or before is None or after is None:
        return False
    leaves = before.get("connector") is not None and before["connector"] != after.get("connector")
    return before.get("enabled") is True and (leaves or bool(numbers_lost(change)))


def keyed_entries(kind: Kind, fields: Fields | None) -> dict[str, str]:
    """The names of an ordered list's entries as written, by identity."""
    if fields is None:
        return {}
    name, key = next(iter(kind.keyed_lists.items()))
    listed = fields.get(name)
    return {
        identity(str(entry[key])): str(entry[key])
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, dict) and key in entry
    }


def members_removed(change: Change) -> tuple[str, ...]:
    """The members that a change removes from a list, in its order; empty for a deleted list."""
    if change.before is None or change.after is None or change.before == change.after:
        return ()
    kind = KINDS[change.kind]
    if kind.life is not Life.ORDERED_LIST:
        return ()
    kept = keyed_entries(kind, change.after)
    return tuple(
        name for key, name in keyed_entries(kind, change.before).items() if key not in kept
    )

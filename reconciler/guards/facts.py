"""Facts of a plan that several guards go by, and the usage they need fetched.

`usage_wanted` and `with_usage` are the two halves of a fetch that `project` and `applying` do in
between: the guards themselves reach nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reconciler.guards.context import Review
from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind, Life
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.kinds.status import STATUS
from reconciler.live.platform import Usage
from reconciler.planning.model import Action, Change, Plan
from reconciler.planning.planfile.digests import sealed

_HOURS_FIELDS = ("schedule", "time_zone")


def kind_of(change: Change) -> Kind:
    """The kind of what a change is about."""
    kind = KINDS.named(change.kind)
    assert kind is not None, change.kind  # noqa: S101 - a plan is made of registered kinds
    return kind


@dataclass(frozen=True, slots=True)
class Names:
    """What resources are called on the platform until this plan's renames are done."""

    renamed: Mapping[str, Address]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Names:
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
        if not self.renamed:
            return Address(address)
        segments = address.split("/")
        for end in range(len(segments), 0, -1):
            old = self.renamed.get(identity("/".join(segments[:end])))
            if old is not None:
                segments[end - 1] = old.rpartition("/")[2]
        return Address("/".join(segments))


def deleted_campaigns(changes: Iterable[Change]) -> frozenset[str]:
    """The identities of the addresses of campaigns that are deleted."""
    return frozenset(
        identity(change.address)
        for change in changes
        if change.action is Action.DELETE and change.kind == CAMPAIGN.name
    )


def goes_with_its_campaign(change: Change, deleted: frozenset[str]) -> bool:
    """Whether it is deleted because the campaign it lives in is."""
    return change.cascaded and identity("/".join(change.address.split("/")[:2])) in deleted


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
    if change.kind != CHANNEL.name or change.before is None or change.after is None:
        return ()
    kept = set(names_in(change.after.get("numbers")))
    return tuple(one for one in names_in(change.before.get("numbers")) if one not in kept)


def leaves_its_line(change: Change) -> bool:
    """Whether a channel that is on loses a number, or its connector for another or none."""
    before, after = change.before, change.after
    if change.kind != CHANNEL.name or before is None or after is None:
        return False
    left = before.get("connector") is not None and before["connector"] != after.get("connector")
    return before.get("enabled") is True and (left or bool(numbers_lost(change)))


def keyed_entries(kind: Kind, fields: Fields | None) -> dict[str, str]:
    """The entries of an ordered list by identity, as people write them."""
    if fields is None:
        return {}
    name, key = next(iter(kind.keyed_lists.items()))
    listed = fields.get(name)
    return {
        identity(str(one[key])): str(one[key])
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and key in one
    }


def members_removed(change: Change) -> tuple[str, ...]:
    """Who a change takes out of a list that stays, in the list's order."""
    if change.before is None or change.after is None or change.before == change.after:
        return ()
    kind = kind_of(change)
    if kind.life is not Life.ORDERED_LIST:
        return ()
    kept = keyed_entries(kind, change.after)
    return tuple(
        name for key, name in keyed_entries(kind, change.before).items() if key not in kept
    )


def usage_wanted(plan: Plan) -> tuple[Address, ...]:
    """The addresses, as they are on the platform now, whose usage the guards go by."""
    wanted = _wanted(plan)
    return tuple(dict.fromkeys(wanted.values()))


def with_usage(plan: Plan, usage: Mapping[str, Usage]) -> Plan:
    """The plan with `usage`, by identity of the address, on the changes that want it.

    What is wanted and not there is cleared: usage of an earlier day must not pass for today's.
    """
    wanted = _wanted(plan)
    if not wanted:
        return plan
    return sealed(
        replace(
            plan,
            changes=tuple(
                replace(change, usage=usage.get(identity(wanted[change.key])))
                if change.key in wanted
                else change
                for change in plan.changes
            ),
        )
    )


def _wanted(plan: Plan) -> dict[str, Address]:
    """The live address to ask about, by key of the change that wants it."""
    deleted = deleted_campaigns(plan.changes)
    names = Names.of(plan.changes)
    wanted: dict[str, Address] = {}
    for change in plan.changes:
        if change.action is Action.REPLACE and change.previous_address is not None:
            wanted[change.key] = names.before(change.previous_address)
        elif _wants_usage(change, deleted):
            wanted[change.key] = names.before(change.address)
    return wanted


def _wants_usage(change: Change, deleted: frozenset[str]) -> bool:
    if not change.writes:
        return False
    kind = kind_of(change)
    if change.action is Action.DELETE:
        if goes_with_its_campaign(change, deleted):
            return kind is STATUS
        return kind.life is Life.ENTRY
    stops = is_disabled(change) or leaves_its_line(change)
    return stops or bool(members_removed(change)) or _hours_change(change, kind)


def _hours_change(change: Change, kind: Kind) -> bool:
    if kind is not CAMPAIGN or change.before is None or change.after is None:
        return False
    return any(change.before[name] != change.after[name] for name in _HOURS_FIELDS)


def is_unread(review: Review, change: Change, names: Names) -> bool:
    """Whether its usage is wanted, could not be had, and it is there: unknown is not unused."""
    return change.usage is None and review.live.find(names.before(change.address)) is not None

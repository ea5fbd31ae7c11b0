"""The usage that guards need: which addresses to ask about, and the plan with the answers.

`project` and `applying` fetch usage between the two steps. Guards reach nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.guards.context import Review
from reconciler.guards.facts import (
    LiveNames,
    deleted_campaigns,
    goes_with_its_campaign,
    is_disabled,
    loses_connection,
    members_removed,
)
from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Kind, Life
from reconciler.kinds.registry import KINDS
from reconciler.kinds.status import STATUS
from reconciler.live.platform import Usage
from reconciler.planning.change import Action, Change
from reconciler.planning.digests import with_digests
from reconciler.planning.effects.effects import Effects
from reconciler.planning.plan import Plan

_HOURS_FIELDS = ("schedule", "time_zone")


def addresses_needing_usage(plan: Plan, effects: Effects) -> tuple[Address, ...]:
    """The addresses, as the platform has them now, whose usage the guards and effects read."""
    needed = {identity(address): address for address in _needed(plan).values()}
    for address in effects.addresses_with_usage:
        needed.setdefault(identity(address), address)
    return tuple(needed.values())


def with_usage(plan: Plan, usage: Mapping[str, Usage]) -> Plan:
    """The plan with `usage`, by identity of the address, on the changes that need it.

    Usage that is needed and missing is cleared, so that old usage is never taken for today's.
    """
    needed = _needed(plan)
    if not needed:
        return plan
    return with_digests(
        replace(
            plan,
            changes=tuple(
                replace(change, usage=usage.get(identity(needed[change.key])))
                if change.key in needed
                else change
                for change in plan.changes
            ),
        )
    )


def _needed(plan: Plan) -> dict[str, Address]:
    """The live address to ask about, by key of the change that needs it."""
    deleted = deleted_campaigns(plan.changes)
    names = LiveNames.of(plan.changes)
    needed: dict[str, Address] = {}
    for change in plan.changes:
        if change.action is Action.REPLACE and change.previous_address is not None:
            needed[change.key] = names.before(change.previous_address)
        elif _needs_usage(change, deleted):
            needed[change.key] = names.before(change.address)
    return needed


def _needs_usage(change: Change, deleted: frozenset[str]) -> bool:
    if not change.writes:
        return False
    kind = KINDS[change.kind]
    if change.action is Action.DELETE:
        if goes_with_its_campaign(change, deleted):
            return kind is STATUS
        return kind.life is Life.ENTRY
    stops = is_disabled(change) or loses_connection(change)
    return stops or bool(members_removed(change)) or _hours_change(change, kind)


def _hours_change(change: Change, kind: Kind) -> bool:
    if not kind.holds_resources or change.before is None or change.after is None:
        return False
    return any(change.before[name] != change.after[name] for name in _HOURS_FIELDS)


def is_usage_unknown(review: Review, change: Change, names: LiveNames) -> bool:
    """Whether it exists and its usage could not be read: unknown is not unused."""
    return change.usage is None and review.live.find(names.before(change.address)) is not None

"""Who changed what on the platform: audit entries matched to the differences they explain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from reconciler.kinds.address import Address, identity
from reconciler.live.platform import AuditEntry
from reconciler.planning.change import Action, Change, Difference, Origin, Reason
from reconciler.planning.digests import with_digests
from reconciler.planning.plan import Plan

Direction = Literal["came", "went"]
_CALLED: Mapping[Direction, str] = {"came": "create", "went": "delete"}
"""What the audit log calls it."""

_PEOPLES = (Origin.PLATFORM, Origin.BOTH)


def addresses_to_attribute(plan: Plan) -> tuple[Address, ...]:
    """The addresses whose audit would tell who drifted them."""
    return tuple(
        change.address
        for change in plan.changes
        if edit_of_whole_resource(change) is not None
        or any(difference.origin in _PEOPLES for difference in change.differences)
    )


def edit_of_whole_resource(change: Change) -> Direction | None:
    """Whether people made or deleted the whole resource on the platform since the last apply."""
    match change.action, change.reason:
        case (Action.CREATE, Reason.DRIFTED) | (Action.FORGET, Reason.GONE):
            return "went"
        case (
            Action.DELETE,
            Reason.NOT_IN_COMPLETE_LIST | Reason.NOT_IN_EXCLUSIVE_COLLECTION,
        ) if change.unowned:
            return "came"
    return None


def with_attribution(plan: Plan, entries: Iterable[AuditEntry]) -> Plan:
    """The plan with `by` and `at` on what people did, as far as the audit knows.

    `entries` are newest first; the newest that speaks of a field, or else of the resource, counts.
    """
    history: dict[str, list[AuditEntry]] = {}
    for entry in entries:
        history.setdefault(identity(entry.address), []).append(entry)
    if not history:
        return plan
    changes = tuple(
        _attributed(change, history.get(identity(change.address), [])) for change in plan.changes
    )
    people = {d.by for c in changes for d in c.differences if d.by and d.origin in _PEOPLES}
    if plan.lineage:
        people |= {change.by for change in changes if change.by and change.writes}
    impact = replace(plan.impact, reverted_people=tuple(sorted(people)))
    return with_digests(replace(plan, changes=changes, impact=impact))


def _attributed(change: Change, entries: list[AuditEntry]) -> Change:
    if not entries:
        return change
    direction = edit_of_whole_resource(change)
    if direction is not None:
        did = _CALLED[direction]
        entry = next((one for one in entries if one.action == did), entries[0])
        return replace(change, by=entry.by, at=entry.at)
    return replace(change, differences=tuple(_told(one, entries) for one in change.differences))


def _told(difference: Difference, entries: list[AuditEntry]) -> Difference:
    if difference.origin not in _PEOPLES:
        return difference
    field = difference.path.split(".")[0].split("[")[0]
    for entry in entries:
        if any(change.path.split(".")[0].split("[")[0] == field for change in entry.changes):
            return replace(difference, by=entry.by, at=entry.at)
    return replace(difference, by=entries[0].by, at=entries[0].at)

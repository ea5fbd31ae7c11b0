"""Who changed what on the platform: audit entries matched to the differences of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from reconciler.kinds.address import Address, identity
from reconciler.live.platform import AuditEntry
from reconciler.planning.change import Action, Change, Difference, Origin, Reason
from reconciler.planning.digests import with_digests
from reconciler.planning.plan import Plan

WholeEdit = Literal["created", "deleted"]
_AUDIT_ACTIONS: Mapping[WholeEdit, str] = {"created": "create", "deleted": "delete"}

_BY_PEOPLE = (Origin.PLATFORM, Origin.BOTH)


def addresses_to_attribute(plan: Plan) -> tuple[Address, ...]:
    """The addresses whose audit entries show who changed them."""
    return tuple(
        change.address
        for change in plan.changes
        if edit_of_whole_resource(change) is not None
        or any(difference.origin in _BY_PEOPLE for difference in change.differences)
    )


def edit_of_whole_resource(change: Change) -> WholeEdit | None:
    """Whether people created or deleted the whole resource since the last apply."""
    match change.action, change.reason:
        case (Action.CREATE, Reason.DRIFTED) | (Action.FORGET, Reason.GONE):
            return "deleted"
        case (
            Action.DELETE,
            Reason.NOT_IN_COMPLETE_LIST | Reason.NOT_IN_EXCLUSIVE_COLLECTION,
        ) if change.unowned:
            return "created"
    return None


def with_attribution(plan: Plan, entries: Iterable[AuditEntry]) -> Plan:
    """The plan with `by` and `at` on what people did, when the audit log has it.

    `entries` are newest first. The newest one that mentions a field counts, else the newest one of
    the resource.
    """
    history: dict[str, list[AuditEntry]] = {}
    for entry in entries:
        history.setdefault(identity(entry.address), []).append(entry)
    if not history:
        return plan
    changes = tuple(
        _attributed(change, history.get(identity(change.address), [])) for change in plan.changes
    )
    people = {d.by for c in changes for d in c.differences if d.by and d.origin in _BY_PEOPLE}
    if plan.lineage:
        people |= {change.by for change in changes if change.by and change.writes}
    impact = replace(plan.impact, reverted_people=tuple(sorted(people)))
    return with_digests(replace(plan, changes=changes, impact=impact))


def _attributed(change: Change, entries: list[AuditEntry]) -> Change:
    if not entries:
        return change
    edit = edit_of_whole_resource(change)
    if edit is not None:
        action = _AUDIT_ACTIONS[edit]
        entry = next((each for each in entries if each.action == action), entries[0])
        return replace(change, by=entry.by, at=entry.at)
    differences = tuple(_with_author(each, entries) for each in change.differences)
    return replace(change, differences=differences)


def _with_author(difference: Difference, entries: list[AuditEntry]) -> Difference:
    if difference.origin not in _BY_PEOPLE:
        return difference
    field = difference.path.field
    entry = next((each for each in entries if each.has_field(field)), entries[0])
    return replace(difference, by=entry.by, at=entry.at)

"""Who changed what on the platform: audit entries matched to the differences they explain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.kinds.address import Address, identity
from reconciler.live.platform import AuditEntry
from reconciler.planning.digests import sealed
from reconciler.planning.model import Change, Difference, Origin, Plan

_PEOPLES = (Origin.PLATFORM, Origin.BOTH)


def to_attribute(plan: Plan) -> tuple[Address, ...]:
    """The addresses whose audit would tell who drifted them."""
    return tuple(
        change.address
        for change in plan.changes
        if any(difference.origin in _PEOPLES for difference in change.differences)
    )


def attributed(plan: Plan, entries: Iterable[AuditEntry]) -> Plan:
    """The plan with `by` and `at` on what people changed, as far as the audit knows.

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
    impact = replace(plan.impact, reverted_people=tuple(sorted(people)))
    return sealed(replace(plan, changes=changes, impact=impact))


def _attributed(change: Change, entries: list[AuditEntry]) -> Change:
    if not entries or not change.differences:
        return change
    return replace(change, differences=tuple(_told(one, entries) for one in change.differences))


def _told(difference: Difference, entries: list[AuditEntry]) -> Difference:
    if difference.origin not in _PEOPLES:
        return difference
    field = difference.path.split(".")[0].split("[")[0]
    for entry in entries:
        if any(change.path.split(".")[0].split("[")[0] == field for change in entry.changes):
            return replace(difference, by=entry.by, at=entry.at)
    return replace(difference, by=entries[0].by, at=entries[0].at)

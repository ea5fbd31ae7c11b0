"""What people changed outside git, from the part of a plan that reverts it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.manifests.source import Source
from reconciler.planning.change import Action, Change, Difference, Origin
from reconciler.planning.plan import Plan, Unknown
from reconciler.planning.reports.attribution import edit_of_whole_resource


class DriftKind(StrEnum):
    """What people did to a resource outside git."""

    CHANGED = "changed"
    GONE = "gone"
    """In the ledger, and no longer on the platform."""
    ADDED = "added"
    """Added to a list or collection that is complete in git."""


@dataclass(frozen=True, slots=True)
class DriftedResource:
    """One resource that differs from the last apply.

    `in_git` is whether git still declares it. `by` and `at` are about who added or deleted it; who
    changed a field is in its difference.
    """

    address: Address
    kind: str
    drift: DriftKind
    in_git: bool
    source: Source | None = None
    differences: tuple[Difference, ...] = ()
    before: Fields | None = None
    after: Fields | None = None
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What changed outside git since the last apply, as far as it could be read.

    Before the first apply `was_applied` is False, and the report is empty.
    """

    project: str
    environment: str
    platform_id: str
    created_at: str
    was_applied: bool = True
    resources: tuple[DriftedResource, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    platform_ahead_seconds: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed outside git."""
        return not self.resources

    @property
    def people(self) -> tuple[str, ...]:
        """The users who changed something, from the audit log."""
        users = {each.by for resource in self.resources for each in resource.differences}
        users |= {resource.by for resource in self.resources}
        return tuple(sorted(users - {""}))


def drift_report(plan: Plan) -> DriftReport:
    """The drift that a plan would revert."""
    was_applied = bool(plan.lineage)
    drifted = (_drifted(change) for change in (plan.changes if was_applied else ()))
    return DriftReport(
        project=plan.project,
        environment=plan.environment,
        platform_id=plan.platform_id,
        created_at=plan.created_at,
        was_applied=was_applied,
        resources=tuple(resource for resource in drifted if resource is not None),
        unknowns=plan.unknowns,
        platform_ahead_seconds=plan.platform_ahead_seconds,
    )


def _drifted(change: Change) -> DriftedResource | None:
    differences = tuple(
        each for each in change.differences if each.origin in (Origin.PLATFORM, Origin.BOTH)
    )
    drift = _drift_kind(change, differences)
    if drift is None:
        return None
    return DriftedResource(
        address=change.address,
        kind=change.kind,
        drift=drift,
        in_git=change.action not in (Action.DELETE, Action.FORGET),
        source=change.source,
        differences=differences,
        before=change.before,
        after=change.after,
        by=change.by,
        at=change.at,
    )


def _drift_kind(change: Change, differences: tuple[Difference, ...]) -> DriftKind | None:
    if differences:
        return DriftKind.CHANGED
    edit = edit_of_whole_resource(change)
    if edit is None:
        return None
    return DriftKind.GONE if edit == "deleted" else DriftKind.ADDED

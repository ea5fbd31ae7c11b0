"""What changed outside git: the part of a plan that people made necessary, for the views."""

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
    """What somebody did to a resource outside git."""

    CHANGED = "changed"
    GONE = "gone"
    """Tracked, and no longer on the platform."""
    ADDED = "added"
    """Came into a list or a collection that git holds complete."""


@dataclass(frozen=True, slots=True)
class DriftedResource:
    """One resource that is not as it was last applied; `in_git` says whether git still wants it.

    `by` and `at` say who added or deleted it; who changed a field is in its difference.
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
    """What changed outside git since it was last applied, as far as it could be read.

    Before anything was applied, nothing can be told: `was_applied` is False then.
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
        """Who changed something, as far as the audit log knows."""
        found = {one.by for resource in self.resources for one in resource.differences}
        found |= {resource.by for resource in self.resources}
        return tuple(sorted(found - {""}))


def drift_report(plan: Plan) -> DriftReport:
    """The part of a plan that people made necessary on the platform."""
    was_applied = bool(plan.lineage)
    found = (_drifted(change) for change in (plan.changes if was_applied else ()))
    return DriftReport(
        project=plan.project,
        environment=plan.environment,
        platform_id=plan.platform_id,
        created_at=plan.created_at,
        was_applied=was_applied,
        resources=tuple(one for one in found if one is not None),
        unknowns=plan.unknowns,
        platform_ahead_seconds=plan.platform_ahead_seconds,
    )


def _drifted(change: Change) -> DriftedResource | None:
    differences = tuple(
        one for one in change.differences if one.origin in (Origin.PLATFORM, Origin.BOTH)
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
    direction = edit_of_whole_resource(change)
    if direction is None:
        return None
    return DriftKind.GONE if direction == "went" else DriftKind.ADDED

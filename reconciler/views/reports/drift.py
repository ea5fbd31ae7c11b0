"""What changed outside git since the last apply, who changed it, and what an apply would do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from typing_extensions import TypedDict

from reconciler.planning.change import Difference, Origin
from reconciler.planning.plan import Unknown
from reconciler.planning.reports.drift import DriftedResource, DriftKind, DriftReport
from reconciler.privacy.masking import Masker
from reconciler.text import counted, joined, visible
from reconciler.views.fragments.clock import ClockDocument, clock_document
from reconciler.views.fragments.documents import (
    DifferenceDocument,
    SourceDocument,
    difference_document,
    source_document,
)
from reconciler.views.fragments.field_values import field_value
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.table import cut, table
from reconciler.views.style.view import View, who_and_when
from reconciler.views.style.vocabulary import moment

_CELL_CHARACTERS = 40


def drift_text(report: DriftReport, view: View) -> str:
    """A verdict, then each drifted resource with one row a field."""
    blocks = [[view.paint.strong(_verdict(report))]]
    blocks.extend(list(_resource(resource, view)) for resource in report.resources)
    blocks.append([_unknown(unknown, view) for unknown in report.unknowns])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _unknown(unknown: Unknown, view: View) -> str:
    title = "Could not be read" if unknown.is_resource else "Could not be read completely"
    reason = view.message(unknown.reason)
    return view.paint.caution(f"{title}: {view.address(unknown.collection)} ({reason})")


def _verdict(report: DriftReport) -> str:
    if not report.was_applied:
        return "Nothing has been applied yet, so nothing can have drifted."
    if report.is_empty:
        scope = " in what could be read" if report.unknowns else ""
        return f"Nothing changed outside git{scope}."
    people = [visible(person) for person in report.people]
    by = f", by {joined(people)}" if people else ""
    return f"{counted(len(report.resources), 'resource')} changed outside git{by}."


def _resource(resource: DriftedResource, view: View) -> Iterator[str]:
    address = view.paint.strong(view.address(resource.address))
    yield f"{address}{view.source_suffix(resource.source)}"
    who = who_and_when(resource.by, resource.at, on=", ")
    if resource.drift is DriftKind.GONE:
        effect = (
            "an apply would create it again" if resource.in_git else "git does not have it either"
        )
        yield f"  {view.paint.bad('Deleted on the platform')}{who}; {effect}."
    elif resource.drift is DriftKind.ADDED:
        added = view.paint.caution("Added on the platform")
        yield f"  {added}{who}; an apply would delete it."
    else:
        titles = ("Field", "Last applied", "Platform", "Git", "Who and when", "Effect")
        rows = [_row(resource, difference, view) for difference in resource.differences]
        yield from (f"  {line}" for line in table(titles, rows, view.paint))


def _row(resource: DriftedResource, difference: Difference, view: View) -> tuple[str, ...]:
    kind = resource.kind
    at = moment(difference.at) if difference.at else ""
    who = " ".join(filter(None, (visible(difference.by), at)))
    return (
        visible(difference.path),
        *(
            cut(field_value(kind, difference.path, value, view), _CELL_CHARACTERS)
            for value in (difference.base, difference.before, difference.after)
        ),
        who or "unknown",
        _effect(resource, difference),
    )


def _effect(resource: DriftedResource, difference: Difference) -> str:
    if not resource.in_git:
        return "no longer in git: deleted with the resource"
    is_conflict = difference.origin is Origin.BOTH
    return "also changed in git: a conflict" if is_conflict else "an apply would revert it"


class DriftedResourceDocument(TypedDict):
    """One resource that changed outside git."""

    address: str
    kind: str
    drift: DriftKind
    in_git: bool
    by: str
    """Who created or deleted it; empty if the audit log does not say."""
    at: str
    source: SourceDocument | None
    differences: list[DifferenceDocument]


class UnreadDocument(TypedDict):
    """A collection, or one resource, that could not be read completely."""

    collection: str
    reason: str


class DriftDocument(TypedDict):
    """Drift, as `reconciler drift --format json` prints it."""

    format: Literal["reconciler.drift/1"]
    project: str
    environment: str
    platform: str
    created_at: str
    clock: ClockDocument
    was_applied: bool
    """False before the first apply; nothing can have drifted then."""
    people: list[str]
    resources: list[DriftedResourceDocument]
    unknowns: list[UnreadDocument]


def drift_json(report: DriftReport, view: View) -> bytes:
    """A drift report as JSON."""
    masker = view.masker
    return json_bytes(
        DriftDocument(
            format="reconciler.drift/1",
            project=report.project,
            environment=report.environment,
            platform=report.platform_id,
            created_at=report.created_at,
            clock=clock_document(report.platform_ahead_seconds),
            was_applied=report.was_applied,
            people=list(report.people),
            resources=[_resource_document(resource, masker) for resource in report.resources],
            unknowns=[
                UnreadDocument(
                    collection=masker.address(unknown.collection),
                    reason=masker.message(unknown.reason),
                )
                for unknown in report.unknowns
            ],
        )
    )


def _resource_document(resource: DriftedResource, masker: Masker) -> DriftedResourceDocument:
    return DriftedResourceDocument(
        address=masker.address(resource.address),
        kind=resource.kind,
        drift=resource.drift,
        in_git=resource.in_git,
        by=resource.by,
        at=resource.at,
        source=source_document(resource.source),
        differences=[
            difference_document(resource.kind, difference, masker)
            for difference in resource.differences
        ],
    )

"""What changed outside git since the last apply, by whom, and what git would do about it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.planning.change import Difference, Origin
from reconciler.planning.reports.drift import DriftedResource, DriftKind, DriftReport
from reconciler.privacy.masking import Masker
from reconciler.text import counted, joined
from reconciler.views.plan.json import difference_document, source_document
from reconciler.views.reports.clock import clock_document
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.json_output import json_bytes
from reconciler.views.style.table import table
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import moment

__all__ = ["drift_to_json", "render_drift"]

_CELL_CHARACTERS = 40


def render_drift(report: DriftReport, masker: Masker, paint: Paint = PLAIN) -> str:
    """A verdict, then each resource with a row a field."""
    view = View(masker, paint)
    blocks = [[paint.strong(_verdict(report))]]
    blocks.extend(list(_resource(one, view)) for one in report.resources)
    blocks.append(
        [
            paint.caution(
                f"{'Cannot be read' if one.is_resource else 'Not read whole'}: "
                f"{view.address(one.collection)} ({view.text(one.reason, about=one.collection)})"
            )
            for one in report.unknowns
        ]
    )
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _verdict(report: DriftReport) -> str:
    if not report.was_applied:
        return "Nothing was applied from here yet, so nothing can have changed since."
    if report.is_empty:
        seen = " in what could be read" if report.unknowns else ""
        return f"Nothing changed outside git{seen}."
    count = len(report.resources)
    people = [visible(one) for one in report.people]
    by = f", by {joined(people)}" if people else ""
    return f"{counted(count, 'resource')} changed outside git{by}."


def _resource(one: DriftedResource, view: View) -> Iterator[str]:
    yield f"{view.paint.strong(view.address(one.address))}{view.source_suffix(one.source)}"
    if one.drift is DriftKind.GONE:
        after = "git would create it again" if one.in_git else "git no longer has it either"
        yield f"  {view.paint.bad('Deleted on the platform')}{_who(one.by, one.at)}; {after}."
    elif one.drift is DriftKind.ADDED:
        added = view.paint.caution("Added on the platform")
        yield f"  {added}{_who(one.by, one.at)}; git would delete it."
    else:
        titles = ("Field", "Last applied", "Platform", "Git", "Who and when", "What that means")
        rows = [_row(one, difference, view) for difference in one.differences]
        yield from (f"  {line}" for line in table(titles, rows, view.paint))


def _who(by: str, at: str) -> str:
    return (f" by {visible(by)}" if by else "") + (f", {moment(at)}" if at else "")


def _row(resource: DriftedResource, one: Difference, view: View) -> tuple[str, ...]:
    kind = resource.kind
    by = " ".join(filter(None, (visible(one.by), moment(one.at) if one.at else "")))
    return (
        visible(one.path),
        _cell(view.value(kind, one.base)),
        _cell(view.value(kind, one.before)),
        _cell(view.value(kind, one.after)),
        by or "not known",
        _meaning(resource, one),
    )


def _meaning(resource: DriftedResource, one: Difference) -> str:
    if not resource.in_git:
        return "no longer in git: goes with the resource"
    return "also changed in git: a conflict" if one.origin is Origin.BOTH else "git puts it back"


def _cell(text: str) -> str:
    return text if len(text) <= _CELL_CHARACTERS else f"{text[: _CELL_CHARACTERS - 1]}…"


def drift_to_json(report: DriftReport, masker: Masker) -> bytes:
    """`reconciler.drift/1`: `resources`, each with `drift` (changed, gone, added) and differences
    as in a plan: `before` is the platform's value, `after` git's, `base` the last applied."""
    return json_bytes(
        {
            "format": "reconciler.drift/1",
            "project": report.project,
            "environment": report.environment,
            "platform": report.platform_id,
            "created_at": report.created_at,
            "clock": clock_document(report.platform_ahead_seconds),
            "was_applied": report.was_applied,
            "people": report.people,
            "resources": [
                {
                    "address": masker.address(one.address),
                    "kind": one.kind,
                    "drift": one.drift.value,
                    "in_git": one.in_git,
                    "by": one.by,
                    "at": one.at,
                    "source": source_document(one.source),
                    "differences": [
                        difference_document(one.kind, each, masker) for each in one.differences
                    ],
                }
                for one in report.resources
            ],
            "unknowns": [
                {
                    "collection": masker.address(one.collection),
                    "reason": masker.text(one.reason, about=one.collection),
                }
                for one in report.unknowns
            ],
        }
    )

"""One resource: each field in git, last applied and live, and what an apply would do with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import JsonValue
from typing_extensions import TypedDict

from reconciler.kinds.registry import KINDS
from reconciler.live.platform import AuditEntry
from reconciler.planning.change import Action
from reconciler.planning.reports.explanation import Explanation, FieldExplanation, FieldState
from reconciler.privacy.masking import Masker
from reconciler.text import visible
from reconciler.views.fragments.documents import SourceDocument, source_document
from reconciler.views.fragments.field_values import field_value
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.table import cut, table
from reconciler.views.style.view import View, who_and_when
from reconciler.views.style.vocabulary import moment

_CELL_CHARACTERS = 32
_AUDIT_ENTRIES = 5
_ABSENT = "·"

_STATE_PHRASES = {
    FieldState.SAME: "matches git",
    FieldState.CHANGED_IN_GIT: "changed in git, to be applied",
    FieldState.DRIFTED: "changed on the platform, an apply would revert it",
    FieldState.CONFLICT: "changed in git and on the platform: a conflict",
    FieldState.UNOWNED: "differs from git, never applied",
    FieldState.MISSING: "to be created",
    FieldState.IGNORED: "set on create, then left to people",
    FieldState.RELEASED: "no longer in git, left unchanged",
    FieldState.UNMANAGED: "not in git, never changed",
    FieldState.REMOVED: "not in the list in git, to be removed",
    FieldState.GOING: "not in git, deleted with the resource",
    FieldState.UNKNOWN: "unknown: it could not be read",
}

_REMOVALS = {
    Action.DELETE: "An apply would delete it.",
    Action.FORGET: "An apply would stop tracking it; it stays on the platform.",
}


def explanation_text(explanation: Explanation, view: View) -> str:
    """The state of the resource, then one row a field."""
    kind = KINDS.named(explanation.kind)
    noun = f"({kind.noun})" if kind is not None else ""
    lines = [view.paint.strong(f"{view.address(explanation.address)}  {noun}")]
    lines.extend(f"  {line}" for line in _state(explanation, view))
    if explanation.fields:
        titles = ("Field", "Git", "Last applied", "Live", "Effect", "Where and who")
        rows = [_row(explanation.kind, field, view) for field in explanation.fields]
        lines.extend(["", *table(titles, rows, view.paint)])
    if explanation.audit:
        title = view.paint.strong("Last changes on the platform")
        lines.extend(["", title, *_audit(explanation, view)])
    return "\n".join(lines) + "\n"


def _state(explanation: Explanation, view: View) -> Iterator[str]:
    circumstances = explanation.circumstances
    source = explanation.source
    where = f"in git at {visible(str(source))}" if source else "not in git"
    tracked = "tracked" if explanation.tracked else "not tracked"
    yield f"{where}; {tracked}; {_live(explanation)}."
    if circumstances.unknown:
        reason = view.message(circumstances.unknown)
        yield view.paint.caution(f"It could not be read: {reason}.")
    if circumstances.removal is not None:
        yield view.paint.caution(_REMOVALS[circumstances.removal])
    if explanation.updated_by or explanation.updated_at:
        yield f"Last changed{who_and_when(explanation.updated_by, explanation.updated_at)}."
    if circumstances.owner:
        yield view.paint.bad(f"Owned by another project: {visible(circumstances.owner)}.")
    if explanation.protected:
        yield "Protected: a delete is blocked."
    if explanation.kept_on_removal:
        yield "`on_remove: keep`: it stays on the platform when it leaves git."


def _live(explanation: Explanation) -> str:
    if explanation.circumstances.unknown:
        return "unknown whether it is on the platform"
    return "on the platform" if explanation.on_platform else "not on the platform"


def _row(kind: str, field: FieldExplanation, view: View) -> tuple[str, ...]:
    def cell(value: JsonValue, is_present: bool) -> str:
        shown = field_value(kind, field.path, value, view) if is_present else _ABSENT
        return cut(shown, _CELL_CHARACTERS)

    return (
        visible(field.path),
        cell(field.git, field.in_git),
        cell(field.applied, field.in_ledger),
        cell(field.live, field.on_platform),
        _STATE_PHRASES[field.state],
        _source_and_author(field),
    )


def _source_and_author(field: FieldExplanation) -> str:
    parts = [visible(str(field.source))] if field.source is not None else []
    if field.by or field.at:
        parts.append(f"changed{who_and_when(field.by, field.at)}")
    return ", ".join(parts)


def _audit(explanation: Explanation, view: View) -> Iterator[str]:
    for entry in explanation.audit[:_AUDIT_ENTRIES]:
        fields = ", ".join(visible(change.path) for change in entry.changes if change.path)
        changed = f": {fields}" if fields else ""
        yield f"  {moment(entry.at)}  {visible(entry.by)}  {visible(entry.action)}{changed}"
    if len(explanation.audit) > _AUDIT_ENTRIES:
        yield view.paint.faint(f"  and {len(explanation.audit) - _AUDIT_ENTRIES} more")


class FieldDocument(TypedDict):
    """One field in git, as last applied, and live."""

    path: str
    state: FieldState
    git: JsonValue
    applied: JsonValue
    live: JsonValue
    in_git: bool
    in_ledger: bool
    on_platform: bool
    source: SourceDocument | None
    by: str
    """Who last changed it on the platform; empty if the audit log does not say."""
    at: str


class AuditChangeDocument(TypedDict):
    """One field that an audit entry changed."""

    path: str
    before: JsonValue
    after: JsonValue


class AuditEntryDocument(TypedDict):
    """One entry of the platform's audit log."""

    at: str
    by: str
    action: str
    changes: list[AuditChangeDocument]


class ExplanationDocument(TypedDict):
    """One resource, as `reconciler explain --format json` prints it."""

    format: Literal["reconciler.explanation/1"]
    address: str
    kind: str
    source: SourceDocument | None
    in_git: bool
    tracked: bool
    on_platform: bool
    owner: str
    """Another project that owns it; else empty."""
    protected: bool
    kept_on_removal: bool
    removal: Action | None
    """What an apply would do if the resource left git: delete or forget."""
    unknown: str
    """Why it could not be read; else empty."""
    updated_by: str
    updated_at: str
    fields: list[FieldDocument]
    audit: list[AuditEntryDocument]
    """Newest first."""


def explanation_json(explanation: Explanation, view: View) -> bytes:
    """One resource as JSON."""
    masker, kind = view.masker, explanation.kind
    circumstances = explanation.circumstances
    return json_bytes(
        ExplanationDocument(
            format="reconciler.explanation/1",
            address=masker.address(explanation.address),
            kind=kind,
            source=source_document(explanation.source),
            in_git=explanation.in_git,
            tracked=explanation.tracked,
            on_platform=explanation.on_platform,
            owner=circumstances.owner,
            protected=explanation.protected,
            kept_on_removal=explanation.kept_on_removal,
            removal=circumstances.removal,
            unknown=masker.message(circumstances.unknown),
            updated_by=explanation.updated_by,
            updated_at=explanation.updated_at,
            fields=[_field_document(kind, field, masker) for field in explanation.fields],
            audit=[_audit_document(kind, entry, masker) for entry in explanation.audit],
        )
    )


def _field_document(kind: str, field: FieldExplanation, masker: Masker) -> FieldDocument:
    return FieldDocument(
        path=field.path,
        state=field.state,
        git=masker.value(kind, field.git),
        applied=masker.value(kind, field.applied),
        live=masker.value(kind, field.live),
        in_git=field.in_git,
        in_ledger=field.in_ledger,
        on_platform=field.on_platform,
        source=source_document(field.source),
        by=field.by,
        at=field.at,
    )


def _audit_document(kind: str, entry: AuditEntry, masker: Masker) -> AuditEntryDocument:
    return AuditEntryDocument(
        at=entry.at,
        by=entry.by,
        action=entry.action,
        changes=[
            AuditChangeDocument(
                path=change.path,
                before=masker.value(kind, change.before),
                after=masker.value(kind, change.after),
            )
            for change in entry.changes
        ],
    )

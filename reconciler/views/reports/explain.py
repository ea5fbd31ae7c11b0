"""One resource explained: git, last applied and live beside each other, and what that means."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action
from reconciler.planning.reports.explanation import Explanation, FieldExplanation, FieldState
from reconciler.privacy.masking import Masker
from reconciler.views.plan.json import source_document
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.json_output import json_bytes
from reconciler.views.style.table import table
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import moment

__all__ = ["explanation_to_json", "render_explanation"]

_CELL_CHARACTERS = 32
_AUDIT_ENTRIES = 5
_NOT_THERE = "·"

_VERDICTS = {
    FieldState.SAME: "as git says",
    FieldState.CHANGED_IN_GIT: "changed in git, to be applied",
    FieldState.DRIFTED: "changed on the platform, git would put it back",
    FieldState.CONFLICT: "changed in git and on the platform: a conflict",
    FieldState.UNOWNED: "unlike git, and never applied from here",
    FieldState.MISSING: "to be created",
    FieldState.IGNORED: "set on create, then left to people",
    FieldState.RELEASED: "no longer in git, left as it is",
    FieldState.UNMANAGED: "not in git, never changed",
    FieldState.REMOVED: "not in git's list, to be taken out",
    FieldState.GOING: "not in git, deleted with the resource",
    FieldState.UNKNOWN: "not known: it may not be seen",
}

_REMOVALS = {
    Action.DELETE: "An apply would delete it.",
    Action.FORGET: "An apply would stop tracking it, and leave it as it is.",
}


def render_explanation(found: Explanation, masker: Masker, paint: Paint = PLAIN) -> str:
    """What it is in a sentence, then a row a field."""
    view = View(masker.with_known([(found.address, None)]), paint)
    lines = [paint.strong(f"{view.address(found.address)}  {_noun(found)}")]
    lines.extend(f"  {line}" for line in _standing(found, view))
    if found.fields:
        titles = ("Field", "Git", "Last applied", "Live", "What that means", "Where and who")
        rows = [_row(found.kind, one, view) for one in found.fields]
        lines.extend(["", *table(titles, rows, paint)])
    if found.audit:
        lines.extend(["", paint.strong("Last changes on the platform"), *_audit(found, view)])
    return "\n".join(lines) + "\n"


def _noun(found: Explanation) -> str:
    kind = KINDS.named(found.kind)
    return f"({kind.noun})" if kind is not None else ""


def _standing(found: Explanation, view: View) -> Iterator[str]:
    where = f"in git at {visible(str(found.source))}" if found.source else "not in git"
    tracked = "tracked" if found.tracked else "not tracked"
    yield f"{where}; {tracked}; {_live(found)}."
    if found.circumstances.unknown:
        why = view.text(found.circumstances.unknown, about=found.address)
        yield view.paint.caution(f"It cannot be seen: {why}.")
    if found.circumstances.removal is not None:
        yield view.paint.caution(_REMOVALS[found.circumstances.removal])
    if found.updated_by or found.updated_at:
        by = f" by {visible(found.updated_by)}" if found.updated_by else ""
        on = f" on {moment(found.updated_at)}" if found.updated_at else ""
        yield f"Last changed{by}{on}."
    if found.circumstances.owner:
        yield view.paint.bad(f"Owned by another project: {visible(found.circumstances.owner)}.")
    if found.protected:
        yield "Protected: a delete is blocked."
    if found.kept_on_removal:
        yield "Kept on the platform when it leaves git."


def _live(found: Explanation) -> str:
    if found.circumstances.unknown:
        return "whether it is on the platform is not known"
    return "on the platform" if found.on_platform else "not on the platform"


def _row(kind: str, one: FieldExplanation, view: View) -> tuple[str, ...]:
    return (
        visible(one.path),
        _cell(kind, one.git, one.in_git, view),
        _cell(kind, one.applied, one.in_ledger, view),
        _cell(kind, one.live, one.on_platform, view),
        _VERDICTS[one.state],
        _where(one),
    )


def _cell(kind: str, value: JsonValue, is_there: bool, view: View) -> str:
    if not is_there:
        return _NOT_THERE
    text = view.value(kind, value)
    return text if len(text) <= _CELL_CHARACTERS else f"{text[: _CELL_CHARACTERS - 1]}…"


def _where(one: FieldExplanation) -> str:
    parts = [visible(str(one.source))] if one.source is not None else []
    if one.by or one.at:
        by = f"by {visible(one.by)}" if one.by else ""
        on = f"on {moment(one.at)}" if one.at else ""
        parts.append(" ".join(filter(None, ("changed", by, on))))
    return ", ".join(parts)


def _audit(found: Explanation, view: View) -> Iterator[str]:
    for entry in found.audit[:_AUDIT_ENTRIES]:
        fields = ", ".join(visible(change.path) for change in entry.changes if change.path)
        what = f": {fields}" if fields else ""
        yield f"  {moment(entry.at)}  {visible(entry.by)}  {visible(entry.action)}{what}"
    if len(found.audit) > _AUDIT_ENTRIES:
        yield view.paint.faint(f"  and {len(found.audit) - _AUDIT_ENTRIES} more")


def explanation_to_json(found: Explanation, masker: Masker) -> bytes:
    """`reconciler.explanation/1`: the resource, its `fields` and its `audit`, newest first."""
    return json_bytes(
        {
            "format": "reconciler.explanation/1",
            "address": masker.address(found.address),
            "kind": found.kind,
            "source": source_document(found.source),
            "in_git": found.in_git,
            "tracked": found.tracked,
            "on_platform": found.on_platform,
            "owner": found.circumstances.owner,
            "protected": found.protected,
            "kept_on_removal": found.kept_on_removal,
            "removal": found.circumstances.removal,
            "unknown": masker.text(found.circumstances.unknown, about=found.address),
            "updated_by": found.updated_by,
            "updated_at": found.updated_at,
            "fields": [_field_document(found.kind, one, masker) for one in found.fields],
            "audit": [
                {
                    "at": entry.at,
                    "by": entry.by,
                    "action": entry.action,
                    "changes": [
                        {
                            "path": change.path,
                            "before": masker.value(found.kind, change.before),
                            "after": masker.value(found.kind, change.after),
                        }
                        for change in entry.changes
                    ],
                }
                for entry in found.audit
            ],
        }
    )


def _field_document(kind: str, one: FieldExplanation, masker: Masker) -> dict[str, object]:
    return {
        "path": one.path,
        "state": one.state.value,
        "git": masker.value(kind, one.git),
        "applied": masker.value(kind, one.applied),
        "live": masker.value(kind, one.live),
        "in_git": one.in_git,
        "in_ledger": one.in_ledger,
        "on_platform": one.on_platform,
        "source": source_document(one.source),
        "by": one.by,
        "at": one.at,
    }

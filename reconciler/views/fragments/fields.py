"""A change's differences: `field: old → new`, and who changed it where."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from reconciler.kinds.base import Kind, Life
from reconciler.kinds.field_path import ORDER, FieldPath
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Change, Difference, Origin, Reason
from reconciler.text import visible
from reconciler.views.fragments.members import member_lines
from reconciler.views.fragments.schedule import schedule_lines
from reconciler.views.fragments.text_diff import diff_lines
from reconciler.views.style.colour import ADDED, REMOVED
from reconciler.views.style.values import inline, is_long
from reconciler.views.style.view import View, who_and_when

_STEP = "  "
_ENTRY_STEPS = 2
"""The steps of `members[ana]` and `members.order`."""


def difference_lines(change: Change, view: View) -> list[str]:
    """Every difference of a change, not indented."""
    lines: list[str] = []
    plain: list[Difference] = []
    for path, group in _grouped(change).items():
        if path == "schedule":
            lines.append("schedule")
            lines.extend(_STEP + line for line in _week(change, view))
            lines.extend(_STEP + line for line in _part_origins(change, group, view))
        elif path == "members":
            lines.extend(member_lines(change.before, change.after, paint=view.paint))
            lines.extend(_part_origins(change, group, view))
        else:
            lines.extend(_field(change, group[0], view))
            plain.extend(group)
    return [*lines, *_shared_origins(plain, view)]


def lost_lines(change: Change, view: View) -> Iterator[str]:
    """Edits that people made on the platform and that this change loses."""
    for difference in change.differences:
        if difference.origin is Origin.PLATFORM:
            now, was = (
                view.value(change.kind, value) for value in (difference.before, difference.base)
            )
            yield view.paint.caution(
                f"{view.text(difference.path)}: {now}, was {was}; "
                f"changed on the platform{_who(difference)}, lost"
            )


def old_and_new(before: JsonValue, after: JsonValue, view: View) -> str:
    """`old → new`. For lists of names that overlap: only the added and removed names."""
    old, new = _names(before), _names(after)
    removed = [f"{REMOVED} {inline(name)}" for name in old if name not in new]
    added = [f"{ADDED} {inline(name)}" for name in new if name not in old]
    kept = len(old) - len(removed)
    if not kept or not (removed or added):
        return f"{view.masked_value(before)} → {view.masked_value(after)}"
    return f"{', '.join([*removed, *added])} ({kept:,} unchanged)"


def _names(value: JsonValue) -> list[str]:
    items = value if isinstance(value, list) else []
    names = [item for item in items if isinstance(item, str)]
    return names if len(names) == len(items) else []


def _week(change: Change, view: View) -> list[str]:
    before, after = change.before or {}, change.after or {}
    return schedule_lines(before.get("schedule"), after.get("schedule"), paint=view.paint)


def _grouped(change: Change) -> dict[str, list[Difference]]:
    """Differences by path; the days of a schedule and the entries of a member list together."""
    groups: dict[str, list[Difference]] = {}
    for difference in change.differences:
        groups.setdefault(_group(KINDS[change.kind], difference.path), []).append(difference)
    return groups


def _group(kind: Kind, path: FieldPath) -> str:
    is_of_schedule = kind.sets_opening_hours and path.field == "schedule"
    is_entry = kind.life is Life.ORDERED_LIST and len(path.steps) <= _ENTRY_STEPS
    return path.field if is_of_schedule or is_entry else path


def _field(change: Change, difference: Difference, view: View) -> Iterator[str]:
    kind = change.kind
    label = _label(kind, difference.path, view)
    before, after = (view.masker.value(kind, v) for v in (difference.before, difference.after))
    if difference.origin is Origin.BOTH:
        title, base, wanted = _sides(change)
        yield f"{label}: {view.paint.caution(title)}"
        yield f"{_STEP}{base:<16}{view.value(kind, difference.base)}"
        yield f"{_STEP}{'platform':<16}{view.masked_value(before)}{_who(difference)}"
        yield f"{_STEP}{wanted:<16}{view.masked_value(after)}"
    elif (is_long(before) or is_long(after)) and all(
        value is None or isinstance(value, str) for value in (before, after)
    ):
        yield label
        texts = str(before or ""), str(after or "")
        yield from (
            _STEP + line for line in diff_lines(*texts, paint=view.paint, expand=view.expand)
        )
    else:
        yield f"{label}: {old_and_new(before, after, view)}"


def _sides(change: Change) -> tuple[str, str, str]:
    """For a change on both sides: its title, and the names of the first and the wanted value."""
    if change.reason is Reason.UNDONE:
        return "changed again since the run", "after the run", "before the run"
    return "changed in git and on the platform", "last applied", "git"


def _label(kind: str, path: FieldPath, view: View) -> str:
    """`max_queue`, or `ana: penalty` for a field of a member."""
    if KINDS[kind].life is not Life.ORDERED_LIST or len(path.steps) <= _ENTRY_STEPS:
        return view.text(path)
    _, user, *fields = (view.text(step.name) for step in path.steps)
    return f"{user}: {'.'.join(fields)}"


def _shared_origins(differences: list[Difference], view: View) -> Iterator[str]:
    """One line for all fields that one person changed on the platform at one time."""
    groups: dict[str, list[Difference]] = {}
    for difference in differences:
        if difference.origin is Origin.PLATFORM:
            groups.setdefault(_who(difference), []).append(difference)
    for who, group in groups.items():
        paths = ", ".join(view.text(difference.path) for difference in group)
        which = "" if len(group) == len(differences) else f"{paths}: "
        yield view.paint.caution(f"{which}changed on the platform{who}, will be reverted")


def _part_origins(change: Change, group: list[Difference], view: View) -> Iterator[str]:
    """Who changed which day or entry outside git."""
    title, base_name, wanted_name = _sides(change)
    parts_by_text: dict[str, list[str]] = {}
    for difference in group:
        if difference.origin is Origin.PLATFORM:
            text = f"changed on the platform{_who(difference)}, will be reverted"
        elif difference.origin is Origin.BOTH:
            values = (difference.base, difference.before, difference.after)
            base, before, after = (view.value(change.kind, value) for value in values)
            text = (
                f"{title}{_who(difference)}: {base_name} {base}, platform {before}, "
                f"{wanted_name} {after}"
            )
        else:
            continue
        parts_by_text.setdefault(text, []).append(_part(difference.path))
    is_all = len(parts_by_text) == 1 and sum(map(len, parts_by_text.values())) == len(group)
    for text, parts in parts_by_text.items():
        yield view.paint.caution(text if is_all else f"{', '.join(parts)}: {text}")


def _part(path: FieldPath) -> str:
    last = path.steps[-1]
    return "the order" if last == ORDER else visible(last.name)


def _who(difference: Difference) -> str:
    return who_and_when(difference.by, difference.at)

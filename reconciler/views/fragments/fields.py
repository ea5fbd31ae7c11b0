"""A change's differences: `field: old → new`, and who changed it where."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.base import Kind, Life
from reconciler.kinds.field_path import ORDER, FieldPath
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Change, Difference, Origin, Reason
from reconciler.text import visible
from reconciler.views.fragments.field_values import field_value, old_and_new
from reconciler.views.fragments.members import member_lines
from reconciler.views.fragments.schedule import day_in_words, schedule_lines, week_in_words
from reconciler.views.fragments.text_diff import diff_lines
from reconciler.views.style.values import is_long
from reconciler.views.style.view import View, who_and_when

_STEP = "  "
_ENTRY_STEPS = 2
"""The steps of `members[ana]` and `members.order`."""


def difference_lines(change: Change, view: View) -> list[str]:
    """Every difference of a change, not indented."""
    lines: list[str] = []
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
    return lines


def short_differences(change: Change, view: View) -> Iterator[str]:
    """Every difference of a change in a few words: `max_queue 20 → 30`, `schedule (sat)`."""
    for path, group in _grouped(change).items():
        first = group[0]
        label = _label(change.kind, first.path, view)
        values = [view.masker.value(change.kind, v) for v in (first.before, first.after)]
        if path == "schedule":
            yield from _short_week(group)
        elif path == "members":
            yield from member_lines(change.before, change.after, paint=view.paint)
        elif first.origin is Origin.BOTH:
            yield f"{label} {view.paint.caution(_sides(change)[0])}"
        elif any(map(is_long, values)):
            yield f"{label} changes"
        else:
            shown = old_and_new(change.kind, path, first.before, first.after, view)
            yield f"{label} {shown}{_attribution(first, view)}"


def _short_week(group: list[Difference]) -> Iterator[str]:
    """`sat 09:00-13:00 → closed`; days with the same change together."""
    days_by_text: dict[str, list[str]] = {}
    for each in group:
        if each.path == "schedule":
            yield f"schedule {week_in_words(each.before)} → {week_in_words(each.after)}"
            continue
        text = " → ".join(map(day_in_words, (each.before, each.after)))
        days_by_text.setdefault(text, []).append(_part(each.path))
    for text, days in days_by_text.items():
        yield f"{', '.join(days)} {text}"


def lost_lines(change: Change, view: View) -> Iterator[str]:
    """Edits that people made on the platform and that this change loses."""
    for difference in change.differences:
        if difference.origin is Origin.PLATFORM:
            now, was = (
                field_value(change.kind, difference.path, value, view)
                for value in (difference.before, difference.base)
            )
            yield view.paint.caution(
                f"{view.text(difference.path)}: {now}, was {was}; "
                f"changed on the platform{_who(difference)}, lost"
            )


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
    kind, path = change.kind, difference.path
    label = _label(kind, path, view)
    before, after = (view.masker.value(kind, v) for v in (difference.before, difference.after))
    by = _attribution(difference, view)
    if difference.origin is Origin.BOTH:
        base, now, wanted = (
            field_value(kind, path, value, view)
            for value in (difference.base, difference.before, difference.after)
        )
        title, base_name, wanted_name = _sides(change)
        yield f"{label}: {view.paint.caution(title)}"
        yield f"{_STEP}{base_name:<16}{base}"
        yield f"{_STEP}{'platform':<16}{now}{_who(difference)}"
        yield f"{_STEP}{wanted_name:<16}{wanted}"
    elif (is_long(before) or is_long(after)) and all(
        value is None or isinstance(value, str) for value in (before, after)
    ):
        yield f"{label}{by}"
        texts = str(before or ""), str(after or "")
        yield from (
            _STEP + line for line in diff_lines(*texts, paint=view.paint, details=view.details)
        )
    else:
        yield f"{label}: {old_and_new(kind, path, difference.before, difference.after, view)}{by}"


def _attribution(difference: Difference, view: View) -> str:
    """Who changed a field on the platform, for the end of its line; empty if git changed it."""
    if difference.origin is not Origin.PLATFORM:
        return ""
    text = f"changed on the platform{_who(difference)}, will be reverted"
    return f"  {view.paint.caution(f'({text})')}"


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


def _part_origins(change: Change, group: list[Difference], view: View) -> Iterator[str]:
    """Who changed which day or entry outside git."""
    title, base_name, wanted_name = _sides(change)
    parts_by_text: dict[str, list[str]] = {}
    for difference in group:
        if difference.origin is Origin.PLATFORM:
            text = f"changed on the platform{_who(difference)}, will be reverted"
        elif difference.origin is Origin.BOTH:
            values = (difference.base, difference.before, difference.after)
            base, before, after = (
                field_value(change.kind, difference.path, value, view) for value in values
            )
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

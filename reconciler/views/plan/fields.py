"""A change's differences: `field: old → new`, whose change each is, and what that means."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from reconciler.planning.change import Change, Difference, Origin, Reason
from reconciler.text import verb
from reconciler.views.plan.members import is_member_path, member_lines
from reconciler.views.plan.schedule import schedule_lines
from reconciler.views.plan.text_diff import diff_lines
from reconciler.views.style.escaping import visible
from reconciler.views.style.symbols import ADDED, REMOVED
from reconciler.views.style.values import inline, is_long
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import moment

_STEP = "  "


def difference_lines(change: Change, view: View) -> list[str]:
    """Every difference of a change, without indentation."""
    lines: list[str] = []
    told: list[Difference] = []
    for path, group in _grouped(change):
        if path == "schedule":
            lines.append("schedule")
            lines.extend(_STEP + line for line in _week(change, view))
            lines.extend(_STEP + line for line in _origins(change, group, view))
        elif path == "members":
            lines.extend(member_lines(change.before, change.after, paint=view.paint))
            lines.extend(_origins(change, group, view))
        else:
            lines.extend(_field(change, group[0], view))
            told.extend(group)
    return [*lines, *_shared_origin(told, view)]


def lost_lines(change: Change, view: View) -> Iterator[str]:
    """What people did to something since it was last applied, that goes along with it."""
    for one in change.differences:
        if one.origin is Origin.PLATFORM:
            was = view.value(change.kind, one.base)
            edited = f"{view.text(one.path)}: {view.value(change.kind, one.before)}, was {was}"
            yield view.paint.caution(f"{edited}; changed on the platform{_who(one, ' by')}, lost")


def _week(change: Change, view: View) -> list[str]:
    before, after = change.before or {}, change.after or {}
    return schedule_lines(before.get("schedule"), after.get("schedule"), paint=view.paint)


def _grouped(change: Change) -> Iterator[tuple[str, list[Difference]]]:
    """Differences that are shown as one: the days of a schedule, the entries of a member list."""
    groups: dict[str, list[Difference]] = {}
    for one in change.differences:
        groups.setdefault(_shown_as(change.kind, one.path), []).append(one)
    yield from groups.items()


def _shown_as(kind: str, path: str) -> str:
    if kind == "Campaign" and path.split(".", maxsplit=1)[0] == "schedule":
        return "schedule"
    if kind == "Members" and is_member_path(path):
        return "members"
    return path


def _field(change: Change, one: Difference, view: View) -> Iterator[str]:
    kind = change.kind
    label = _label(kind, one.path, view)
    before, after = view.masker.value(kind, one.before), view.masker.value(kind, one.after)
    if one.origin is Origin.BOTH:
        what, base, wanted = _sides(change)
        yield f"{label}: {view.paint.caution(what)}"
        yield f"{_STEP}{base:<16}{view.value(kind, one.base)}"
        yield f"{_STEP}{'platform':<16}{view.value(kind, one.before)}{_who(one, ' by')}"
        yield f"{_STEP}{wanted:<16}{view.value(kind, one.after)}"
    elif (is_long(before) or is_long(after)) and all(
        value is None or isinstance(value, str) for value in (before, after)
    ):
        yield label
        for line in diff_lines(
            str(before or ""), str(after or ""), paint=view.paint, expand=view.expand
        ):
            yield _STEP + line
    else:
        yield f"{label}: {old_and_new(before, after, view)}"


def _sides(change: Change) -> tuple[str, str, str]:
    """What a change on both sides is called, what both started from, and what is wanted."""
    if change.reason is Reason.UNDONE:
        return "changed again since the run", "after it", "before the run"
    return "changed in git and on the platform", "last applied", "git"


def old_and_new(before: JsonValue, after: JsonValue, view: View) -> str:
    """`old → new`; of a list of names only those that come and go, where others stay."""
    old, new = _names(before), _names(after)
    gone = [f"{REMOVED} {inline(name)}" for name in old if name not in new]
    come = [f"{ADDED} {inline(name)}" for name in new if name not in old]
    stay = len(old) - len(gone)
    if not stay or not (gone or come):
        return f"{view.masked_value(before)} → {view.masked_value(after)}"
    return f"{', '.join([*gone, *come])} ({stay:,} {verb(stay, 'stays', 'stay')})"


def _names(value: JsonValue) -> list[str]:
    listed = value if isinstance(value, list) else []
    names = [one for one in listed if isinstance(one, str)]
    return names if len(names) == len(listed) else []


def _label(kind: str, path: str, view: View) -> str:
    """A path as people say it; what differs about a member stands after the member."""
    if kind == "Members" and path.startswith("members[") and "]." in path:
        who, _, what = path.removeprefix("members[").rpartition("].")
        return f"{view.text(who)}: {view.text(what)}"
    return view.text(path)


def _shared_origin(told: list[Difference], view: View) -> Iterator[str]:
    """Drift, said once for all fields that one person changed at one moment."""
    drifted = [one for one in told if one.origin is Origin.PLATFORM]
    groups: dict[str, list[Difference]] = {}
    for one in drifted:
        groups.setdefault(_who(one, " by"), []).append(one)
    for who, group in groups.items():
        which = "" if len(group) == len(told) else _which(group, view)
        yield view.paint.caution(f"{which}changed on the platform{who}, git puts it back")


def _which(group: list[Difference], view: View) -> str:
    return ", ".join(view.text(one.path) for one in group) + ": "


def _origins(change: Change, group: list[Difference], view: View) -> Iterator[str]:
    """Whose changes the parts of a whole are, each part named by its own place."""
    kind = change.kind
    both, was, wanted = _sides(change)
    by_words: dict[str, list[str]] = {}
    for one in group:
        if one.origin is Origin.PLATFORM:
            words = f"changed on the platform{_who(one, ' by')}, git puts it back"
        elif one.origin is Origin.BOTH:
            base, before, after = (view.value(kind, v) for v in (one.base, one.before, one.after))
            words = f"{both}{_who(one, ' by')}: {was} {base}, platform {before}, {wanted} {after}"
        else:
            continue
        by_words.setdefault(words, []).append(_part(one.path))
    whole = len(by_words) == 1 and sum(map(len, by_words.values())) == len(group)
    for words, parts in by_words.items():
        named = "" if whole else f"{', '.join(parts)}: "
        yield view.paint.caution(f"{named}{words}")


def _part(path: str) -> str:
    if path.endswith(".order"):
        return "the order"
    if path.endswith("]"):
        return visible(path[path.index("[") + 1 : -1])
    return visible(path.rpartition(".")[2])


def _who(one: Difference, preposition: str) -> str:
    who = f"{preposition} {visible(one.by)}" if one.by else ""
    when = f" on {moment(one.at)}" if one.at else ""
    return who + when

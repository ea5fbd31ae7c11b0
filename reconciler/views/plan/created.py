"""New resources as what they are: a campaign with its hours and channels, a holiday with its date.

Few of a kind are shown one by one. Many are folded to their names and the fields they share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from reconciler.kinds.address import campaign_of, name_of, same_identity
from reconciler.kinds.base import Kind, Life
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.message import MASK
from reconciler.planning.change import Change, Reason
from reconciler.text import counted, joined, visible
from reconciler.views.fragments.field_values import field_value
from reconciler.views.fragments.members import members_in_words
from reconciler.views.fragments.schedule import week_in_words
from reconciler.views.fragments.text_diff import text_lines
from reconciler.views.plan.change import create_lines
from reconciler.views.plan.grouping import by_collection, collection_line, folded_lines
from reconciler.views.style.colour import ADDED
from reconciler.views.style.values import is_long
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import day

_OF_A_KIND = 10
"""How many new resources of a kind are shown one by one."""
_MEMBERS = 12
_TEXT_LINES = 3
_STEP = "      "


def created_lines(
    creates: Sequence[Change], updates: Sequence[Change], view: View
) -> Iterator[str]:
    """The creates, and the updates inside new campaigns."""
    if view.details:
        for change in (*creates, *updates):
            yield from create_lines(change, view)
        return
    by_kind: dict[str, list[Change]] = {}
    for change in creates:
        if change.reason is Reason.DRIFTED:
            yield from create_lines(change, view)
        else:
            by_kind.setdefault(change.kind, []).append(change)
    shown: set[str] = set()
    for group in by_kind.values():
        if len(group) > _OF_A_KIND:
            yield from _folded(group, view)
            continue
        for change in group:
            parts = [each for each in updates if _is_in(change, each)]
            shown.update(part.key for part in parts)
            yield from _resource(change, parts, view)
    rest = [update for update in updates if update.key not in shown]
    yield from folded_lines(rest, view.paint.good(ADDED), view)


def _resource(change: Change, parts: Sequence[Change], view: View) -> Iterator[str]:
    kind = KINDS[change.kind]
    facts = ", ".join(_holiday(change) if _is_holiday(kind) else _facts(change, view))
    where = f"{view.paint.good(ADDED)} {view.name(change.address)}"
    yield f"  {where}{f': {facts}' if facts else ''}{view.source_suffix(change.source)}"
    if kind.holds_resources:
        yield from (_STEP + line for line in _campaign(change, parts, view))
    yield from (_STEP + line for line in _texts(change, view))


def _is_in(campaign: Change, change: Change) -> bool:
    return same_identity(campaign_of(change.address) or "", campaign.address)


def _is_holiday(kind: Kind) -> bool:
    return kind.sets_opening_hours and not kind.holds_resources


def _holiday(change: Change) -> Iterator[str]:
    fields = change.after or {}
    yield day(str(fields.get("date"))) + (" and every year" if fields.get("recurring") else "")
    yield _closed_campaigns(fields)


def _closed_campaigns(fields: Mapping[str, JsonValue]) -> str:
    if fields.get("campaigns") == "all":
        return "closes all campaigns"
    names = [visible(name) for name in names_in(fields.get("campaigns"))]
    return f"closes {joined(names)}" if names else "closes no campaign"


def _facts(change: Change, view: View) -> Iterator[str]:
    """The short fields that are not at their defaults; a campaign's hours have their own line."""
    kind = KINDS[change.kind]
    for name, value in _declared(change).items():
        if kind.sets_opening_hours and name in ("schedule", "time_zone"):
            continue
        if is_long(value) or view.masker.value(kind.name, value) == MASK:
            continue
        if name == "enabled":
            yield "enabled" if value else "disabled"
        else:
            yield f"{visible(name)} {_short_value(change, name, value, view)}"


def _short_value(change: Change, name: str, value: JsonValue, view: View) -> str:
    """A value on one line; a list of objects as its names."""
    key = KINDS[change.kind].keyed_lists.get(name)
    if key is not None and isinstance(value, list):
        names = [visible(str(entry.get(key))) for entry in value if isinstance(entry, dict)]
        return view.names(names, _TEXT_LINES) or "empty"
    return field_value(change.kind, name, value, view)


def _declared(change: Change) -> dict[str, JsonValue]:
    """The fields that git declares, in reading order; all fields of an untracked resource."""
    fields = change.after or {}
    if change.tracking is None:
        return fields
    return {name: value for name, value in fields.items() if name in change.tracking.fields}


def _campaign(change: Change, parts: Sequence[Change], view: View) -> Iterator[str]:
    fields = change.after or {}
    yield f"{week_in_words(fields.get('schedule'))} ({visible(str(fields.get('time_zone')))})"
    for part in parts:
        if KINDS[part.kind].life is Life.ORDERED_LIST:
            members = members_in_words(part.after)
            yield f"{counted(len(members), 'member')}, in order: {view.names(members, _MEMBERS)}"
        else:
            yield f"{visible(name_of(part.address))}: {', '.join(_channel(part, view))}"
            yield from (f"  {line}" for line in _texts(part, view))


def _channel(part: Change, view: View) -> Iterator[str]:
    """The numbers and the connector, then the fields that are not at their defaults."""
    fields, before = part.after or {}, part.before or {}
    yield "enabled" if fields.get("enabled") else "disabled"
    numbers = [visible(number) for number in names_in(fields.get("numbers"))]
    connector = fields.get("connector")
    if numbers or connector:
        on = f"on {visible(str(connector))}" if connector else "without a connector"
        yield f"{joined(numbers)} {on}".strip()
    for name, value in fields.items():
        if name in ("enabled", "numbers", "connector") or before.get(name) == value:
            continue
        if not is_long(value):
            yield f"{visible(name)} {field_value(part.kind, name, value, view)}"


def _texts(change: Change, view: View) -> Iterator[str]:
    """The first lines of each long text."""
    before = change.before or {}
    for name, value in _declared(change).items():
        masked = view.masker.value(change.kind, value)
        if not isinstance(masked, str) or not is_long(masked) or before.get(name) == value:
            continue
        lines = text_lines(masked)
        yield f"{visible(name)}:"
        yield from (f"  {line}".rstrip() for line in lines[:_TEXT_LINES])
        if len(lines) > _TEXT_LINES:
            more = counted(len(lines) - _TEXT_LINES, "more line")
            yield view.paint.faint(f"  … {more}, shown by --details")


def _folded(changes: Sequence[Change], view: View) -> Iterator[str]:
    """One line a collection, and what its resources share; fewer lines for many collections."""
    mark = view.paint.good(ADDED)
    groups = by_collection(changes)
    if len(groups) > _OF_A_KIND:
        yield from folded_lines(changes, mark, view)
        return
    for collection, group in groups.items():
        yield collection_line(collection, group, mark, view)
        shared = list(_shared(group, view))
        if shared and len(group) > 1:
            yield f"{_STEP}all with {', '.join(shared)}"


def _shared(changes: Sequence[Change], view: View) -> Iterator[str]:
    first, *others = changes
    if _is_holiday(KINDS[first.kind]):
        dates = sorted(str((change.after or {}).get("date")) for change in changes)
        yield f"dates from {day(dates[0])} to {day(dates[-1])}"
    for name, value in _declared(first).items():
        is_shared = all((change.after or {}).get(name) == value for change in others)
        if is_shared and not is_long(value) and view.masker.value(first.kind, value) != MASK:
            yield f"{visible(name)} {_short_value(first, name, value, view)}"

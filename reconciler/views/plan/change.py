"""One change as lines: address, source, differences, and what a delete loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.kinds.registry import KINDS
from reconciler.live.platform import Usage
from reconciler.planning.change import Action, Change, Reason
from reconciler.text import counted, joined, some, verb, visible
from reconciler.views.fragments.fields import difference_lines, lost_lines
from reconciler.views.fragments.text_diff import text_lines
from reconciler.views.style.colour import ADDED, CHANGED, REMOVED, REPLACED
from reconciler.views.style.values import is_long
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import REASON_PHRASES, sentence

_STEP = "      "


def update_lines(change: Change, view: View) -> Iterator[str]:
    """An update, or an adoption that changes fields."""
    yield _headline(change, view.paint.caution(CHANGED), view)
    if change.action is not Action.ADOPT or change.owner:
        yield from _marks(change, view)
    yield from (_STEP + line for line in difference_lines(change, view))


def delete_lines(change: Change, cascaded: Sequence[Change], view: View) -> Iterator[str]:
    """A delete: the reason, who uses the resource, and the deletes that it cascades to."""
    yield _headline(change, view.paint.bad(REMOVED), view)
    yield f"{_STEP}{sentence(REASON_PHRASES[change.reason])}"
    yield from _marks(change, view)
    yield from (_STEP + line for line in lost_lines(change, view))
    yield from _usage("", change.usage, view)
    if cascaded:
        counts = KINDS.counted(Counter(child.kind for child in cascaded))
        yield f"{_STEP}Also deleted: {joined(counts)}."
        if view.details:
            yield from (f"{_STEP}  {REMOVED} {view.address(child.address)}" for child in cascaded)
    if view.details and change.before:
        yield from _fields(change, view)


def replace_lines(change: Change, old: Change | None, view: View) -> Iterator[str]:
    """A rename of a kind that cannot be renamed: create, repoint, delete."""
    yield _renamed(change, view.paint.caution(REPLACED), view)
    yield f"{_STEP}Creates the new one, points managed references to it, deletes the old one."
    yield from _usage("the old one: ", change.usage or (old.usage if old else None), view)
    before = (old.before if old else None) or {}
    for name, value in (change.after or {}).items() if old and old.before is not None else ():
        if before.get(name) != value:
            was, now = (view.value(change.kind, v) for v in (before.get(name), value))
            yield f"{_STEP}{visible(name)}: {was} → {now}"


def rename_lines(change: Change, view: View) -> Iterator[str]:
    """A rename in place, which keeps the history."""
    yield _renamed(change, view.paint.caution(CHANGED), view)
    yield from _marks(change, view)


def create_lines(change: Change, view: View) -> Iterator[str]:
    """A new resource with all its fields."""
    yield _headline(change, view.paint.good(ADDED), view)
    if change.action is Action.CREATE:
        yield from _fields(change, view)
    else:
        yield from (_STEP + line for line in difference_lines(change, view))


def _headline(change: Change, mark: str, view: View) -> str:
    note = ""
    if change.action is Action.CREATE and change.reason is Reason.DRIFTED:
        by = f" by {visible(change.by)}" if change.by else ""
        note = "  " + view.paint.caution(f"deleted on the platform{by}, will be created again")
    return f"  {mark} {view.address(change.address)}{note}{view.source_suffix(change.source)}"


def _renamed(change: Change, mark: str, view: View) -> str:
    old, new = view.address(change.previous_address or ""), view.address(change.address)
    return f"  {mark} {old} → {new}{view.source_suffix(change.source)}"


def _marks(change: Change, view: View) -> Iterator[str]:
    if change.owner:
        yield f"{_STEP}{view.paint.bad(f'Owned by another project: {visible(change.owner)}.')}"
    elif change.unowned:
        yield f"{_STEP}{view.paint.caution('Not managed yet.')}"
    if change.protected:
        yield f"{_STEP}{view.paint.caution('Protected.')}"


def _usage(prefix: str, usage: Usage | None, view: View) -> Iterator[str]:
    phrase = _usage_phrase(usage, view) if usage is not None else ""
    if phrase:
        yield f"{_STEP}{view.paint.bad(sentence(prefix + phrase))}"


def _usage_phrase(usage: Usage, view: View) -> str:
    """`61 agents are in it now, used by campaigns/Sales`; empty if nothing uses it."""
    parts: list[str] = []
    if usage.interactions_total:
        parts.append(f"{counted(usage.interactions_total, 'interaction')} would be lost")
    if usage.agents_now:
        agents = len(usage.agents_now)
        parts.append(f"{counted(agents, 'agent')} {verb(agents, 'is', 'are')} in it now")
    if usage.open_interactions:
        parts.append(counted(usage.open_interactions, "open interaction"))
    if usage.referrers:
        referrers = dict.fromkeys(view.address(each.address) for each in usage.referrers)
        parts.append(f"used by {some(referrers)}")
    if usage.recent_interactions:
        used = counted(usage.recent_interactions, "interaction")
        parts.append(f"{used} used it in the last 30 days")
    return ", ".join(parts)


def _fields(change: Change, view: View) -> Iterator[str]:
    declared = change.tracking.fields if change.tracking is not None else {}
    fields = change.after if change.after is not None else change.before or {}
    for name, value in fields.items():
        is_default = change.action is Action.CREATE and name not in declared
        default = view.paint.faint("  (default)") if is_default else ""
        masked = view.masker.value(change.kind, value)
        if isinstance(masked, str) and is_long(masked):
            yield f"{_STEP}{visible(name)}:{default}"
            yield from (f"{_STEP}  {line}".rstrip() for line in text_lines(masked))
        else:
            yield f"{_STEP}{visible(name)}: {view.masked_value(masked)}{default}"

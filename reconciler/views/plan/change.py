"""One change as lines: its address, where git says so, what differs or what is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.kinds.base import Fields
from reconciler.planning.change import Action, Change, Reason
from reconciler.text import joined
from reconciler.views.plan.fields import difference_lines, lost_lines
from reconciler.views.plan.grouping import counted_kinds
from reconciler.views.plan.text_diff import text_lines
from reconciler.views.plan.usage_summary import usage_phrase
from reconciler.views.style.escaping import visible
from reconciler.views.style.symbols import ADDED, CHANGED, REMOVED, REPLACED
from reconciler.views.style.values import is_long
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import REASON_PHRASES, sentence

_STEP = "      "


def update_lines(change: Change, view: View) -> Iterator[str]:
    """What is there and becomes different; that an adoption is unowned, its section says."""
    yield _headline(change, view.paint.caution(CHANGED), view)
    if change.action is not Action.ADOPT or change.owner:
        yield from _marks(change, view)
    yield from (_STEP + line for line in difference_lines(change, view))


def delete_lines(change: Change, taken: Sequence[Change], view: View) -> Iterator[str]:
    """What goes: why, who uses it, and what goes along."""
    yield _headline(change, view.paint.bad(REMOVED), view)
    yield f"{_STEP}{sentence(REASON_PHRASES[change.reason])}"
    yield from _marks(change, view)
    yield from (_STEP + line for line in lost_lines(change, view))
    used = usage_phrase(change.usage, view) if change.usage is not None else ""
    if used:
        yield f"{_STEP}{view.paint.bad(sentence(used))}"
    if taken:
        yield f"{_STEP}With it: {joined(counted_kinds(taken))}."
        if view.expand:
            yield from (f"{_STEP}  {REMOVED} {view.address(one.address)}" for one in taken)
    if view.expand and change.before:
        yield from _fields(change, view)


def replace_lines(change: Change, old: Change | None, view: View) -> Iterator[str]:
    """A new name where names are fixed: made, referred to, and the old one deleted."""
    yield _renamed(change, view.paint.caution(REPLACED), view)
    yield f"{_STEP}The new one is made, what git manages is pointed to it, the old one is deleted."
    usage = change.usage or (old.usage if old is not None else None)
    used = usage_phrase(usage, view) if usage is not None else ""
    if used:
        yield f"{_STEP}{view.paint.bad(sentence(f'the old one: {used}'))}"
    before = old.before if old is not None else None
    yield from _unlike(change, before, view)


def rename_lines(change: Change, view: View) -> Iterator[str]:
    """A new name in place; history stays."""
    yield _renamed(change, view.paint.caution(CHANGED), view)
    yield from _marks(change, view)


def create_lines(change: Change, view: View) -> Iterator[str]:
    """What is new, with every field it starts with."""
    yield _headline(change, view.paint.good(ADDED), view)
    if change.action is Action.CREATE:
        yield from _fields(change, view)
    else:
        yield from (_STEP + line for line in difference_lines(change, view))


def _headline(change: Change, mark: str, view: View) -> str:
    again = ""
    if change.action is Action.CREATE and change.reason is Reason.DRIFTED:
        by = f" by {visible(change.by)}" if change.by else ""
        again = "  " + view.paint.caution(f"deleted on the platform{by}, git puts it back")
    return f"  {mark} {view.address(change.address)}{again}{view.source_suffix(change.source)}"


def _renamed(change: Change, mark: str, view: View) -> str:
    was = view.address(change.previous_address or "")
    return f"  {mark} {was} → {view.address(change.address)}{view.source_suffix(change.source)}"


def _marks(change: Change, view: View) -> Iterator[str]:
    if change.owner:
        yield f"{_STEP}{view.paint.bad(f'Owned by another project: {visible(change.owner)}.')}"
    elif change.unowned:
        yield f"{_STEP}{view.paint.caution('Found on the platform, unowned.')}"
    if change.protected:
        yield f"{_STEP}{view.paint.caution('Protected.')}"


def _fields(change: Change, view: View) -> Iterator[str]:
    declared = change.tracking.fields if change.tracking is not None else {}
    fields = change.after if change.after is not None else change.before or {}
    for name, value in fields.items():
        default = (
            view.paint.faint("  (default)")
            if change.action is Action.CREATE and name not in declared
            else ""
        )
        hidden = view.masker.value(change.kind, value)
        if isinstance(hidden, str) and is_long(hidden):
            yield f"{_STEP}{visible(name)}:{default}"
            yield from (f"{_STEP}  {line}".rstrip() for line in text_lines(hidden))
        else:
            yield f"{_STEP}{visible(name)}: {view.value(change.kind, value)}{default}"


def _unlike(change: Change, before: Fields | None, view: View) -> Iterator[str]:
    for name, value in (change.after or {}).items() if before is not None else ():
        old = before.get(name) if before is not None else None
        if old != value:
            was, now = view.value(change.kind, old), view.value(change.kind, value)
            yield f"{_STEP}{visible(name)}: {was} → {now}"

"""One change as lines: its address, where git says so, what differs or what is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.kinds.base import Fields
from reconciler.planning.model import Action, Change, Reason
from reconciler.text import joined
from reconciler.views.plan.fields import difference_lines, lost_lines
from reconciler.views.plan.grouping import counted_kinds
from reconciler.views.plan.text_diff import text_lines
from reconciler.views.plan.usage_summary import use_in_words
from reconciler.views.style.escaping import visible
from reconciler.views.style.renderer import Pen
from reconciler.views.style.symbols import CHANGED, GONE, NEW, REPLACED
from reconciler.views.style.values import is_long
from reconciler.views.style.vocabulary import WHY, sentence

_STEP = "      "


def update_lines(change: Change, pen: Pen) -> Iterator[str]:
    """What is there and becomes different; that an adoption is unowned, its section says."""
    yield _headline(change, pen.paint.careful(CHANGED), pen)
    if change.action is not Action.ADOPT or change.owner:
        yield from _marks(change, pen)
    yield from (_STEP + line for line in difference_lines(change, pen))


def delete_lines(change: Change, taken: Sequence[Change], pen: Pen) -> Iterator[str]:
    """What goes: why, who uses it, and what goes along."""
    yield _headline(change, pen.paint.bad(GONE), pen)
    yield f"{_STEP}{sentence(WHY[change.reason])}"
    yield from _marks(change, pen)
    yield from (_STEP + line for line in lost_lines(change, pen))
    used = use_in_words(change.usage, pen) if change.usage is not None else ""
    if used:
        yield f"{_STEP}{pen.paint.bad(sentence(used))}"
    if taken:
        yield f"{_STEP}With it: {joined(counted_kinds(taken))}."
        if pen.expand:
            yield from (f"{_STEP}  {GONE} {pen.address(one.address)}" for one in taken)
    if pen.expand and change.before:
        yield from _fields(change, pen)


def replace_lines(change: Change, old: Change | None, pen: Pen) -> Iterator[str]:
    """A new name where names are fixed: made, referred to, and the old one deleted."""
    yield _renamed(change, pen.paint.careful(REPLACED), pen)
    yield f"{_STEP}The new one is made, what git manages is pointed to it, the old one is deleted."
    usage = change.usage or (old.usage if old is not None else None)
    used = use_in_words(usage, pen) if usage is not None else ""
    if used:
        yield f"{_STEP}{pen.paint.bad(sentence(f'the old one: {used}'))}"
    before = old.before if old is not None else None
    yield from _unlike(change, before, pen)


def rename_lines(change: Change, pen: Pen) -> Iterator[str]:
    """A new name in place; history stays."""
    yield _renamed(change, pen.paint.careful(CHANGED), pen)
    yield from _marks(change, pen)


def create_lines(change: Change, pen: Pen) -> Iterator[str]:
    """What is new, with every field it starts with."""
    yield _headline(change, pen.paint.good(NEW), pen)
    if change.action is Action.CREATE:
        yield from _fields(change, pen)
    else:
        yield from (_STEP + line for line in difference_lines(change, pen))


def _headline(change: Change, mark: str, pen: Pen) -> str:
    again = ""
    if change.action is Action.CREATE and change.reason is Reason.DRIFTED:
        by = f" by {visible(change.by)}" if change.by else ""
        again = "  " + pen.paint.careful(f"deleted on the platform{by}, git puts it back")
    return f"  {mark} {pen.address(change.address)}{again}{pen.beside(change.source)}"


def _renamed(change: Change, mark: str, pen: Pen) -> str:
    was = pen.address(change.previous_address or "")
    return f"  {mark} {was} → {pen.address(change.address)}{pen.beside(change.source)}"


def _marks(change: Change, pen: Pen) -> Iterator[str]:
    if change.owner:
        yield f"{_STEP}{pen.paint.bad(f'Owned by another project: {visible(change.owner)}.')}"
    elif change.unowned:
        yield f"{_STEP}{pen.paint.careful('Found on the platform, unowned.')}"
    if change.protected:
        yield f"{_STEP}{pen.paint.careful('Protected.')}"


def _fields(change: Change, pen: Pen) -> Iterator[str]:
    declared = change.tracking.fields if change.tracking is not None else {}
    fields = change.after if change.after is not None else change.before or {}
    for name, value in fields.items():
        default = (
            pen.paint.faint("  (default)")
            if change.action is Action.CREATE and name not in declared
            else ""
        )
        hidden = pen.masker.value(change.kind, value)
        if isinstance(hidden, str) and is_long(hidden):
            yield f"{_STEP}{visible(name)}:{default}"
            yield from (f"{_STEP}  {line}".rstrip() for line in text_lines(hidden))
        else:
            yield f"{_STEP}{visible(name)}: {pen.value(change.kind, value)}{default}"


def _unlike(change: Change, before: Fields | None, pen: Pen) -> Iterator[str]:
    for name, value in (change.after or {}).items() if before is not None else ():
        old = before.get(name) if before is not None else None
        if old != value:
            was, now = pen.value(change.kind, old), pen.value(change.kind, value)
            yield f"{_STEP}{visible(name)}: {was} → {now}"

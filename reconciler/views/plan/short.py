"""The changes of a blocked plan in less space: a line for each, or a line for each kind of change.

Deletes and lost protection always have their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Change
from reconciler.planning.plan import Plan
from reconciler.text import joined, visible
from reconciler.views.fragments.fields import short_differences
from reconciler.views.plan.change import delete_lines, rename_lines, replace_lines
from reconciler.views.plan.consequences import consequence_lines
from reconciler.views.plan.grouping import alike_lines, folded_lines
from reconciler.views.plan.sections import Sections
from reconciler.views.style.colour import ADDED, CHANGED, RELEASED, REMOVED, REPLACED
from reconciler.views.style.view import View

_NAMES = 6
_STEP = "      "
_TITLE = "Changes in short; --details shows each one in full"


def one_line_each(plan: Plan, sections: Sections, view: View) -> Iterator[str]:
    """A line for each change; creates are folded by collection, and alike updates together."""
    yield view.paint.strong(_TITLE)

    def delete(change: Change, view: View) -> Iterator[str]:
        return delete_lines(change, sections.cascaded.get(change.key, ()), view)

    yield from _joined(alike_lines(sections.deletes, delete, view))
    for change in sections.replaces:
        yield next(replace_lines(change, sections.replaced.get(change.key), view))
    for change in sections.renames:
        yield next(rename_lines(change, view))
    updates = [*sections.updates, *sections.adopted_with_changes]
    yield from _joined(alike_lines(updates, _update, view))
    yield from consequence_lines(plan.consequences, view)
    creates = [*sections.creates, *sections.new_campaign_updates]
    yield from folded_lines(creates, view.paint.good(ADDED), view)
    yield from _lifted(plan, view)


def _update(change: Change, view: View) -> Iterator[str]:
    mark = view.paint.caution(CHANGED)
    yield f"  {mark} {view.address(change.address)}"
    yield f"{_STEP}{', '.join([*short_differences(change, view), *_marks(change, view)])}"


def _marks(change: Change, view: View) -> Iterator[str]:
    if change.owner:
        yield view.paint.bad(f"owned by another project: {visible(change.owner)}")
    elif change.unowned:
        yield view.paint.caution("not managed yet")


def counts_only(plan: Plan, sections: Sections, view: View) -> Iterator[str]:
    """A line for each thing that a plan does."""
    yield view.paint.strong(_TITLE)
    paint = view.paint
    cascaded = [change for group in sections.cascaded.values() for change in group]
    yield from _named(paint.bad(REMOVED), "delete", sections.deletes, view)
    yield from _counted(paint.bad(REMOVED), "delete with them", cascaded)
    yield from _named(paint.caution(REPLACED), "replace", sections.replaces, view)
    yield from _named(paint.caution(CHANGED), "rename", sections.renames, view)
    yield from _counted(paint.caution(CHANGED), "update", sections.updates)
    adopted = sections.adopted_with_changes
    unowned, owned = [c for c in adopted if not c.owner], [c for c in adopted if c.owner]
    yield from _counted(paint.caution(CHANGED), "update, not managed yet:", unowned)
    yield from _named(paint.bad(CHANGED), "update, owned by another project", owned, view)
    if plan.consequences:
        addresses = [consequence.address for consequence in plan.consequences]
        shown = view.addresses(list(dict.fromkeys(addresses)), _NAMES)
        yield f"  {paint.caution(CHANGED)} changed by the platform as a result: {shown}"
    yield from _counted(paint.good(ADDED), "create", sections.creates)
    yield from _lifted(plan, view)


def _lifted(plan: Plan, view: View) -> Iterator[str]:
    lifted = [change for change in plan.changes if change.protection == "lifted"]
    yield from _named(view.paint.caution(RELEASED), "lift the protection of", lifted, view)


def _named(mark: str, what: str, changes: Sequence[Change], view: View) -> Iterator[str]:
    if changes:
        names = view.names([_name(change, view) for change in changes], _NAMES)
        yield f"  {mark} {what} {len(changes):,}: {names}"


def _name(change: Change, view: View) -> str:
    new = view.address(change.address)
    return f"{view.address(change.previous_address)} → {new}" if change.previous_address else new


def _counted(mark: str, what: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        yield f"  {mark} {what} {joined(KINDS.counted(Counter(c.kind for c in changes)))}"


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The lines of each change as one line."""
    head, body = "", list[str]()
    for line in lines:
        if line.startswith(_STEP):
            body.append(line.strip())
            continue
        if head:
            yield _line(head, body)
        head, body = line, []
    if head:
        yield _line(head, body)


def _line(head: str, body: Sequence[str]) -> str:
    return f"{head}: {' '.join(body)}" if body else head

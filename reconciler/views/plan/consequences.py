"""Fields that the platform changes by itself because of a plan, and the change that causes each.

Referrers with the same consequence share one entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.planning.change import Action
from reconciler.planning.plan import Consequence, LostReference
from reconciler.text import joined, visible
from reconciler.views.fragments.field_values import old_and_new
from reconciler.views.style.colour import CHANGED
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import PARTICIPLES

_ADDRESSES = 6
_STEP = "      "


def consequence_lines(consequences: Sequence[Consequence], view: View) -> Iterator[str]:
    """Every consequence of a plan."""
    if not consequences:
        return
    yield view.paint.strong(f"Changed by the platform as a result: {len(consequences):,}")
    addresses_by_text: dict[tuple[str, ...], list[str]] = {}
    for consequence in consequences:
        text = tuple(_consequence(consequence, view))
        addresses_by_text.setdefault(text, []).append(consequence.address)
    for lines, addresses in addresses_by_text.items():
        yield f"  {view.paint.caution(CHANGED)} {view.addresses(addresses, _ADDRESSES)}"
        yield from (_STEP + line for line in lines)


def _consequence(consequence: Consequence, view: View) -> Iterator[str]:
    kind, field = consequence.kind, view.text(consequence.field)
    if consequence.before != consequence.after:
        values = consequence.before, consequence.after
        yield f"{field}: {old_and_new(kind, consequence.field, *values, view)}"
    for reference in consequence.references:
        if reference.means is not None:
            yield f"{field} stays {_new_meaning(kind, reference, reference.means, view)}"
    yield f"Because {joined(_causes(consequence, view))}."
    if consequence.owner:
        yield view.paint.bad(f"Owned by another project: {visible(consequence.owner)}.")


def _new_meaning(kind: str, reference: LostReference, means: str, view: View) -> str:
    name = view.value(kind, reference.name)
    return f"{name} and means {view.address(means)} instead of {view.address(reference.meant)}"


def _causes(consequence: Consequence, view: View) -> list[str]:
    causes: dict[str, None] = {}
    for reference in consequence.references:
        for key in reference.changes:
            done = PARTICIPLES[Action.CREATE if key.action is Action.REPLACE else key.action]
            causes[f"{view.address(key.address)} is {done}"] = None
    return list(causes)

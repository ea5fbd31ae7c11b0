"""What the platform does to referrers by itself: each field, and the change that brings it about.

Referrers that come out alike are one entry, however many they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.planning.change import Action
from reconciler.planning.plan import Consequence, LostReference
from reconciler.text import first_of, joined
from reconciler.views.plan.fields import old_and_new
from reconciler.views.style.escaping import visible
from reconciler.views.style.symbols import CHANGED
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import PARTICIPLES

_ADDRESSES = 6
_STEP = "      "


def consequence_lines(consequences: Sequence[Consequence], view: View) -> Iterator[str]:
    """Every consequence of a plan."""
    if not consequences:
        return
    yield view.paint.strong(f"Changed by the platform as a result: {len(consequences):,}")
    alike: dict[tuple[str, ...], list[Consequence]] = {}
    for one in consequences:
        alike.setdefault(tuple(_about(one, view)), []).append(one)
    for lines, those in alike.items():
        yield f"  {view.paint.caution(CHANGED)} {_addresses(those, view)}"
        yield from (_STEP + line for line in lines)


def _about(one: Consequence, view: View) -> Iterator[str]:
    yield from _fields(one, view)
    yield f"Because {joined(_causes(one, view))}."
    if one.owner:
        yield view.paint.bad(f"Owned by another project: {visible(one.owner)}.")


def _fields(one: Consequence, view: View) -> Iterator[str]:
    if one.before != one.after:
        before, after = (view.masker.value(one.kind, value) for value in (one.before, one.after))
        yield f"{view.text(one.field)}: {old_and_new(before, after, view)}"
    for lost in one.references:
        if lost.means is not None:
            yield f"{view.text(one.field)} stays {_meaning(one.kind, lost, lost.means, view)}"


def _meaning(kind: str, lost: LostReference, means: str, view: View) -> str:
    name = view.value(kind, lost.name)
    return f"{name} and means {view.address(means)} instead of {view.address(lost.meant)}"


def _causes(one: Consequence, view: View) -> list[str]:
    found: dict[str, None] = {}
    for lost in one.references:
        for key in lost.changes:
            action, _, address = key.partition(" ")
            done = "created" if action == Action.REPLACE else PARTICIPLES[Action(action)]
            found[f"{view.address(address)} is {done}"] = None
    return list(found)


def _addresses(those: Sequence[Consequence], view: View) -> str:
    shown = (view.address(one.address) for one in those)
    return first_of(shown, None if view.expand else _ADDRESSES)

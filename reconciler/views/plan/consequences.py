"""What the platform does to referrers by itself: each field, and the change that brings it about.

Referrers that come out alike are one entry, however many they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.planning.model import Action, Consequence, LostReference
from reconciler.text import first_of, joined
from reconciler.views.plan.fields import old_and_new
from reconciler.views.style.escaping import visible
from reconciler.views.style.renderer import Pen
from reconciler.views.style.symbols import CHANGED
from reconciler.views.style.vocabulary import DONE

_ADDRESSES = 6
_STEP = "      "


def consequence_lines(consequences: Sequence[Consequence], pen: Pen) -> Iterator[str]:
    """Every consequence of a plan."""
    if not consequences:
        return
    yield pen.paint.strong(f"Changed by the platform as a result: {len(consequences):,}")
    alike: dict[tuple[str, ...], list[Consequence]] = {}
    for one in consequences:
        alike.setdefault(tuple(_about(one, pen)), []).append(one)
    for lines, those in alike.items():
        yield f"  {pen.paint.careful(CHANGED)} {_addresses(those, pen)}"
        yield from (_STEP + line for line in lines)


def _about(one: Consequence, pen: Pen) -> Iterator[str]:
    yield from _fields(one, pen)
    yield f"Because {joined(_causes(one, pen))}."
    if one.owner:
        yield pen.paint.bad(f"Owned by another project: {visible(one.owner)}.")


def _fields(one: Consequence, pen: Pen) -> Iterator[str]:
    if one.before != one.after:
        before, after = (pen.masker.value(one.kind, value) for value in (one.before, one.after))
        yield f"{pen.text(one.field)}: {old_and_new(before, after, pen)}"
    for lost in one.references:
        if lost.means is not None:
            yield f"{pen.text(one.field)} stays {_meaning(one.kind, lost, lost.means, pen)}"


def _meaning(kind: str, lost: LostReference, means: str, pen: Pen) -> str:
    name = pen.value(kind, lost.name)
    return f"{name} and means {pen.address(means)} instead of {pen.address(lost.meant)}"


def _causes(one: Consequence, pen: Pen) -> list[str]:
    found: dict[str, None] = {}
    for lost in one.references:
        for key in lost.changes:
            action, _, address = key.partition(" ")
            done = "created" if action == Action.REPLACE else DONE[Action(action)]
            found[f"{pen.address(address)} is {done}"] = None
    return list(found)


def _addresses(those: Sequence[Consequence], pen: Pen) -> str:
    shown = (pen.address(one.address) for one in those)
    return first_of(shown, None if pen.expand else _ADDRESSES)

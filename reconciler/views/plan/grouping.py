"""Many resources in few lines: a line a collection, with how many and the first few names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reconciler.kinds.address import collection_of, name_of
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Change
from reconciler.text import counted, first_of
from reconciler.views.style.escaping import visible
from reconciler.views.style.view import View

_NAMES = 6
_FILES = 2


def by_collection(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes by the list their resource is an entry of; member lists stand together."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(collection_of(change.address), []).append(change)
    return found


def counted_kinds(changes: Iterable[Change]) -> list[str]:
    """`7 channels`, `1 member list`, in the kinds' own order."""
    return KINDS.counted(Counter(change.kind for change in changes))


def names(collection: str, addresses: Iterable[str], view: View) -> str:
    """The first few of a collection's entries by their names below it, and how many more."""
    shown = (_below(collection, address, view) for address in addresses)
    return first_of(shown, None if view.expand else _NAMES)


def _below(collection: str, address: str, view: View) -> str:
    masked = view.masker.address(address)
    if masked == collection:
        return visible(name_of(masked))
    return visible(masked[len(collection) + 1 :])


def places(changes: Iterable[Change], view: View) -> str:
    """Where git says so: the first place in each of the first files."""
    first: dict[str, str] = {}
    for change in changes:
        if change.source is not None:
            first.setdefault(change.source.file, str(change.source))
    if not first:
        return ""
    shown = [visible(place) for place in list(first.values())[:_FILES]]
    if len(first) > _FILES:
        shown.append(counted(len(first) - _FILES, "more file"))
    return "  " + view.paint.faint(", ".join(shown))

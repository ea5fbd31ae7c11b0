"""Many changes in few lines: one line a collection, with its count and first names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds.address import campaign_name, collection_of, identity, name_of
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Change
from reconciler.text import counted, visible
from reconciler.views.style.view import View

_NAMES = 6
_FILES = 2
_COLLECTIONS = 12


def folded_lines(changes: Sequence[Change], mark: str, view: View) -> Iterator[str]:
    """One line a collection; one line a kind if there are too many collections."""
    groups = by_collection(changes)
    if len(groups) <= _COLLECTIONS or view.expand:
        for collection, group in groups.items():
            yield collection_line(collection, group, mark, view)
        return
    of_campaigns: dict[str, list[Change]] = {}
    for collection, group in groups.items():
        if "/" in collection:
            of_campaigns.setdefault(group[0].kind, []).extend(group)
        else:
            yield collection_line(collection, group, mark, view)
    for kind, group in of_campaigns.items():
        campaigns = len({identity(campaign_name(change.address)) for change in group})
        what = KINDS.counted({kind: len(group)})[0]
        yield f"  {mark} {what} of {counted(campaigns, 'campaign')}{_sources(group, view)}"


def collection_line(collection: str, changes: Sequence[Change], mark: str, view: View) -> str:
    """`  + statuses: 9 (Shift 1, Shift 2 and 7 more)  statuses.yaml:2`"""
    where = view.address(collection)
    if len(changes) == 1 and changes[0].address == collection:
        return f"  {mark} {where}{_sources(changes, view)}"
    names = [_name_in(collection, change.address, view) for change in changes]
    shown = view.names(names, _NAMES)
    return f"  {mark} {where}: {len(changes):,} ({shown}){_sources(changes, view)}"


def by_collection(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes by their collection, in their first order."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(collection_of(change.address), []).append(change)
    return groups


def _name_in(collection: str, address: str, view: View) -> str:
    masked = view.masker.address(address)
    return visible(name_of(masked) if masked == collection else masked[len(collection) + 1 :])


def _sources(changes: Iterable[Change], view: View) -> str:
    """The first source in each of the first files, for the end of a line."""
    by_file: dict[str, str] = {}
    for change in changes:
        if change.source is not None:
            by_file.setdefault(change.source.file, str(change.source))
    if not by_file:
        return ""
    shown = [visible(source) for source in list(by_file.values())[:_FILES]]
    if len(by_file) > _FILES:
        shown.append(counted(len(by_file) - _FILES, "more file"))
    return "  " + view.paint.faint(", ".join(shown))

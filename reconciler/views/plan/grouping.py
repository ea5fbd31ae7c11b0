"""Many changes in few lines: one line a collection, with its count and first names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from reconciler.kinds.address import campaign_name, collection_of, identity, name_of, split
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action, Change
from reconciler.text import counted, visible
from reconciler.views.style.view import View

_NAMES = 6
_FILES = 2
_COLLECTIONS = 12
_ALIKE = 3
"""How many changes with the same lines are folded into one."""


def folded_lines(changes: Sequence[Change], mark: str, view: View) -> Iterator[str]:
    """One line a collection; one line a kind if there are too many collections."""
    groups = by_collection(changes)
    if len(groups) <= _COLLECTIONS or view.details:
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
    where = view.name(collection)
    if len(changes) == 1 and changes[0].address == collection:
        return f"  {mark} {where}{_sources(changes, view)}"
    shown = view.names(names_of([change.address for change in changes], view), _NAMES)
    return f"  {mark} {where}: {len(changes):,} ({shown}){_sources(changes, view)}"


def alike_lines(
    changes: Sequence[Change],
    lines: Callable[[Change, View], Iterable[str]],
    view: View,
) -> Iterator[str]:
    """The lines of each change; changes of a kind with the same lines are folded.

    A folded group has its count, the first names and the lines that its changes share.
    """
    groups: dict[tuple[str, ...], list[Change]] = {}
    blocks: dict[str, list[str]] = {}
    for change in changes:
        blocks[change.key] = block = list(lines(change, view))
        is_alone = view.details or not _is_foldable(change)
        key = (change.key,) if is_alone else (change.kind, *block[1:], *_values(change))
        groups.setdefault(key, []).append(change)
    for group in groups.values():
        if len(group) < _ALIKE:
            yield from (line for change in group for line in blocks[change.key])
        else:
            yield from _alike(group, blocks[group[0].key], view)


def _values(change: Change) -> Iterator[str]:
    """What an update changes: lines can be equal and cut values differ. Nothing if it is masked."""
    if change.action is Action.DELETE or KINDS[change.kind].is_personal:
        return
    for difference in change.differences:
        yield f"{difference.path}: {difference.before!r} {difference.base!r} {difference.after!r}"


def _is_foldable(change: Change) -> bool:
    """Whether alike changes may share lines; a delete that loses something never does."""
    loses_edits = change.action is Action.DELETE and bool(change.differences)
    is_special = change.usage or change.protected or change.owner or change.protection
    return not (is_special or loses_edits)


def _alike(changes: Sequence[Change], block: Sequence[str], view: View) -> Iterator[str]:
    """`  ~ 150 statuses: icon: fork → pizza (Lunch, Break and 148 more)`"""
    mark = block[0].split()[0]
    title = KINDS.counted({changes[0].kind: len(changes)})[0]
    sources = _sources(changes, view)
    names = view.names(names_of([change.address for change in changes], view), _NAMES)
    if len(block) == 2 and changes[0].action is not Action.DELETE:
        what = block[1].strip().replace(": ", " ", 1)
        yield f"  {mark} {title}: {what} ({names}){sources}"
        return
    yield f"  {mark} {title}: {names}{sources}"
    yield from block[1:]


def names_of(addresses: Sequence[str], view: View) -> list[str]:
    """The names of the resources of one collection; the addresses of several collections."""
    collections = {collection_of(address) for address in addresses}
    if len(collections) > 1:
        return [view.address(address) for address in addresses]
    (collection,) = collections
    return [_name_in(collection, address, view) for address in addresses]


def by_collection(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes by their collection, in their first order."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(collection_of(change.address), []).append(change)
    return groups


def _name_in(collection: str, address: str, view: View) -> str:
    """The name as people write it: `24/7`, and the levels of a tree separated by slashes."""
    masked = view.masker.address(address)
    names = split(masked)[collection.count("/") + 1 :]
    return visible("/".join(names) if names else name_of(masked))


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

"""`plan --only GLOB`: some of a plan's changes, and never a part that cannot be made alone.

A glob selects the changes at matching addresses and below them, by the old or the new name. The
deletes that a selected delete causes are selected with it, and both changes of a replace. A change
that depends on one that is left out is refused: the error names it and the globs to add.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.errors import UsageError
from reconciler.kinds.address import ancestors, identity
from reconciler.kinds.registry import is_personal, place
from reconciler.kinds.selection import Selection
from reconciler.manifests.problems.suggestions import nearest
from reconciler.message import Command, Message, Word, first_messages
from reconciler.planning.change import Action, Change, ChangeKey
from reconciler.planning.plan import glob_word
from reconciler.text import counted

_MAX_NAMED = 5


def select_changes(
    changes: Sequence[Change], only: Sequence[str], known: Iterable[str]
) -> tuple[Change, ...]:
    """The changes that the globs select, in the same order; all of them without globs.

    `known` are the addresses in git, on the platform and in the ledger. Raises UsageError for a
    glob that matches none of them, and for changes that depend on what is left out.
    """
    if not only:
        return tuple(changes)
    _refuse_unmatched(only, [*known, *(name for change in changes for name in _addresses(change))])
    selection = Selection(only)
    selected = {
        change.key
        for change in changes
        if any(selection.has(identity(name)) for name in _addresses(change))
    }
    selected |= set(_parts_of_whole(changes, selected))
    missing = _missing(changes, selected)
    if missing:
        raise _left_out(missing, changes, only)
    return tuple(change for change in changes if change.key in selected)


def _addresses(change: Change) -> Iterator[str]:
    """The new name, and the old one if there is one."""
    yield change.address
    if change.previous_address is not None:
        yield change.previous_address


def _refuse_unmatched(only: Sequence[str], addresses: Sequence[str]) -> None:
    keys = {identity(address) for address in addresses}
    for glob in only:
        selection = Selection([glob])
        if not any(map(selection.has, keys)):
            message = Message.of(
                "--only {glob} matches nothing in git, on the platform or in the ledger",
                glob=glob_word(glob),
            )
            raise UsageError(message, next_step=_nearest_address(glob, addresses))


def _nearest_address(glob: str, addresses: Sequence[str]) -> Message:
    found = nearest(glob, (address for address in addresses if not is_personal(address)))
    if found is not None:
        return Message.of("did you mean {address}?", address=place(found))
    return Message.of("write an address or a glob, such as campaigns/Sales or statuses/*")


def _parts_of_whole(changes: Sequence[Change], selected: set[ChangeKey]) -> Iterator[ChangeKey]:
    """The keys of the changes that belong to a selected rename, replace or delete."""
    chosen = [change for change in changes if change.key in selected]
    deleted = {
        identity(change.address)
        for change in chosen
        if change.action is Action.DELETE and not change.cascaded
    }
    for change in chosen:
        if change.action is Action.REPLACE:
            deleted.add(identity(change.previous_address or ""))
    moved = {identity(c.address) for c in chosen if c.action in (Action.RENAME, Action.REPLACE)}
    for change in changes:
        key = identity(change.address)
        if key in moved:
            yield change.key
        if change.action is not Action.DELETE:
            continue
        if key in deleted or (change.cascaded and not deleted.isdisjoint(ancestors(key))):
            yield change.key


def _missing(changes: Sequence[Change], selected: set[ChangeKey]) -> dict[ChangeKey, ChangeKey]:
    """The key of each change to add, and of a change that depends on it."""
    by_key = {change.key: change for change in changes}
    missing: dict[ChangeKey, ChangeKey] = {}
    waiting = [key for key in by_key if key in selected]
    while waiting:
        key = waiting.pop()
        for earlier in by_key[key].depends_on:
            if earlier in by_key and earlier not in selected and earlier not in missing:
                missing[earlier] = key
                waiting.append(earlier)
    return missing


def _left_out(
    missing: Mapping[ChangeKey, ChangeKey], changes: Sequence[Change], only: Sequence[str]
) -> UsageError:
    by_key = {change.key: change for change in changes}
    in_order = [change for change in changes if change.key in missing]
    reasons = [
        Message.of(
            "{later} depends on {earlier}",
            later=_named(by_key[missing[change.key]]),
            earlier=_named(change),
        )
        for change in in_order
    ]
    words: list[Word] = [word for glob in only for word in ("--only", glob_word(glob))]
    for change in in_order:
        words.extend(("--only", place(change.address)))
    return UsageError(
        Message.of(
            "--only leaves out {count} that the selected changes need: {reasons}",
            count=counted(len(in_order), "change"),
            reasons=first_messages(reasons, _MAX_NAMED, "; "),
        ),
        next_step=Message.of(
            "select them too, or change fewer resources: {command}",
            command=Command.of("plan", *words),
        ),
    )


def _named(change: Change) -> Message:
    return Message.of(
        "{action} {address}", action=change.action.value, address=place(change.address)
    )

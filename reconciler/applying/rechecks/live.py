"""A plan held against fresh live state: what is still to do, what is done already, what is stale.

A touched resource equal to its `after` needs nothing; one equal to its `before` goes ahead; one
equal to neither makes the plan stale. What changed elsewhere does not matter.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from reconciler.kinds.address import Address, ancestors, identity, parent_of
from reconciler.kinds.base import Fields, Life
from reconciler.kinds.registry import KINDS, lists_below
from reconciler.kinds.renames import address_under_renames
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.planning.change import Action, Change
from reconciler.planning.plan import Unknown


class Standing(Enum):
    """How a change stands against live state."""

    TO_DO = "to-do"
    DONE = "done"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Verified:
    """One change's standing, with what is live now and, when stale, why in words."""

    standing: Standing
    live: LiveResource | None = None
    why: str = ""


class OldNames:
    """Where resources stand while renames of a plan are still to be made."""

    def __init__(self) -> None:
        self._old: dict[str, str] = {}

    @classmethod
    def of_pending(
        cls, changes: Iterable[Change], live: Mapping[str, LiveResource], pending: frozenset[str]
    ) -> OldNames:
        """The names around the pending renames, apart from those that somebody has made already:
        below these everything has its new name."""
        renames = [
            change for change in changes if change.action is Action.RENAME and change.key in pending
        ]
        names = cls()
        for change in sorted(renames, key=lambda one: one.address.count("/")):
            names._put(change)
            if _stand_rename(change, live, names).standing is Standing.DONE:
                names._drop(change)
        return names

    @classmethod
    def in_ledger(
        cls, changes: Iterable[Change], pending: frozenset[str], entries: Container[str]
    ) -> OldNames:
        """The names the ledger has: those of before each pending rename, whoever has made it on
        the platform, apart from renames that another run made in the ledger too."""
        names = cls()
        for change in changes:
            if change.action is not Action.RENAME or change.key not in pending:
                continue
            names._put(change)
            old = identity(names.of(change.address))
            if old not in entries and identity(change.address) in entries:
                names._drop(change)
        return names

    def _put(self, change: Change) -> None:
        if change.previous_address is not None:
            self._old[identity(change.address)] = change.previous_address

    def _drop(self, change: Change) -> None:
        self._old.pop(identity(change.address), None)

    def of(self, address: str) -> str:
        """The address a resource has now that a plan calls `address`."""
        return address_under_renames(address, self._old)


def verified(
    changes: Sequence[Change],
    live: Mapping[str, LiveResource],
    names: OldNames,
    *,
    pending: frozenset[str],
) -> dict[str, Verified]:
    """Each pending change's standing by its key; `live` is keyed by identity.

    `pending` holds the keys of changes that are still to be made: what they will bring about is
    not there yet. `names` are those around these changes.
    """
    makes = {
        identity(change.address)
        for change in changes
        if change.action in (Action.CREATE, Action.REPLACE) and change.key in pending
    }
    return {
        change.key: _stand(change, live, names, makes)
        for change in changes
        if change.key in pending
    }


def done_of(standing: Mapping[str, Verified]) -> frozenset[str]:
    """The keys of the changes that are done already."""
    return frozenset(key for key, one in standing.items() if one.standing is Standing.DONE)


def _stand(
    change: Change, live: Mapping[str, LiveResource], names: OldNames, makes: set[str]
) -> Verified:
    one = live.get(identity(change.address))
    if change.action is Action.FORGET:
        return Verified(Standing.TO_DO, one)
    if change.action is Action.RENAME:
        return _stand_rename(change, live, names)
    here = live.get(identity(names.of(change.address)))
    if change.action in (Action.CREATE, Action.REPLACE):
        return _against(change, here, missing=None)
    if change.action is Action.DELETE:
        return Verified(Standing.DONE) if here is None else _against(change, here, missing=None)
    if here is None and _comes_with(change, makes):
        return Verified(Standing.TO_DO)
    return _against(change, here, missing=change.before)


def _against(change: Change, here: LiveResource | None, *, missing: Fields | None) -> Verified:
    if here is None:
        if missing is None:
            return Verified(Standing.TO_DO)
        return Verified(Standing.STALE, None, f"{change.address} is gone from the platform")
    if change.action is not Action.DELETE and here.fields == change.after:
        return Verified(Standing.DONE, here)
    if change.before is not None and here.fields == change.before:
        return Verified(Standing.TO_DO, here)
    return Verified(Standing.STALE, here, _what_changed(change, here))


def _stand_rename(change: Change, live: Mapping[str, LiveResource], names: OldNames) -> Verified:
    old = live.get(identity(names.of(change.address)))
    new = live.get(identity(change.address))
    if old is not None and (new is None or new is old):
        if new is old and old.address == change.address:
            return Verified(Standing.DONE, old)
        return _against_old(change, old)
    if old is None and new is not None:
        return Verified(Standing.DONE, new)
    if old is None:
        why = f"{change.previous_address} is gone from the platform"
        return Verified(Standing.STALE, None, why)
    why = f"{change.address} has come to the platform, so {change.previous_address} cannot take it"
    return Verified(Standing.STALE, new, why)


def _against_old(change: Change, old: LiveResource) -> Verified:
    if old.fields == change.before:
        return Verified(Standing.TO_DO, old)
    return Verified(Standing.STALE, old, _what_changed(change, old))


def _comes_with(change: Change, makes: set[str]) -> bool:
    """Whether it is always there with its campaign, and the plan has yet to make that."""
    kind = KINDS.named(change.kind)
    if kind is None or kind.life is Life.ENTRY:
        return False
    parent = parent_of(identity(change.address))
    return parent in makes or parent_of(parent) in makes


def _what_changed(change: Change, here: LiveResource) -> str:
    if change.before is None:
        what = "was created, and is not what the plan would create"
        return f"{change.address}: {what}{_who_and_when(here)}"
    return f"{change.address}: {edit_in_words(change.before, here)}"


def edit_in_words(before: Fields, here: LiveResource) -> str:
    """`icon, color changed by maria at 2026-11-24T09:00:00Z`."""
    names = [name for name, value in here.fields.items() if before.get(name) != value]
    return f"{', '.join(names)} changed{_who_and_when(here)}".lstrip()


def _who_and_when(here: LiveResource) -> str:
    who = f" by {here.updated_by}" if here.updated_by else ""
    when = f" at {here.updated_at}" if here.updated_at else ""
    return f"{who}{when}"


def newcomers(
    changes: Iterable[Change], live: Iterable[LiveResource], names: OldNames
) -> tuple[Address, ...]:
    """What lives below a deleted parent and the plan does not show there: it would be lost unseen.

    A plan forgets below a delete only what was gone when it was made.
    """
    known: set[str] = set()
    parents: set[str] = set()
    for change in changes:
        if change.action is not Action.FORGET:
            known.add(identity(names.of(change.address)))
        if change.action is Action.DELETE:
            parents.add(identity(names.of(change.address)))
    if not parents:
        return ()
    found: list[Address] = []
    for one in live:
        key = identity(one.address)
        if key in known or _is_as_born(one):
            continue
        if not parents.isdisjoint(ancestors(key)):
            found.append(one.address)
    return tuple(found)


def _is_as_born(one: LiveResource) -> bool:
    """Whether it is always there with its campaign, and nobody ever set it up."""
    return one.kind.life is not Life.ENTRY and one.fields == one.kind.with_defaults(one.address, {})


def unreadable(
    changes: Sequence[Change], live: Snapshot, told: Sequence[Unknown], names: OldNames
) -> list[str]:
    """What cannot be held against the platform: what is touched, what would go along unseen, and
    what a change comes to refer to. `names` are those around the pending changes.

    A list below a delete that could not be read for the plan either is in `told`: the guard of
    such lists has stopped the plan, or was approved.
    """
    if live.is_whole:
        return []
    known = {one.collection for one in told}
    newly = replace(live, unknown={k: why for k, why in live.unknown.items() if k not in known})
    found: dict[str, str | None] = {}
    for one in changes:
        if one.writes:
            here = names.of(one.address)
            found |= {place: live.why_unknown(place) for place in (one.address, here)}
            found |= {part: live.why_unknown(part) for part in _unread_meant(one, live)}
            if one.action in (Action.DELETE, Action.RENAME):
                found |= {below.address: below.why for below in live.unreadable_below(here)}
        if one.action is Action.DELETE:
            found |= {below: newly.why_unknown(below) for below in lists_below(one.address)}
    return sorted(f"{place} cannot be checked: {why}" for place, why in found.items() if why)


def _unread_meant(change: Change, live: Snapshot) -> Iterator[str]:
    """The unreadable resources that a change comes to refer to."""
    kind = KINDS.named(change.kind)
    if kind is None or change.after is None or not live.unreadable:
        return
    were = {one.candidates for one in kind.references(change.address, change.before or {})}
    for one in kind.references(change.address, change.after):
        there = (each for each in one.candidates if live.find(each) or _is_unreadable(each, live))
        meant = next(there, "")
        if one.candidates not in were and meant and _is_unreadable(meant, live):
            yield meant


def _is_unreadable(address: str, live: Snapshot) -> bool:
    return identity(address) in live.unreadable


def sparing(
    changes: Sequence[Change],
    live: Iterable[LiveResource],
    names: OldNames,
    *,
    standing: Mapping[str, Verified],
) -> dict[str, Verified]:
    """The standing, with each delete stale that would take along what the plan never showed.

    That is what has come to live below it since, and what was changed there.
    """
    pending = [change for change in changes if change.key in standing]
    found = dict(standing)
    deletes = {
        identity(names.of(change.address)): change
        for change in pending
        if change.action is Action.DELETE and found[change.key].standing is Standing.TO_DO
    }
    if not deletes:
        return found
    lost = {
        identity(one): f"{one} has come to live below it" for one in newcomers(changes, live, names)
    }
    for change in pending:
        if change.cascaded and found[change.key].standing is Standing.STALE:
            lost[identity(names.of(change.address))] = found[change.key].why
    for key, why in lost.items():
        for upper in ancestors(key):
            gone = deletes.get(upper)
            if gone is not None:
                text = f"{gone.address} was not deleted: {why}"
                found[gone.key] = Verified(Standing.STALE, found[gone.key].live, text)
    return found

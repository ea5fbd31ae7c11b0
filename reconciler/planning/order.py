"""The order of a plan: one graph of real dependencies over writes and deletes, in layers.

A parent comes before its children, and a resource before its referrers. A reference is
removed before its target is deleted, and a number is freed before it is used again. A write comes
before the forget of the same resource. Ties are stable: the order of the kinds, then the address.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

from reconciler.errors import ManifestError, PlanRefused
from reconciler.kinds.address import ancestors, identity
from reconciler.kinds.base import Fields
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS, place
from reconciler.message import Message, joined_messages
from reconciler.planning.change import Action, Change, ChangeKey
from reconciler.planning.references import reference_targets

_BATCH_STEPS = 500

_KIND_ORDER = {kind.name: position for position, kind in enumerate(KINDS)}
_MAKES = (Action.CREATE, Action.REPLACE, Action.RENAME)


@dataclass(slots=True)
class _Index:
    makers: dict[str, Change] = field(default_factory=dict)
    deletes: dict[str, Change] = field(default_factory=dict)
    replacements: dict[str, Change] = field(default_factory=dict)
    freed: dict[tuple[str, str], Change] = field(default_factory=dict)
    updates: dict[str, Change] = field(default_factory=dict)


def order_changes(
    changes: Iterable[Change], successions: Iterable[tuple[ChangeKey, ChangeKey]] = ()
) -> tuple[Change, ...]:
    """The changes with their dependencies, in the order in which they are made.

    `successions` are pairs (delete, create) of keys: the create is made first. A cycle raises
    ManifestError with its edges, at the first change that git declares; PlanRefused when git
    declares none of them.
    """
    pending = sorted(changes, key=_sort_key)
    index = _index(pending)
    edges = {change.key: set(_edges(change, index)) - {change.key} for change in pending}
    for later, earlier in (*_releases(pending, index), *successions):
        if later != earlier:
            edges[later].add(earlier)
    by_key = {
        change.key: replace(change, depends_on=tuple(sorted(edges[change.key])))
        if edges[change.key]
        else change
        for change in pending
    }
    try:
        return tuple(by_key[key] for layer in _layers(edges) for key in layer)
    except CycleError as error:
        raise _cycle_error([by_key[key] for key in reversed(error.args[1])]) from error


def layers(changes: Sequence[Change]) -> tuple[tuple[Change, ...], ...]:
    """A plan's changes in groups; each group depends only on earlier groups."""
    by_key = {change.key: change for change in changes}
    edges = {change.key: set(change.depends_on) & by_key.keys() for change in changes}
    return tuple(tuple(by_key[key] for key in layer) for layer in _layers(edges))


def steps_per_batch(batch_size: int) -> int:
    """How many steps one write request has, on a platform that accepts `batch_size` operations.

    At most 500, so that sending a batch again does not repeat a whole large plan.
    """
    return min(_BATCH_STEPS, batch_size)


def predicted_requests(changes: Sequence[Change], *, batch_size: int) -> int:
    """How many requests an apply sends to write and to read back; large bodies need more."""
    steps = steps_per_batch(batch_size)
    return sum(
        2 * math.ceil(sending / steps)
        for layer in layers(changes)
        if (sending := sum(1 for change in layer if change.sends))
    )


def _sort_key(change: Change) -> tuple[int, int, str]:
    deletes = change.action is Action.DELETE
    position = _KIND_ORDER[change.kind]
    return (1 if deletes else 0, -position if deletes else position, identity(change.address))


def _layers(edges: Mapping[ChangeKey, set[ChangeKey]]) -> Iterator[list[ChangeKey]]:
    position = {key: place for place, key in enumerate(edges)}
    sorter = TopologicalSorter(edges)
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        yield ready
        sorter.done(*ready)


def _cycle_error(changes: Sequence[Change]) -> ManifestError | PlanRefused:
    keys = (
        Message.of("{action} {address}", action=change.action.value, address=place(change.address))
        for change in changes
    )
    chain = joined_messages(keys, " waits for ")
    message = Message.of("these changes depend on each other in a cycle: {chain}", chain=chain)
    source = min((c.source for c in changes if c.source is not None), default=None)
    if source is None:
        return PlanRefused(message, next_step="apply them in two steps")
    return ManifestError([source.problem(message, Message.of("apply them in two steps"))])


def _index(changes: Iterable[Change]) -> _Index:
    index = _Index()
    for change in changes:
        if change.action in _MAKES:
            index.makers[identity(change.address)] = change
        if change.action is Action.DELETE:
            index.deletes[identity(change.address)] = change
        if change.action is Action.UPDATE:
            index.updates[identity(change.address)] = change
        if change.action is Action.REPLACE:
            index.replacements[identity(change.previous_address or "")] = change
        for number in _numbers_lost(change):
            index.freed[number] = change
    return index


def _edges(change: Change, index: _Index) -> Iterator[ChangeKey]:
    where = identity(change.address)
    yield from _makers_of(change, where, index)
    if change.action is Action.FORGET and where in index.updates:
        yield index.updates[where].key
    if not change.writes:
        return
    if change.action is Action.DELETE:
        if where in index.replacements:
            yield index.replacements[where].key
        return
    if change.after is not None:
        for target in reference_targets(
            KINDS[change.kind].references(change.address, change.after)
        ):
            if target in index.makers:
                yield index.makers[target].key
    for number in _numbers_gained(change):
        freeing = index.freed.get(number)
        if freeing is not None:
            yield _sent_by(freeing, index).key


def _makers_of(change: Change, where: str, index: _Index) -> Iterator[ChangeKey]:
    """The change that creates or renames the resource's parent, or the resource itself."""
    if change.action not in _MAKES and where in index.makers:
        yield index.makers[where].key
    for parent in ancestors(where):
        if parent in index.makers:
            yield index.makers[parent].key
            return


def _releases(changes: Iterable[Change], index: _Index) -> Iterator[tuple[ChangeKey, ChangeKey]]:
    """Pairs of keys: a delete, and a change that must come before it."""
    if not index.deletes:
        return
    for change in changes:
        if not change.writes:
            continue
        fields = change.after if change.before is None else change.before
        if fields is not None:
            for target in reference_targets(KINDS[change.kind].references(change.address, fields)):
                delete = index.deletes.get(target)
                if delete is not None:
                    later, earlier = _sent_by(delete, index), _sent_by(change, index)
                    yield later.key, earlier.key
        if change.cascaded:
            yield change.key, _sent_by(change, index).key


def _sent_by(change: Change, index: _Index) -> Change:
    """The change whose request does it: itself, or the delete that cascades to it."""
    if not change.cascaded:
        return change
    for parent in ancestors(identity(change.address)):
        delete = index.deletes.get(parent)
        if delete is not None and not delete.cascaded:
            return delete
    return change


def _numbers(change: Change, fields: Fields | None) -> set[tuple[str, str]]:
    if fields is None or not KINDS[change.kind].has_numbers:
        return set()
    channel_type = change.address.rpartition("/")[2]
    return {(channel_type, number) for number in names_in(fields.get("numbers"))}


def _numbers_lost(change: Change) -> set[tuple[str, str]]:
    return _numbers(change, change.before) - _numbers(change, change.after)


def _numbers_gained(change: Change) -> set[tuple[str, str]]:
    return _numbers(change, change.after) - _numbers(change, change.before)

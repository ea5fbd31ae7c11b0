"""The lists a resource stands in, narrow to wide, and how much lives in each.

A disposition stands in its upper level, in its campaign's tree and among all campaigns' own
(`campaigns/-/dispositions`); a member in its campaign's list and among all members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.guards.context import Review
from reconciler.kinds.address import collection_of, collection_over_campaigns, parent_of
from reconciler.kinds.base import Kind, Life
from reconciler.kinds.keyed_lists import listed_names
from reconciler.live.platform import LiveResource

DIRECTORY = frozenset({"users", "connectors", "forms"})
"""Lists that manifests refer to and nobody manages here: nothing is planned in them."""


def lists_in_scope(kind: Kind, address: str) -> tuple[str, ...]:
    """The lists it stands in within its scope: a tree's upper level, then the whole."""
    collection = collection_of(address)
    if kind.is_tree and parent_of(address) != collection:
        return parent_of(address), collection
    return (collection,)


def all_lists(kind: Kind, address: str) -> tuple[str, ...]:
    """All of them, narrow to wide."""
    return tuple(
        dict.fromkeys((*lists_in_scope(kind, address), collection_over_campaigns(address)))
    )


def count_live(review: Review, kinds: frozenset[str]) -> Counter[str]:
    """How many entries of these kinds live in each list now, by the list's address as written.

    Of fixed resources those that are enabled count, of ordered lists their entries, and the
    platform's own defaults not at all.
    """
    counts: Counter[str] = Counter()
    for one in review.live.resources.values():
        if one.kind.name in kinds:
            weight = _weight(one)
            if weight:
                for listed in all_lists(one.kind, one.address):
                    counts[listed] += weight
    return counts


def _weight(one: LiveResource) -> int:
    if one.kind.life is Life.ORDERED_LIST:
        return len(listed_names(one.kind, one.fields))
    if one.kind.life is Life.FIXED:
        return 1 if one.fields.get("enabled") is True else 0
    return 0 if one.kind.is_system_default(one.address) else 1


def is_list_deleted(address: str, deleted: frozenset[str]) -> bool:
    """Whether a list's own address, or any above it, is among the deleted."""
    return any(one in deleted for one in _upwards(address))


def _upwards(address: str) -> Iterator[str]:
    while address:
        yield address
        address = parent_of(address)

"""The lists that a resource is an entry of, narrow to wide, and how many entries each has.

A disposition is in its upper level, in its campaign's tree, and in all campaigns' dispositions
(`campaigns/-/dispositions`). A member is in its campaign's list and in all members.
"""

from __future__ import annotations

from collections import Counter

from reconciler.guards.context import Review
from reconciler.kinds.address import ancestors, collection_of, collection_over_campaigns, parent_of
from reconciler.kinds.base import Kind, Life
from reconciler.kinds.keyed_lists import listed_names
from reconciler.live.platform import LiveResource

DIRECTORY = frozenset({"users", "connectors", "forms"})
"""Collections that manifests refer to and that are not managed here."""


def lists_in_scope(kind: Kind, address: str) -> tuple[str, ...]:
    """The lists of an entry within its campaign, or among the global ones, narrow to wide."""
    collection = collection_of(address)
    if kind.is_tree and parent_of(address) != collection:
        return parent_of(address), collection
    return (collection,)


def all_lists(kind: Kind, address: str) -> tuple[str, ...]:
    """The lists of an entry, including the one over all campaigns, narrow to wide."""
    lists = (*lists_in_scope(kind, address), collection_over_campaigns(address))
    return tuple(dict.fromkeys(lists))


def count_live(review: Review, kinds: frozenset[str]) -> Counter[str]:
    """How many entries of these kinds each list has now, by the list's address as written.

    Fixed resources count when they are enabled, and ordered lists count their entries. The
    platform's own defaults do not count.
    """
    counts: Counter[str] = Counter()
    for resource in review.live.resources.values():
        if resource.kind.name in kinds:
            weight = _weight(resource)
            if weight:
                for listed in all_lists(resource.kind, resource.address):
                    counts[listed] += weight
    return counts


def _weight(resource: LiveResource) -> int:
    kind = resource.kind
    if kind.life is Life.ORDERED_LIST:
        return len(listed_names(kind, resource.fields))
    if kind.life is Life.FIXED:
        return 1 if resource.fields.get("enabled") is True else 0
    return 0 if kind.is_system_default(resource.address) else 1


def is_list_deleted(address: str, deleted: frozenset[str]) -> bool:
    """Whether a list, or anything above it, is deleted; all by identity."""
    return address in deleted or any(upper in deleted for upper in ancestors(address))

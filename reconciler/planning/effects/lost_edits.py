"""The edits that people made since the last apply, and that a delete would lose."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds.base import Fields, Life
from reconciler.live.platform import LiveResource
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.source import Source
from reconciler.planning.change import Difference
from reconciler.planning.diff import differences
from reconciler.planning.merge import without_drift
from reconciler.state.ledger import LedgerEntry

_NO_SOURCE = Source("", 0)


def lost_edits(resource: LiveResource, entry: LedgerEntry | None) -> tuple[Difference, ...]:
    """The fields that differ from the last apply: `before` is live, `base` was applied.

    In a list only the applied entries count: the ledger does not record whether it was complete.
    """
    if entry is None:
        return ()
    kind = resource.kind
    removes = () if kind.life is Life.ORDERED_LIST else None
    applied = DesiredResource(resource.address, kind, entry.fields, _NO_SOURCE, removes=removes)
    untouched = without_drift(applied, resource.fields, entry.fields)
    found = differences(kind, resource.fields, untouched, untouched, applied=entry.fields)
    return tuple(replace(each, after=None) for each in found)


def entry_with_differing_fields(
    resource: LiveResource, entry: LedgerEntry, then: Fields
) -> LedgerEntry:
    """The entry with only the fields in which `then`, its replacement, differs from it."""
    fields = {
        name: value
        for name, value in entry.fields.items()
        if name in then and then[name] != resource.fields.get(name)
    }
    return replace(entry, fields=fields)

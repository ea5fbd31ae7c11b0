"""What people did to a resource since it was last applied, and a delete takes along with it."""

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

_NOWHERE = Source("", 0)


def lost_edits(one: LiveResource, entry: LedgerEntry | None) -> tuple[Difference, ...]:
    """Each field that is not as it was last applied: `before` is live, `base` what was applied.

    Of a list only what was applied to it counts: whether it was complete then, nothing tells.
    """
    if entry is None:
        return ()
    removes = () if one.kind.life is Life.ORDERED_LIST else None
    applied = DesiredResource(one.address, one.kind, entry.fields, _NOWHERE, removes=removes)
    untouched = without_drift(applied, one.fields, entry.fields)
    found = differences(one.kind, one.fields, untouched, untouched, applied=entry.fields)
    return tuple(replace(each, after=None) for each in found)


def entry_with_differing_fields(one: LiveResource, entry: LedgerEntry, then: Fields) -> LedgerEntry:
    """The entry with those fields alone in which something else than `one` takes its place."""
    fields = {
        name: value
        for name, value in entry.fields.items()
        if name in then and then[name] != one.fields.get(name)
    }
    return replace(entry, fields=fields)

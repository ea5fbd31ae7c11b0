"""unblock: a blacklist entry goes, so a customer can be contacted again.

An entry of one campaign that goes while the customer stays blocked for all campaigns lifts
nothing, and neither does one whose campaign is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.review import Guard, Review
from reconciler.kinds.address import identity, join, name_of
from reconciler.kinds.blacklist_entry import BLACKLIST_ENTRY
from reconciler.kinds.registry import place_of
from reconciler.planning.model import Action, Finding

CODE = "unblock"


def _analyze(review: Review) -> Iterator[Finding]:
    entries = [c for c in review.plan.changes if c.kind == BLACKLIST_ENTRY.name]
    lifted = {identity(c.address) for c in entries if c.action is Action.DELETE}
    blocked = {identity(c.address) for c in entries if c.action is not Action.DELETE}
    for change in entries:
        if change.action is not Action.DELETE or change.cascaded:
            continue
        campaign = place_of(change.address).campaign
        if campaign is not None:
            everywhere = identity(join(BLACKLIST_ENTRY.collection, name_of(change.address)))
            stays = everywhere not in lifted and review.live.find(everywhere) is not None
            if stays or everywhere in blocked:
                continue
        by = "every campaign" if campaign is None else f"the campaign {campaign}"
        yield Finding(
            code=CODE,
            severity="block",
            address=change.address,
            message=f"this customer is blocked and could be contacted again by {by}",
            safer="keep the entry in the manifests, or say `lifecycle: {on_remove: keep}` to stop "
            "managing it without lifting it",
            approval=change.address,
        )


GUARD = Guard(CODE, "A customer on the blacklist could be contacted again.", _analyze)

"""unblock: a blacklist entry would be deleted, so a customer can be contacted again.

It blocks. `planning.effects.blacklist` decides which deletes lift a block.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.kinds.registry import parse_address
from reconciler.message import Message
from reconciler.planning.effects.blacklist import unblocking_deletes
from reconciler.planning.findings import Finding

CODE = "unblock"


def _analyze(review: Review) -> Iterator[Finding]:
    for change in unblocking_deletes(review.plan.changes, review.live):
        campaign = parse_address(change.address).campaign
        by = "all campaigns" if campaign is None else f"the campaign {campaign}"
        message = Message.of("this customer is blocked and could be contacted again by {by}", by=by)
        safer = (
            "keep the entry in the manifests; `lifecycle: {on_remove: keep}` stops managing it "
            "and keeps the block"
        )
        yield finding(CODE, "block", change.address, message, safer)


GUARD = Guard(CODE, "A customer on the blacklist could be contacted again.", _analyze, __doc__)

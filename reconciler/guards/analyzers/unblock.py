"""unblock: a blacklist entry goes, so a customer can be contacted again.

What lifts a block is told in `planning.unblocking`, as the plan's verdict counts it.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import parse_address
from reconciler.planning.effects.blacklist import unblocking_deletes
from reconciler.planning.findings import Finding

CODE = "unblock"


def _analyze(review: Review) -> Iterator[Finding]:
    for change in unblocking_deletes(review.plan.changes, review.live):
        campaign = parse_address(change.address).campaign
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

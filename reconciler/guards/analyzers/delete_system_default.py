"""delete-system-default: the platform's own defaults are never deleted.

The planner leaves them out already; this holds where a plan came about in another way.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action
from reconciler.planning.findings import Finding

CODE = "delete-system-default"


def _analyze(review: Review) -> Iterator[Finding]:
    for change in review.plan.changes:
        if change.action is Action.DELETE and KINDS[change.kind].is_system_default(change.address):
            yield Finding(
                code=CODE,
                severity="block",
                address=change.address,
                message=f"this {KINDS[change.kind].noun} is one of the platform's own and cannot "
                "be deleted; no approval can change that",
                safer="leave it; its look can be edited",
            )


GUARD = Guard(CODE, "One of the platform's own defaults would be deleted.", _analyze)

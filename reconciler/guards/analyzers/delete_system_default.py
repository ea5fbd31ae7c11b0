"""delete-system-default: one of the platform's own defaults would be deleted.

It blocks, and no approval covers it. The planner never plans such a delete: this is a second check
for plans from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
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
                message=Message.of(
                    "this {kind} is a default of the platform and cannot be deleted; no approval "
                    "covers that",
                    kind=KINDS[change.kind].noun,
                ),
                safer=Message.plain("leave it; its appearance can be edited"),
            )


GUARD = Guard(CODE, "One of the platform's own defaults would be deleted.", _analyze, __doc__)

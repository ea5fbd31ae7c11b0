"""delete-protected: a resource that the ledger protects would be deleted.

It blocks. Protection is in the ledger, so removing the manifest does not remove it. It also covers
what is deleted together with its parent.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.change import Action
from reconciler.planning.findings import Finding

CODE = "delete-protected"


def _analyze(review: Review) -> Iterator[Finding]:
    for change in review.plan.changes:
        if change.action is Action.DELETE and change.protected:
            by_parent = ", together with its parent" if change.cascaded else ""
            message = Message.of(
                "this {kind} is protected and would be deleted{by_parent}",
                kind=KINDS[change.kind].noun,
                by_parent=by_parent,
            )
            safer = (
                "keep it in the manifests; to delete it, first apply it with "
                "`lifecycle: {protect: false}`"
            )
            yield finding(CODE, "block", change.address, message, safer)


GUARD = Guard(CODE, "A resource that the ledger protects would be deleted.", _analyze, __doc__)

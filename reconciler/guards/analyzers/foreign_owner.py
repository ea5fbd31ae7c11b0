"""foreign-owner: a resource that another project owns would be changed or deleted.

It blocks, and no approval covers it. Only projects on the same state store are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Finding

CODE = "foreign-owner"
_VERBS = {Action.DELETE: "deleted", Action.REPLACE: "replaced"}


def _analyze(review: Review) -> Iterator[Finding]:
    owned: dict[str, Change] = {}
    for change in review.plan.changes:
        if change.owner and change.action not in (Action.FORGET, Action.NONE):
            owned.setdefault(change.address, change)
    for change in owned.values():
        verb = _VERBS.get(change.action, "taken over")
        yield Finding(
            code=CODE,
            severity="block",
            address=change.address,
            message=Message.of(
                "the project '{owner}' owns this {kind}, and this plan would have it {verb}; no "
                "approval covers that",
                owner=change.owner,
                kind=KINDS[change.kind].noun,
                verb=verb,
            ),
            safer=Message.of(
                "change it in '{owner}', or release it there first: set `lifecycle: "
                "{{on_remove: keep}}`, apply, then remove it from the manifests",
                owner=change.owner,
            ),
        )


GUARD = Guard(CODE, "A resource that another project owns would be changed.", _analyze, __doc__)

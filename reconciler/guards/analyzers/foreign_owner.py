"""foreign-owner: a resource that another project owns would be changed or deleted.

It blocks, and no approval covers it. Only projects on the same state store are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import KINDS
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
            message=f"the project '{change.owner}' owns this {KINDS[change.kind].noun}, and this "
            f"plan would have it {verb}; no approval covers that",
            safer=f"change it in '{change.owner}', or release it there first: set `lifecycle: "
            "{on_remove: keep}`, apply, then remove it from the manifests",
        )


GUARD = Guard(CODE, "A resource that another project owns would be changed.", _analyze, __doc__)

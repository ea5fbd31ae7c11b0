"""foreign-owner: another project on the same state store owns it. No approval covers that."""

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
            message=f"the project '{change.owner}' owns this {KINDS[change.kind].noun}: it would "
            f"be {verb} here; no approval can change that",
            safer=f"change it in '{change.owner}', or have that project let go of it first "
            "(`lifecycle: {on_remove: keep}`, then take it out)",
        )


GUARD = Guard(CODE, "Something another project owns would be taken.", _analyze)

"""no-ledger: nothing was ever applied from here, and what is already live would be changed.

Either the state store is not the one the project is kept with (a fresh runner), or this is the
first apply, and what people set on the screens would be lost unseen. One finding, at the platform.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.review import Guard, Review
from reconciler.guards.wording import counted
from reconciler.planning.model import Action, Evidence, Finding

CODE = "no-ledger"


def _analyze(review: Review) -> Iterator[Finding]:
    if review.ledger.lineage:
        return
    adopted = [
        change
        for change in review.plan.changes
        if change.action is Action.ADOPT and change.differences
    ]
    if not adopted:
        return
    fields = sum(len(change.differences) for change in adopted)
    yield Finding(
        code=CODE,
        severity="block",
        address=review.plan.platform_id,
        message="there is no record of what was last applied, and "
        f"{counted(len(adopted), 'resource')} already on the platform would be changed "
        f"({counted(fields, 'field')})",
        evidence=Evidence(
            referrers=tuple(sorted(change.address for change in adopted)),
            counts={"adoptions": len(adopted), "fields": fields},
            headline="adoptions",
        ),
        safer="point RECONCILER_STATE at the project's state store; for a first apply, adopt "
        "what is there as it is (`reconciler export`) and change it afterwards",
        approval=review.plan.platform_id,
    )


GUARD = Guard(CODE, "Without a record of what was applied, live resources would change.", _analyze)

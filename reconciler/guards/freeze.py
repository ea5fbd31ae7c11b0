"""freeze: nothing begins to be applied to an environment inside one of its freeze windows.

A plan that is made inside one says so and when the next opening is, and is kept for then: it is
the apply that is stopped. What has begun is never cut, and a run that did not finish may be
resumed, for half a change is worse than either whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.guards.review import Guard, Review
from reconciler.planning.model import Evidence, Finding

CODE = "freeze"


def _analyze(review: Review) -> Iterator[Finding]:
    freeze, plan = review.freeze, review.plan
    window = freeze.window_at(review.now) if freeze is not None else None
    if freeze is None or window is None or not plan.writes:
        return
    opening = freeze.next_opening(review.now)
    until = f"until {_shown(opening, freeze.zone)}" if opening else "for more than a year"
    approved = f"make the plan with an approval of {CODE} at {plan.environment}"
    meanwhile = "an apply before then is refused" if opening else "an apply is refused"
    yield Finding(
        code=CODE,
        severity="block" if review.starting else "warn",
        address=plan.environment,
        message=f"this environment is frozen {until} ({window.reason}): "
        + ("nothing is applied now" if review.starting else meanwhile),
        evidence=Evidence(counts={window.window: 1}),
        safer=f"apply it from then on; if it cannot wait, {approved}"
        if opening
        else f"take the freeze out of the environment's file, or {approved}",
        approval=plan.environment,
    )


def _shown(moment: datetime, zone: str) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y, %H:%M} {zone}"


GUARD = Guard(CODE, "An apply would begin inside a freeze window of the environment.", _analyze)

"""freeze: nothing begins to be applied to an environment inside one of its freeze windows.

A plan that is made inside one says so and when the next opening is, and is kept for then: it is
the apply that is stopped. What has begun is never cut, and a run that did not finish may be
resumed, for half a change is worse than either whole.

The windows of the last apply count beside those of the environment's file, so a plan that removes
a window is stopped by it; and so is one that does nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reconciler.guards.analyzers.guard_weakened import weakenings
from reconciler.guards.context import Guard, Review
from reconciler.manifests.freeze import Freeze
from reconciler.planning.findings import Evidence, Finding

CODE = "freeze"


def _analyze(review: Review) -> Iterator[Finding]:
    plan, now = review.plan, review.now
    found = [(one, window) for one in review.freezes if (window := one.window_at(now)) is not None]
    if not found or not (plan.writes or any(weakenings(plan, review.ledger, now))):
        return
    freeze, window = found[0]
    opening = _next_opening(review.freezes, now)
    until = f"until {_shown(opening, freeze.zone)}" if opening else "for more than a year"
    approved = f"make the plan with an approval of {CODE} at {plan.environment}"
    meanwhile = "an apply before then is refused" if opening else "an apply is refused"
    yield Finding(
        code=CODE,
        severity="block" if review.starting else "warn",
        address=plan.environment,
        message=f"this environment is frozen {until} ({window.reason}): "
        + ("nothing is applied now" if review.starting else meanwhile),
        evidence=Evidence(counts={one.window: 1 for _, one in found}),
        safer=f"apply it from then on; if it cannot wait, {approved}"
        if opening
        else f"{approved}; to end the freeze, take it out of the environment's file for that plan",
        approval=plan.environment,
    )


def _next_opening(freezes: Sequence[Freeze], moment: datetime) -> datetime | None:
    """The first moment that none of them freezes, None within a year."""
    last = moment + timedelta(days=366)
    while moment <= last:
        ends = [one.next_opening(moment) for one in freezes if one.window_at(moment) is not None]
        if not ends:
            return moment
        known = [one for one in ends if one is not None]
        if len(known) < len(ends):
            return None
        moment = max(known)
    return None


def _shown(moment: datetime, zone: str) -> str:
    moment = moment.astimezone(ZoneInfo(zone))
    return f"{moment:%A} {moment.day} {moment:%B %Y, %H:%M} {zone}"


GUARD = Guard(CODE, "An apply would begin inside a freeze window of the environment.", _analyze)

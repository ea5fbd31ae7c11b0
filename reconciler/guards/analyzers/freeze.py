"""freeze: an apply would start inside a freeze window of the environment.

It blocks the apply. Planning inside a window warns, and shows when the next opening is. A run that
has started is never stopped, and an unfinished run may be resumed: half a change is worse.

The windows of the last apply count as well as those of the environment's file. So a plan that
removes a window is frozen too, even when it does nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reconciler.guards.analyzers.guard_weakened import weakenings
from reconciler.guards.approval_text import approval_line
from reconciler.guards.context import Guard, Review, finding
from reconciler.manifests.freeze import Freeze
from reconciler.message import NO_MESSAGE, FreeText, Message
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.planning.plan import Plan

CODE = "freeze"


def _analyze(review: Review) -> Iterator[Finding]:
    plan, now = review.plan, review.now
    frozen = [(each, window) for each in review.freezes if (window := each.window_at(now))]
    if not frozen or not (plan.writes or any(weakenings(plan, review.ledger, now))):
        return
    freeze, window = frozen[0]
    opening = _next_opening(review.freezes, now)
    until = f"until {_local_time(opening, freeze.zone)}" if opening else "for more than a year"
    refused = "an apply before then is refused" if opening else "an apply is refused"
    message = Message.of(
        "this environment is frozen {until} ({reason}): {effect}",
        until=until,
        reason=FreeText(window.reason),
        effect="nothing is applied now" if review.is_starting else refused,
    )
    severity: Severity = "block" if review.is_starting else "warn"
    evidence = Evidence.of({each.window: 1 for _, each in frozen})
    found = finding(CODE, severity, plan.environment, message, NO_MESSAGE, evidence)
    yield replace(found, safer=_safer(found, plan, ends=opening is not None))


def _safer(finding: Finding, plan: Plan, *, ends: bool) -> Message:
    """What to do instead, with the approval that covers the finding, to paste."""
    approve = Message.of(
        "plan again with {command}, or with this line in a file in approvals/: {line}",
        command=plan.command_to_approve([finding]),
        line=approval_line(finding, finding.approval),
    )
    if ends:
        return Message.of("apply it after that; if it cannot wait, {approve}", approve=approve)
    return Message.of(
        "to end the freeze, remove it from the environment's file and {approve}", approve=approve
    )


def _next_opening(freezes: Sequence[Freeze], moment: datetime) -> datetime | None:
    """The first moment that no freeze covers, None when there is none within a year."""
    last = moment + timedelta(days=366)
    while moment <= last:
        ends = [freeze.next_opening(moment) for freeze in freezes if freeze.window_at(moment)]
        if not ends:
            return moment
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return None
        moment = max(known)
    return None


def _local_time(moment: datetime, zone: str) -> str:
    moment = moment.astimezone(ZoneInfo(zone))
    return f"{moment:%A} {moment.day} {moment:%B %Y, %H:%M} {zone}"


GUARD = Guard(
    CODE, "An apply would start inside a freeze window of the environment.", _analyze, __doc__
)

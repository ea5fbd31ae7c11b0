"""Run all guards over a plan, when planning and again when applying.

All guards run, and all findings are returned: blocking ones first, then by address. A guard that
crashes becomes a blocking finding, so a defect lets nothing through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from reconciler.guards.analyzers import unused_approval
from reconciler.guards.approvals import cover_findings, recheck_findings
from reconciler.guards.context import Guard, Review
from reconciler.guards.registry import GUARD_CODES, GUARDS
from reconciler.kinds.address import identity
from reconciler.manifests.settings import Approval
from reconciler.message import Message
from reconciler.planning.findings import Finding, UnusedApproval
from reconciler.planning.plan import Plan

CRASHED = "guard-crashed"


def evaluate(
    review: Review, approvals: Sequence[Approval], *, guards: Sequence[Guard] = GUARDS
) -> tuple[tuple[Finding, ...], tuple[UnusedApproval, ...]]:
    """All findings with their approvals, and the approvals that cover none."""
    codes = GUARD_CODES if guards is GUARDS else tuple(guard.code for guard in guards)
    findings, unused = cover_findings(
        list(_run(guards, review)), approvals, review.plan, today=_day(review.now), codes=codes
    )
    warnings = [unused_approval.unused_finding(each) for each in unused]
    return _in_order([*findings, *warnings]), unused


def reevaluate(
    review: Review, planned: Plan, *, begun: datetime, guards: Sequence[Guard] = GUARDS
) -> tuple[Finding, ...]:
    """All findings on fresh data, with the approvals of `planned` that still cover them.

    `begun` is when the apply started: approvals must not have expired before that day.
    """
    return _in_order(recheck_findings(_run(guards, review), planned.findings, today=_day(begun)))


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _run(guards: Iterable[Guard], review: Review) -> Iterator[Finding]:
    for guard in guards:
        yield from _guarded(guard, review)


def _guarded(guard: Guard, review: Review) -> Iterator[Finding]:
    try:
        yield from guard.analyze(review)
    except Exception as error:
        yield Finding(
            code=CRASHED,
            severity="block",
            address=guard.code,
            message=Message.of(
                "the guard {code} failed ({error}), so the plan is unchecked and cannot be applied",
                code=guard.code,
                error=type(error).__name__,
            ),
            safer=Message.plain(
                "report this defect of reconciler with the plan; the manifests did not cause it"
            ),
        )


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[int, str, str]:
    first = 0 if finding.blocks else 1 if finding.severity == "block" else 2
    return first, identity(finding.address), finding.code

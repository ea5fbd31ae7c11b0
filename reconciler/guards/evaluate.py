"""Run every guard over a plan, when planning and again when applying.

All run and all findings are reported: what stops the plan first, then by address. A guard that
crashes is itself a finding that blocks, so that no defect here lets anything through.
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
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan

CRASHED = "guard-crashed"


def evaluate(
    review: Review, approvals: Sequence[Approval], *, guards: Sequence[Guard] = GUARDS
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Every finding about a plan with the approvals applied, and the approvals that cover none."""
    codes = GUARD_CODES if guards is GUARDS else tuple(guard.code for guard in guards)
    findings, unused = cover_findings(
        list(_run(guards, review)),
        approvals,
        review.plan,
        today=_day(review.now),
        codes=codes,
    )
    warned = [unused_approval.unused_finding(one) for one in unused]
    return _in_order([*findings, *warned]), tuple(str(one) for one in unused)


def reevaluate(
    review: Review, planned: Plan, *, begun: datetime, guards: Sequence[Guard] = GUARDS
) -> tuple[Finding, ...]:
    """Every finding on fresh data, covered by what `planned` was approved for where that holds.

    `begun` is when the apply began: the day that approvals have to count on.
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
            message=f"the guard {guard.code} failed ({type(error).__name__}): what it looks for "
            "is not known, so nothing may be applied",
            safer="report this with the plan; it is a defect of reconciler, not of the manifests",
        )


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[int, str, str]:
    first = 0 if finding.blocks else 1 if finding.severity == "block" else 2
    return first, identity(finding.address), finding.code

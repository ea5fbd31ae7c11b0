"""Approvals: which findings they cover in a plan, and whether they still do at apply.

An approval covers only the evidence it was given for: see `evidence_growth`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from reconciler.kinds.address import identity
from reconciler.kinds.registry import is_personal, place
from reconciler.manifests.config.approvals import PLACEHOLDER
from reconciler.manifests.settings import Approval
from reconciler.message import Message
from reconciler.planning.findings import (
    COMMAND_LINE,
    ApprovedBy,
    Evidence,
    Finding,
    UnusedApproval,
    WhyUnused,
)
from reconciler.planning.plan import Plan
from reconciler.text import counted

_GROWTH_FACTOR = 2
_GROWTH_ALWAYS = 10


_Name = tuple[str, str]
_Reason = tuple[WhyUnused, Message, str]
"""Why an approval covers nothing, in words, and what it could have meant."""


def cover_findings(
    findings: Sequence[Finding],
    approvals: Sequence[Approval],
    plan: Plan,
    *,
    today: date,
    codes: Sequence[str],
) -> tuple[tuple[Finding, ...], tuple[UnusedApproval, ...]]:
    """The findings with the approvals that cover them, and the approvals that cover none.

    Approvals of other environments are ignored. `codes` are the codes of all guards.
    """
    by_name: dict[_Name, Finding] = {}
    for finding in findings:
        if finding.approval:
            by_name[_name(finding.code, finding.approval)] = finding
    covering: dict[_Name, ApprovedBy] = {}
    unused: list[UnusedApproval] = []
    for approval in approvals:
        if approval.environment not in (None, plan.environment):
            continue
        name = _name(approval.guard, approval.address)
        candidate = by_name.get(name)
        reason = _why_invalid(approval, candidate, today)
        if reason is None and candidate is not None:
            covering.setdefault(name, _approved(approval, candidate.evidence))
            continue
        why, explanation, meant = reason or _why_no_finding(approval, findings, codes)
        unused.append(
            UnusedApproval(
                approval.guard,
                approval.address,
                approval.source,
                why,
                explanation,
                meant,
                approval.environment,
            )
        )
    covered = tuple(
        replace(finding, approved=covering.get(_name(finding.code, finding.approval)))
        if finding.approval
        else finding
        for finding in findings
    )
    return covered, tuple(unused)


def _name(code: str, address: str) -> _Name:
    return code, identity(address)


def _approved(approval: Approval, evidence: Evidence) -> ApprovedBy:
    return ApprovedBy(
        reason=approval.reason,
        by=approval.by,
        source=str(approval.source) if approval.source is not None else COMMAND_LINE,
        up_to=approval.up_to,
        evidence=evidence,
        expires=approval.expires,
    )


def _why_invalid(approval: Approval, finding: Finding | None, today: date) -> _Reason | None:
    """Why it covers nothing, whatever the guards found; None for a valid approval."""
    expired = _expired(approval.expires, today)
    if expired:
        return WhyUnused.EXPIRED, Message.of("it {expired}", expired=expired), ""
    if not approval.reason.strip(f" .{PLACEHOLDER}"):
        return WhyUnused.NO_REASON, Message.plain("it gives no reason"), ""
    if finding is None or approval.up_to is None or not finding.evidence.headline:
        return None
    headline = finding.evidence.headline
    count = finding.evidence.counts.get(headline, 0)
    if count <= approval.up_to:
        return None
    explanation = Message.of(
        "it covers up to {limit}, and {what} is {count}",
        limit=approval.up_to,
        what=_words(headline),
        count=count,
    )
    return WhyUnused.ABOVE_LIMIT, explanation, ""


def _expired(last_day: date | None, today: date) -> str:
    if last_day is None or last_day >= today:
        return ""
    return f"expired: its last day was {last_day.isoformat()}"


def _why_no_finding(
    approval: Approval, findings: Iterable[Finding], codes: Sequence[str]
) -> _Reason:
    guard = approval.guard
    if guard not in codes:
        return _unknown_guard(guard, codes)
    same_guard = {
        identity(finding.approval or finding.address): finding
        for finding in findings
        if finding.code == guard
    }
    if identity(approval.address) in same_guard:
        explanation = Message.of("no approval can cover {guard} here", guard=guard)
        return WhyUnused.NOT_APPROVABLE, explanation, ""
    nothing = Message.of("{guard} found nothing at this address", guard=guard)
    nearest = get_close_matches(identity(approval.address), list(same_guard), n=1)
    found = same_guard[nearest[0]] if nearest else None
    if found is None or is_personal(found.address):  # numbers are alike by chance
        return WhyUnused.NOTHING_FOUND, nothing, ""
    address = found.approval or found.address
    explanation = Message.of(
        "{nothing}; did you mean {address}?", nothing=nothing, address=place(address)
    )
    return WhyUnused.NOTHING_FOUND, explanation, address


def _unknown_guard(guard: str, codes: Sequence[str]) -> _Reason:
    near = get_close_matches(guard, codes, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the guards are {', '.join(codes)}"
    explanation = Message.of("there is no guard '{guard}'; {hint}", guard=guard, hint=hint)
    return WhyUnused.UNKNOWN_GUARD, explanation, near[0] if near else ""


def recheck_findings(
    fresh: Iterable[Finding], planned: Iterable[Finding], *, today: date
) -> tuple[Finding, ...]:
    """Fresh findings, covered when the planned finding was approved and its evidence has not grown.

    The message of one that is no longer covered says what changed, or that the approval expired.
    """
    approved = {
        (finding.code, identity(finding.address)): finding.approved
        for finding in planned
        if finding.approved is not None
    }
    return tuple(
        _rechecked(finding, approved.get(_name(finding.code, finding.address)), today)
        for finding in fresh
    )


def _rechecked(fresh: Finding, approved: ApprovedBy | None, today: date) -> Finding:
    if approved is None or not fresh.approval:
        return fresh
    problems = list(evidence_growth(approved, fresh.evidence))
    expired = _expired(approved.expires, today)
    if expired:
        problems.append(f"its approval {expired}")
    if not problems:
        return replace(fresh, approved=approved)
    message = Message.of(
        "{message}; {problems}", message=fresh.message, problems="; ".join(problems)
    )
    return replace(fresh, message=message)


def evidence_growth(approved: ApprovedBy, evidence: Evidence) -> tuple[str, ...]:
    """What the evidence has that the approval does not cover, one phrase each.

    An approval covers no new referrer, and no count that rose from zero. It covers the headline
    count up to `up_to` if that is given, and every other count up to twice what was seen, or 10 if
    that is more: calls come and go while a change is reviewed (decision 0006).
    """
    seen = approved.evidence
    known = {identity(referrer) for referrer in seen.referrers}
    growth: list[str] = []
    new = sum(1 for referrer in evidence.referrers if identity(referrer) not in known)
    if new:
        growth.append(f"{counted(new, 'new referrer')} since it was approved")
    for name, now in evidence.counts.items():
        was = seen.counts.get(name, 0)
        if now > _covered_count(approved, name, was):
            bound = f" (up to {approved.up_to:,})" if _is_bounded(approved, name) else ""
            growth.append(f"{_words(name)}: approved at {was:,}{bound}, now {now:,}")
    return tuple(growth)


def _is_bounded(approved: ApprovedBy, name: str) -> bool:
    return approved.up_to is not None and name == approved.evidence.headline


def _covered_count(approved: ApprovedBy, name: str, was: int) -> int:
    if was == 0:
        return 0
    if approved.up_to is not None and name == approved.evidence.headline:
        return approved.up_to
    return max(was * _GROWTH_FACTOR, _GROWTH_ALWAYS)


def _words(count: str) -> str:
    return count.replace("_", " ")

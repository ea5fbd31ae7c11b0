"""Approvals: which findings they cover when planning, and whether that still holds at apply.

An approval covers the evidence it was given for, and no more (see `holds`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from reconciler.guards.analyzers.unused_approval import UnusedApproval, no_finding_reason
from reconciler.kinds.address import identity
from reconciler.kinds.registry import address_in_text
from reconciler.manifests.config.approvals import PLACEHOLDER
from reconciler.manifests.settings import Approval
from reconciler.planning.findings import ApprovedBy, Evidence, Finding
from reconciler.planning.plan import Plan
from reconciler.text import counted

_GROWTH_FACTOR = 2
_GROWTH_ALWAYS = 10

_COMMAND_LINE = "the command line"
_UNSAFE_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")

_Name = tuple[str, str]


def cover_findings(
    findings: Sequence[Finding],
    approvals: Sequence[Approval],
    plan: Plan,
    *,
    today: date,
    codes: Sequence[str],
) -> tuple[tuple[Finding, ...], tuple[UnusedApproval, ...]]:
    """The findings with what covers them, and the approvals that cover nothing.

    Approvals of other environments are nobody's business here. `codes` are all there are.
    """
    by_name: dict[_Name, Finding] = {}
    for finding in findings:
        if finding.approval:
            by_name[_name(finding.code, finding.approval)] = finding
    given: dict[_Name, ApprovedBy] = {}
    unused: list[UnusedApproval] = []
    for approval in approvals:
        if approval.environment not in (None, plan.environment):
            continue
        name = _name(approval.guard, approval.address)
        finding_or_none = by_name.get(name)
        why = _why_not(approval, finding_or_none, today)
        if finding_or_none is None:
            why = why or _nothing_there(approval, findings, codes)
        if why:
            unused.append(UnusedApproval(approval, why))
        elif finding_or_none is not None:
            given.setdefault(name, _approved(approval, finding_or_none.evidence))
    covered = tuple(
        replace(finding, approved=given.get(_name(finding.code, finding.approval)))
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
        source=str(approval.source) if approval.source is not None else _COMMAND_LINE,
        up_to=approval.up_to,
        evidence=evidence,
        expires=approval.expires,
    )


def _why_not(approval: Approval, finding: Finding | None, today: date) -> str:
    expired = _expired(approval.expires, today)
    if expired:
        return f"it {expired}"
    if not approval.reason.strip(f" .{PLACEHOLDER}"):
        return "it gives no reason"
    if finding is None or approval.up_to is None or not finding.evidence.headline:
        return ""
    headline = finding.evidence.headline
    count = finding.evidence.counts.get(headline, 0)
    if count <= approval.up_to:
        return ""
    return f"it counts up to {approval.up_to:,}, and {_told(headline)} is {count:,}"


def _expired(last_day: date | None, today: date) -> str:
    if last_day is None or last_day >= today:
        return ""
    return f"expired: {last_day.isoformat()} was the last day it counted"


def _nothing_there(approval: Approval, findings: Iterable[Finding], codes: Sequence[str]) -> str:
    if approval.guard not in codes:
        near = get_close_matches(approval.guard, codes, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(codes)}"
        return f"there is no guard '{approval.guard}'{hint}"
    same = {
        identity(one.approval or one.address): one for one in findings if one.code == approval.guard
    }
    here = same.get(identity(approval.address))
    if here is not None:
        return f"no approval can cover {approval.guard} here"
    nearest = get_close_matches(identity(approval.address), list(same), n=1)
    if nearest and address_in_text(same[nearest[0]].address) == same[nearest[0]].address:
        return (
            f"{no_finding_reason(approval.guard)}; did you mean "
            f"{same[nearest[0]].approval or same[nearest[0]].address}?"
        )
    return no_finding_reason(approval.guard)


def recheck_findings(
    fresh: Iterable[Finding], planned: Iterable[Finding], *, today: date
) -> tuple[Finding, ...]:
    """Fresh findings, covered where the planned finding was approved and its evidence holds.

    One that is covered no more says what has changed since, or that its approval has expired.
    """
    approved = {
        (one.code, identity(one.address)): one.approved
        for one in planned
        if one.approved is not None
    }
    return tuple(
        _rechecked(one, approved.get(_name(one.code, one.address)), today) for one in fresh
    )


def _rechecked(fresh: Finding, approved: ApprovedBy | None, today: date) -> Finding:
    if approved is None or not fresh.approval:
        return fresh
    broken = list(evidence_growth(approved, fresh.evidence))
    expired = _expired(approved.expires, today)
    if expired:
        broken.append(f"its approval {expired}")
    if not broken:
        return replace(fresh, approved=approved)
    return replace(fresh, message=f"{fresh.message}; {'; '.join(broken)}")


def holds(approved: ApprovedBy, evidence: Evidence) -> bool:
    """Whether an approval still covers this evidence; see `departures`."""
    return not evidence_growth(approved, evidence)


def evidence_growth(approved: ApprovedBy, evidence: Evidence) -> tuple[str, ...]:
    """How evidence has left what was approved, a phrase each; nothing where it has not.

    No new referrer. No count that rose from zero. The headline count at most `up_to`, where
    that was given. Every other count at most twice what was seen, or 10, whichever is more
    (ours: calls come and go while a change is reviewed, a crowd does not).
    """
    seen = approved.evidence
    known = {identity(one) for one in seen.referrers}
    found: list[str] = []
    new = sum(1 for one in evidence.referrers if identity(one) not in known)
    if new:
        found.append(f"{counted(new, 'new referrer')} since it was approved")
    for name, now in evidence.counts.items():
        was = seen.counts.get(name, 0)
        if now > _most(approved, name, was):
            bound = f" (up to {approved.up_to:,})" if _is_bound(approved, name) else ""
            found.append(f"{_told(name)}: approved at {was:,}{bound}, now {now:,}")
    return tuple(found)


def _is_bound(approved: ApprovedBy, name: str) -> bool:
    return approved.up_to is not None and name == approved.evidence.headline


def _most(approved: ApprovedBy, name: str, was: int) -> int:
    if was == 0:
        return 0
    if approved.up_to is not None and name == approved.evidence.headline:
        return approved.up_to
    return max(was * _GROWTH_FACTOR, _GROWTH_ALWAYS)


def _told(count: str) -> str:
    return count.replace("_", " ")


_GROWS_BY_ITSELF = frozenset({"recent_interactions", "interactions_total"})
"""Counts that a working campaign raises by the minute: a bound at what was seen would never hold,
so their approvals rely on the usual headroom."""


def approval_line(finding: Finding, environment: str) -> str:
    """The line of YAML that would approve a finding, to complete; "" where none can."""
    if not finding.approval:
        return ""
    parts = [
        f"guard: {finding.code}",
        f"address: {_quoted(finding.approval)}",
        f"reason: {_quoted(PLACEHOLDER)}",
        f"by: {_quoted(PLACEHOLDER)}",
        f"environment: {_quoted(environment)}",
    ]
    headline = finding.evidence.headline
    if headline and headline not in _GROWS_BY_ITSELF:
        parts.append(f"up_to: {finding.evidence.counts.get(headline, 0)}")
    return f"- {{{', '.join(parts)}}}"


def _quoted(text: str) -> str:
    """A JSON string that is a YAML string too, readable where it can be."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNSAFE_IN_YAML.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)

"""A plan's findings: what blocks it and how to go on, what is approved, and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reconciler.message import NO_MESSAGE
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.text import counted
from reconciler.views.fragments.findings import (
    REFERRERS_SHOWN,
    STEP,
    approval_to_paste,
    finding_lines,
)
from reconciler.views.style.escaping import visible
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence

_UNUSED_APPROVAL = "unused-approval"
_UNKNOWN_LIVE = "unknown-live"
"""Its findings are about whole collections; all others are about resources."""
_SpentApproval = tuple[str, str, str]
"""A guard, a file and an address."""


def blocking_lines(findings: Sequence[Finding], environment: str, view: View) -> Iterator[str]:
    """The findings that block a plan, each with the safer change and the approval to paste."""
    if not findings:
        return
    yield view.paint.bad(
        f"BLOCKED by {counted(len(findings), 'finding')}: resolve or approve each one"
    )
    for finding in findings:
        yield from finding_lines(finding, view.paint.bad("✗"), view)
        approval = approval_to_paste(finding, environment, view.masker)
        if approval:
            yield f"{STEP}To approve it, complete this line and add it to a file in approvals/:"
            yield f"{STEP}  {visible(approval)}"
        else:
            yield f"{STEP}No approval can cover this."


def approved_lines(plan: Plan, view: View) -> Iterator[str]:
    """The approved findings, with the reason, author and file of each approval."""
    approved = [finding for finding in plan.findings if finding.approved is not None]
    if not approved:
        return
    yield view.paint.strong(f"Approved: {counted(len(approved), 'finding')}")
    for finding in approved:
        yield from finding_lines(replace(finding, safer=NO_MESSAGE), view.paint.good("✓"), view)
        if finding.approved is not None:
            by = f" by {visible(finding.approved.by)}" if finding.approved.by else ""
            reason = view.text(finding.approved.reason, about=finding.address)
            where = view.paint.faint(visible(finding.approved.source))
            yield f'{STEP}Approved{by}: "{reason}"  {where}'


def warning_lines(plan: Plan, view: View) -> Iterator[str]:
    """The findings that do not block."""
    warnings = [
        finding
        for finding in plan.findings
        if finding.severity == "warn" and finding.approved is None
    ]
    codes = {finding.code for finding in warnings}
    unused = () if _UNUSED_APPROVAL in codes else plan.unused_approvals
    if not warnings and not unused:
        return
    spent, others = _without_spent_approvals(warnings)
    yield view.paint.strong(f"Warnings: {len(others) + len(unused) + bool(spent)}")
    yield from _spent_approval_lines(spent, view)
    for group in _grouped_by_text(others, view):
        if len(group) == 1:
            yield from finding_lines(group[0], view.paint.caution("!"), view)
        else:
            yield from _group_lines(group, view)
    for text in unused:
        yield f"  {view.paint.caution('!')} {_UNUSED_APPROVAL}: {view.text(text)}"


def _without_spent_approvals(
    findings: Iterable[Finding],
) -> tuple[list[_SpentApproval], list[Finding]]:
    """Approvals that are no longer needed, and the other findings."""
    from reconciler.guards.analyzers.unused_approval import spent_approval

    approvals: list[_SpentApproval] = []
    others: list[Finding] = []
    for finding in findings:
        guard_and_file = spent_approval(finding)
        if guard_and_file is None:
            others.append(finding)
        else:
            approvals.append((*guard_and_file, finding.address))
    return approvals, others


def _spent_approval_lines(approvals: Sequence[_SpentApproval], view: View) -> Iterator[str]:
    if not approvals:
        return
    are = "is" if len(approvals) == 1 else "are"
    title = view.paint.strong(f"{counted(len(approvals), 'approval')} {are} no longer needed")
    yield f"  {view.paint.caution('!')} {title}  {_UNUSED_APPROVAL}"
    for file in dict.fromkeys(file for _, file, _ in approvals):
        names = [
            f"{visible(g)} at {view.address(a)}" for g, in_file, a in approvals if in_file == file
        ]
        yield f"{STEP}Remove from {visible(file)}: {view.names(names, REFERRERS_SHOWN)}"


def _grouped_by_text(findings: Iterable[Finding], view: View) -> Iterable[list[Finding]]:
    """Findings with the same text about different resources, in their first order."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.code, view.message(finding.message), view.message(finding.safer))
        groups.setdefault(key, []).append(finding)
    return groups.values()


def _group_lines(findings: list[Finding], view: View) -> Iterator[str]:
    first = findings[0]
    noun = "collection" if first.code == _UNKNOWN_LIVE else "resource"
    count = view.paint.strong(counted(len(findings), noun))
    addresses = [finding.address for finding in findings]
    yield f"  {view.paint.caution('!')} {count}  {visible(first.code)}"
    yield f"{STEP}{sentence(view.message(first.message))}"
    yield f"{STEP}Which: {view.addresses(addresses, REFERRERS_SHOWN)}"
    if first.safer:
        yield f"{STEP}Safer: {view.message(first.safer)}"

"""A plan's findings: what blocks it and how to go on, what is approved, and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reconciler.message import NO_MESSAGE
from reconciler.planning.findings import Finding, UnusedApproval
from reconciler.planning.plan import Plan
from reconciler.text import counted, verb, visible
from reconciler.views.fragments.findings import (
    REFERRERS_SHOWN,
    STEP,
    approval_to_paste,
    finding_lines,
)
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence


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
    from reconciler.guards.analyzers.unused_approval import unused_finding

    spent = [unused for unused in plan.unused_approvals if unused.is_spent]
    others = [unused for unused in plan.unused_approvals if unused.is_for_others]
    summed_up = {unused_finding(unused).message for unused in (*spent, *others)}
    warnings = [
        finding
        for finding in plan.findings
        if finding.severity == "warn"
        and finding.approved is None
        and finding.message not in summed_up
    ]
    if not warnings and not spent and not others:
        return
    yield view.paint.strong(f"Warnings: {len(warnings) + bool(spent) + bool(others)}")
    are = verb(len(spent), "is", "are")
    yield from _approval_lines(spent, f"{are} no longer needed", "Remove from", view)
    cover = verb(len(others), "covers", "cover")
    yield from _approval_lines(others, f"{cover} nothing in {plan.environment}", "In", view)
    if others:
        yield f"{STEP}Another environment may need them. Add `environment: NAME` to each."
    unread = {unknown.collection for unknown in plan.unknowns if not unknown.is_resource}
    for group in _grouped_by_text(warnings, view):
        if len(group) == 1:
            yield from finding_lines(group[0], view.paint.caution("!"), view)
        else:
            noun = "collection" if group[0].address in unread else "resource"
            yield from _group_lines(group, noun, view)


def _approval_lines(
    approvals: Sequence[UnusedApproval], what: str, before: str, view: View
) -> Iterator[str]:
    """Unused approvals with nothing wrong, by file."""
    if not approvals:
        return
    from reconciler.guards.analyzers.unused_approval import CODE

    title = view.paint.strong(visible(f"{counted(len(approvals), 'approval')} {what}"))
    yield f"  {view.paint.caution('!')} {title}  {CODE}"
    names_by_file: dict[str, list[str]] = {}
    for approval in approvals:
        file = approval.source.file if approval.source is not None else ""
        name = f"{visible(approval.guard)} at {view.address(approval.address)}"
        names_by_file.setdefault(file, []).append(name)
    for file, names in names_by_file.items():
        yield f"{STEP}{before} {visible(file)}: {view.names(names, REFERRERS_SHOWN)}"


def _grouped_by_text(findings: Iterable[Finding], view: View) -> Iterable[list[Finding]]:
    """Findings with the same text about different resources, in their first order."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.code, view.message(finding.message), view.message(finding.safer))
        groups.setdefault(key, []).append(finding)
    return groups.values()


def _group_lines(findings: list[Finding], noun: str, view: View) -> Iterator[str]:
    first = findings[0]
    count = view.paint.strong(counted(len(findings), noun))
    addresses = [finding.address for finding in findings]
    yield f"  {view.paint.caution('!')} {count}  {visible(first.code)}"
    yield f"{STEP}{sentence(view.message(first.message))}"
    yield f"{STEP}Which: {view.addresses(addresses, REFERRERS_SHOWN)}"
    if first.safer:
        yield f"{STEP}Safer: {view.message(first.safer)}"

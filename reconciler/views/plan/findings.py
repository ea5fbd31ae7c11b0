"""What the guards found: what blocks with the way out of it, what was approved, what to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.text import counted, first_of
from reconciler.views.style.escaping import visible
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence

_STEP = "    "
_NAMES = 8
_FOLDED_CODE = "unused-approval"
_Spent = tuple[str, str, str]
"""A guard, a file and an address."""
_OF_COLLECTIONS = "unknown-live"
"""Its warnings are about whole collections; all others are about resources."""


def approval_to_paste(finding: Finding, environment: str, view: View) -> str:
    """The line of YAML that would approve a finding, with a handle for a customer."""
    from reconciler.guards.approvals import approval_line

    masked = replace(finding, approval=view.masker.address(finding.approval))
    return approval_line(masked, environment)


def blocking_lines(findings: Iterable[Finding], environment: str, view: View) -> Iterator[str]:
    """The findings that stop a plan, each with the safer change and the approval to paste."""
    listed = list(findings)
    if not listed:
        return
    yield view.paint.bad(
        f"BLOCKED by {counted(len(listed), 'finding')}: resolve or approve each of them"
    )
    for one in listed:
        yield from _finding(one, view.paint.bad("✗"), view)
        line = approval_to_paste(one, environment, view)
        if line:
            yield f"{_STEP}To approve it, complete this line and put it in approvals/:"
            yield f"{_STEP}  {visible(line)}"
        else:
            yield f"{_STEP}No approval can cover this."


def stopping_lines(findings: Iterable[Finding], view: View) -> Iterator[str]:
    """Findings that stop an apply, where no approval can be given any more."""
    for one in findings:
        yield from _finding(one, view.paint.bad("✗"), view)


def approved_lines(plan: Plan, view: View) -> Iterator[str]:
    """What would block and is approved: why, by whom, and where that is written."""
    approved = [one for one in plan.findings if one.approved is not None]
    if not approved:
        return
    yield view.paint.strong(f"Approved: {counted(len(approved), 'finding')}")
    for one in approved:
        yield from _finding(replace(one, safer=""), view.paint.good("✓"), view)
        if one.approved is not None:
            by = f" by {visible(one.approved.by)}" if one.approved.by else ""
            reason = view.text(one.approved.reason, about=one.address)
            where = view.paint.faint(visible(one.approved.source))
            yield f'{_STEP}Approved{by}: "{reason}"  {where}'


def warning_lines(plan: Plan, view: View) -> Iterator[str]:
    """What does not stop it and deserves a look."""
    warned = [one for one in plan.findings if one.severity == "warn" and one.approved is None]
    told = {one.code for one in warned}
    unused = () if _FOLDED_CODE in told else plan.unused_approvals
    if not warned and not unused:
        return
    spent, others = _parted(warned)
    yield view.paint.strong(f"Warnings: {len(others) + len(unused) + bool(spent)}")
    yield from _spent_approvals(spent, view)
    for alike in _alike(others):
        if len(alike) == 1:
            yield from _finding(alike[0], view.paint.caution("!"), view)
        else:
            yield from _warned_alike(alike, view)
    for text in unused:
        yield f"  {view.paint.caution('!')} {_FOLDED_CODE}: {view.text(text)}"


def _parted(findings: Iterable[Finding]) -> tuple[list[_Spent], list[Finding]]:
    """The approvals that nothing needs any more, with guard and file; and all the rest."""
    from reconciler.guards.analyzers.unused_approval import spent_approval

    told: list[_Spent] = []
    others: list[Finding] = []
    for one in findings:
        found = spent_approval(one)
        if found is None:
            others.append(one)
        else:
            told.append((*found, one.address))
    return told, others


def _spent_approvals(spent: Sequence[_Spent], view: View) -> Iterator[str]:
    if not spent:
        return
    count = view.paint.strong(f"{counted(len(spent), 'approval')} that nothing needs any more")
    yield f"  {view.paint.caution('!')} {count}  {_FOLDED_CODE}"
    for file in dict.fromkeys(file for _, file, _ in spent):
        which = [f"{visible(g)} at {view.address(a)}" for g, where, a in spent if where == file]
        yield f"{_STEP}Take out of {visible(file)}: {_first(which, view)}"


def _alike(findings: Iterable[Finding]) -> Iterable[list[Finding]]:
    """Findings that say the same of different resources, in the order of the first of each."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.code, one.message, one.safer), []).append(one)
    return groups.values()


def _warned_alike(findings: list[Finding], view: View) -> Iterator[str]:
    first = findings[0]
    what = "collection" if first.code == _OF_COLLECTIONS else "resource"
    count = view.paint.strong(counted(len(findings), what))
    yield f"  {view.paint.caution('!')} {count}  {visible(first.code)}"
    yield f"{_STEP}{sentence(view.text(first.message, about=first.address))}"
    yield f"{_STEP}Which: {_some([one.address for one in findings], view)}"
    if first.safer:
        yield f"{_STEP}Safer: {view.text(first.safer, about=first.address)}"


def _some(addresses: Sequence[str], view: View) -> str:
    return _first([view.address(one) for one in addresses], view)


def _first(shown: Sequence[str], view: View) -> str:
    return first_of(shown, None if view.expand else _NAMES)


def _finding(finding: Finding, mark: str, view: View) -> Iterator[str]:
    yield f"  {mark} {view.paint.strong(view.address(finding.address))}  {visible(finding.code)}"
    yield f"{_STEP}{sentence(view.text(finding.message, about=finding.address))}"
    if finding.evidence.referrers:
        yield f"{_STEP}Which: {_some(finding.evidence.referrers, view)}"
    if finding.safer:
        yield f"{_STEP}Safer: {view.text(finding.safer, about=finding.address)}"

"""A plan's findings by resource: what blocks it, what is approved, and warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from reconciler.kinds.address import collection_of, identity
from reconciler.kinds.registry import KINDS
from reconciler.message import NO_MESSAGE
from reconciler.planning.findings import Finding, UnusedApproval
from reconciler.planning.plan import Plan
from reconciler.text import counted, verb, visible
from reconciler.views.fragments.findings import (
    REFERRERS_SHOWN,
    STEP,
    approval_to_paste,
    finding_lines,
    which_lines,
)
from reconciler.views.plan.grouping import names_of
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import sentence

_Group = list[Finding]
"""The findings about one resource: first the blocking ones, then warnings."""
_WarnedLines = Callable[[Sequence[_Group], Plan, View], Iterator[str]]


def blocking_lines(plan: Plan, view: View) -> Iterator[str]:
    """The resources with a finding that blocks, with their warnings and the safer changes."""
    groups = [group for group in _open_groups(plan) if group[0].blocks]
    if not groups:
        return
    count = counted(len(plan.blocking), "finding")
    about = (
        "" if len(groups) == len(plan.blocking) else f" about {counted(len(groups), 'resource')}"
    )
    yield view.paint.bad(f"BLOCKED by {count}{about}: resolve or approve each one")
    for group in groups:
        yield from _resource_lines(group, view.paint.bad("✗"), view)


def approval_lines(plan: Plan, view: View) -> Iterator[str]:
    """The approvals of all findings that block a plan, as YAML for one file."""
    texts = [
        approval_to_paste(finding, plan.environment, view.masker)
        for group in _open_groups(plan)
        for finding in group
        if finding.blocks
    ]
    lines = [visible(text) for text in dict.fromkeys(texts) if text]
    if lines:
        what = verb(len(lines), "it, complete this line", "them, complete these lines")
        yield f"To approve {what} and add {verb(len(lines), 'it', 'them')} to a file in approvals/:"
        yield from (f"  {line}" for line in lines)


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
    """The findings that do not block, except those of resources in `blocking_lines`."""
    yield from _warnings(plan, _warned_lines, "", view)


def short_warning_lines(plan: Plan, view: View) -> Iterator[str]:
    """The same findings with one line each, without what is safer."""
    yield from _warnings(plan, _short_warned_lines, "; --details shows what is safer", view)


def _warnings(plan: Plan, lines: _WarnedLines, hint: str, view: View) -> Iterator[str]:
    groups = _open_groups(plan)
    above = sum(not each.blocks for group in groups if group[0].blocks for each in group)
    warned = [group for group in groups if not group[0].blocks]
    spent = [unused for unused in plan.unused_approvals if unused.is_spent]
    others = [unused for unused in plan.unused_approvals if unused.is_for_others]
    if not warned and not spent and not others:
        return
    count = sum(map(len, warned)) + bool(spent) + bool(others)
    also = f"; {above:,} more above" if above else ""
    yield view.paint.strong(f"Warnings: {count:,}{also}{hint}")
    are = verb(len(spent), "is", "are")
    yield from _unused_lines(spent, f"{are} no longer needed", "Remove from", view)
    cover = verb(len(others), "covers", "cover")
    yield from _unused_lines(others, f"{cover} nothing in {plan.environment}", "In", view)
    if others:
        yield f"{STEP}Another environment may need them. Add `environment: NAME` to each."
    yield from lines(warned, plan, view)


def _open_groups(plan: Plan) -> list[_Group]:
    """The findings that no approval covers, by resource, in their first order."""
    from reconciler.guards.analyzers.unused_approval import unused_finding

    summed_up = {
        unused_finding(unused).message
        for unused in plan.unused_approvals
        if unused.is_spent or unused.is_for_others
    }
    groups: dict[str, _Group] = {}
    for finding in plan.findings:
        if finding.approved is None and (finding.blocks or finding.message not in summed_up):
            groups.setdefault(identity(finding.address), []).append(finding)
    return [sorted(group, key=lambda finding: not finding.blocks) for group in groups.values()]


def _resource_lines(group: _Group, mark: str, view: View) -> Iterator[str]:
    """One finding as usual; several with their address once, and what is safer at the end."""
    if len(group) == 1:
        yield from finding_lines(group[0], mark, view)
        yield from _not_approvable(group, view)
        return
    yield f"  {mark} {view.paint.strong(view.address(group[0].address))}"
    for finding in group:
        warns = "" if finding.blocks or not group[0].blocks else " (warning)"
        yield f"{STEP}{visible(finding.code)}{warns}: {sentence(view.message(finding.message))}"
        yield from (f"  {line}" for line in which_lines(finding, view))
    safer = dict.fromkeys(view.message(finding.safer) for finding in group if finding.safer)
    if safer:
        yield f"{STEP}Safer: {'. '.join(map(_capitalized, safer))}"
    yield from _not_approvable(group, view)


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _not_approvable(group: _Group, view: View) -> Iterator[str]:
    codes = [finding.code for finding in group if finding.blocks and not finding.approval]
    if codes and len(group) == 1:
        yield f"{STEP}No approval can cover this."
    elif codes:
        yield f"{STEP}No approval can cover {view.names([visible(code) for code in codes], 3)}."


def _unused_lines(
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


def _grouped_by_text(groups: Iterable[_Group], view: View) -> Iterable[list[_Group]]:
    """Resources whose findings have the same text, in their first order."""
    alike: dict[tuple[str, ...], list[_Group]] = {}
    for group in groups:
        key = tuple(
            text
            for each in group
            for text in (
                each.code,
                view.message(each.message),
                view.message(each.safer),
                *each.evidence.referrers,
            )
        )
        alike.setdefault(key, []).append(group)
    return alike.values()


def _warned_lines(warned: Sequence[_Group], plan: Plan, view: View) -> Iterator[str]:
    """The warnings by resource; resources with the same warnings together."""
    for groups in _grouped_by_text(warned, view):
        first, *lines = _resource_lines(groups[0], view.paint.caution("!"), view)
        if len(groups) == 1:
            yield first
        else:
            names = view.paint.strong(_several([group[0].address for group in groups], plan, view))
            code = f"  {visible(groups[0][0].code)}" if len(groups[0]) == 1 else ""
            yield f"  {view.paint.caution('!')} {names}{code}"
        yield from lines


def _short_warned_lines(warned: Sequence[_Group], plan: Plan, view: View) -> Iterator[str]:
    """One line for each text, with the resources that it is about."""
    for groups in _grouped_by_text([[finding] for group in warned for finding in group], view):
        finding = groups[0][0]
        addresses = [group[0].address for group in groups]
        name = _several(addresses, plan, view) if len(groups) > 1 else view.address(addresses[0])
        text = sentence(view.message(finding.message))
        code = visible(finding.code)
        yield f"  {view.paint.caution('!')} {view.paint.strong(name)}  {code}: {text}"


def _several(addresses: Sequence[str], plan: Plan, view: View) -> str:
    """`9 holidays: Epiphany, Labour Day and 7 more`; addresses of several collections."""
    kinds = set(map(_kind_of_resource, addresses))
    unread = {unknown.collection for unknown in plan.unknowns if not unknown.is_resource}
    if len(kinds) == 1 and kinds != {""}:
        (name,) = kinds
        what = KINDS.counted({name: len(addresses)})[0]
    else:
        what = counted(len(addresses), "collection" if unread.issuperset(addresses) else "resource")
    return f"{what}: {view.names(names_of(addresses, view), REFERRERS_SHOWN)}"


def _kind_of_resource(address: str) -> str:
    """The name of the kind of one resource; empty for a collection or anything else."""
    kind = KINDS.of_address(address)
    return kind.name if kind is not None and address != collection_of(address) else ""

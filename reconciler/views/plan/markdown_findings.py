"""The findings of a plan in a comment: all of them in full, or as much of each as fits.

Every finding is at least counted under its guard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.text import counted
from reconciler.views.plan.findings import (
    approval_lines,
    approved_lines,
    blocking_lines,
    short_warning_lines,
    warning_lines,
)
from reconciler.views.plan.markdown_folds import Fold, fitting, folds_of, size_of
from reconciler.views.plan.text import note_lines
from reconciler.views.style.markdown import escaped, fenced, prose
from reconciler.views.style.view import View

_NAMED_OF_GUARD = (20, 5, 0)
"""How many addresses of each guard are named in the shortest form, from longest to shortest."""


def findings_markdown(plan: Plan, view: View, limit: int) -> tuple[list[str], list[Fold]]:
    """The findings in `limit` bytes, and the ones that are only counted."""
    approvals = [line for fold in folds_of([approval_lines(plan, view)]) for line in _yaml(fold)]
    blocking = [*_blocking(plan, view), *approvals]
    for warnings in (warning_lines, short_warning_lines):
        lines = [*blocking, *prose(warnings(plan, view))]
        if size_of(lines) <= limit:
            return lines, []
    return _shortest(plan, view, limit)


def _blocking(plan: Plan, view: View) -> list[str]:
    return prose(
        [*blocking_lines(plan, view), *approved_lines(plan, view), *note_lines(plan, view)]
    )


def _shortest(plan: Plan, view: View, limit: int) -> tuple[list[str], list[Fold]]:
    """The counts of each guard, then the first resources in full, the blocking ones first."""
    notes = prose(note_lines(plan, view))
    counts = [[*prose(_by_guard(plan, named, view)), *notes] for named in _NAMED_OF_GUARD]
    lines = next((each for each in counts if size_of(each) <= limit // 2), counts[-1])
    left_out: list[Fold] = []
    limit -= size_of(lines)
    for fold, written in (
        *((fold, _prose) for fold in folds_of([blocking_lines(plan, view)])),
        *((fold, _yaml) for fold in folds_of([approval_lines(plan, view)])),
        *((fold, _prose) for fold in folds_of([warning_lines(plan, view)])),
    ):
        count = fitting(fold, limit, written)
        if count:
            shown = written(replace(fold, entries=fold.entries[:count]))
            lines.extend(shown)
            limit -= size_of(shown)
        if count < len(fold.entries):
            left_out.append(replace(fold, entries=fold.entries[count:]))
    return lines, left_out


def _prose(fold: Fold) -> list[str]:
    return prose([fold.title, *(line for entry in fold.entries for line in entry)])


def _yaml(fold: Fold) -> list[str]:
    """The approvals to copy, as a block of YAML."""
    entries = [line.strip() for entry in fold.entries for line in entry]
    return ["", escaped(fold.title), "", *fenced(entries, "yaml")]


def _by_guard(plan: Plan, named: int, view: View) -> Iterator[str]:
    """The count and the first addresses of each guard's findings, the blocking ones first."""
    shown = replace(view, parts=frozenset())
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(plan.findings, key=lambda finding: not finding.blocks):
        state = "approved" if finding.approved else "blocks" if finding.blocks else "warns"
        groups.setdefault((finding.code, state), []).append(finding)
    yield f"{counted(len(plan.findings), 'finding')}, by guard"
    for (guard, state), group in groups.items():
        addresses = [finding.address for finding in group]
        names = f": {shown.addresses(addresses, named)}" if named else ""
        yield f"  {view.paint.strong(guard)} {state}, {counted(len(group), 'finding')}{names}"

"""A plan as Markdown that fits one comment of a pull request.

The first lines have the verdict, the findings, the deletes, and the plan's id and content digest.
Every finding follows, then the changes in folds. What does not fit is left out by whole entries and
counted, and the last lines say where the whole plan is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.privacy.known_people import masker_for_plan
from reconciler.text import counted, joined, visible
from reconciler.views.plan.markdown_findings import findings_markdown
from reconciler.views.plan.markdown_folds import Fold, fitted, folds_of, size_of
from reconciler.views.plan.sections import Sections
from reconciler.views.plan.text import (
    change_blocks,
    foot_lines,
    head_lines,
    not_changed_lines,
)
from reconciler.views.style.markdown import MarkdownPaint, code, escaped, unmarked
from reconciler.views.style.view import View

COMMENT_LIMIT = 65_000
"""Below the 65,536 characters of a comment on GitHub. Counted in bytes of UTF-8, which are never
fewer than characters."""
SUMMARY_LIMIT = 1_000_000
"""Below the 1 MiB of a step summary of GitHub Actions."""
_FINDINGS_PART = 0.7
"""How much of a comment the findings may take before they are shortened."""
_FOOT_BYTES = 2_500
"""Kept free for the lines at the end."""
_NAMED = 5
_FOLDS_NAMED = 20


def plan_markdown(plan: Plan, view: View) -> str:
    """A plan as one comment."""
    return markdown_page(plan, view, COMMENT_LIMIT)


def markdown_page(plan: Plan, view: View, limit: int) -> str:
    """A plan as Markdown of at most `limit` bytes."""
    view = replace(view, paint=MarkdownPaint()).with_masker(masker_for_plan(view.masker, plan))
    sections = Sections.of(plan)
    *apply, counts = foot_lines(plan, sections, view)
    head = list(_head(plan, counts, view))
    room = limit - size_of(head) - _FOOT_BYTES
    findings, shortened = findings_markdown(plan, view, int(room * _FINDINGS_PART))
    blocks = [*change_blocks(plan, sections, view), not_changed_lines(plan, view)]
    shown, left_out = fitted(list(folds_of(blocks)), room - size_of(findings))
    foot = _foot(plan, apply, [*shortened, *left_out], limit, view)
    return "\n".join([*head, *findings, "", *shown, *foot]) + "\n"


def marker(plan: Plan) -> str:
    """A hidden line that is the same in every plan of a project and an environment."""
    project, environment = (quote(name, safe="") for name in (plan.project, plan.environment))
    return f"<!-- reconciler-plan project={project} environment={environment} -->"


def _head(plan: Plan, counts: str, view: View) -> Iterator[str]:
    verdict, *about = head_lines(plan, view)
    yield marker(plan)
    yield f"## {_word(plan)}: {escaped(unmarked(verdict))}"
    yield ""
    if view.notice:
        yield f"<strong>{escaped(visible(view.notice))}</strong><br>"
    yield "<br>".join(escaped(line) for line in about if line)
    yield ""
    yield f"{escaped(counts)} Content digest {code(plan.content_digest)}."
    yield ""
    facts = filter(None, (_blocking(plan, view), _warnings(plan, view), _deletes(plan, view)))
    yield "<br>".join(facts)


def _word(plan: Plan) -> str:
    """Whether the plan can be applied, before anything else is read."""
    if plan.blocking:
        return "Blocked"
    if plan.refusals():
        return "Cannot be applied"
    if any(finding.approved is None for finding in plan.findings) or plan.unread:
        return "Warnings"
    return "Nothing to do" if plan.is_empty else "No warnings"


def _blocking(plan: Plan, view: View) -> str:
    if not plan.blocking:
        return "Nothing blocks this plan." if not plan.refusals() else ""
    count = counted(len(plan.blocking), "finding")
    return f"<strong>Blocked by {count}</strong>: {_titles(plan.blocking, view)}."


def _warnings(plan: Plan, view: View) -> str:
    warned = [each for each in plan.findings if not each.blocks and each.approved is None]
    return f"{counted(len(warned), 'warning')}: {_titles(warned, view)}." if warned else ""


def _titles(findings: Sequence[Finding], view: View) -> str:
    titles = [view.message(finding.title()) for finding in findings]
    return escaped(replace(view, parts=frozenset()).names(titles, _NAMED))


def _deletes(plan: Plan, view: View) -> str:
    deletes = [change for change in plan.changes if change.action is Action.DELETE]
    if not deletes:
        return "Nothing is deleted."
    counts = joined(KINDS.counted(Counter(change.kind for change in deletes)))
    named = [view.address(change.address) for change in deletes if not change.cascaded]
    names = replace(view, parts=frozenset()).names(named, _NAMED)
    return f"Deletes {counts}: {escaped(names)}."


def _foot(
    plan: Plan, apply: Sequence[str], left_out: Sequence[Fold], limit: int, view: View
) -> Iterator[str]:
    for line in apply:
        title, _, command = line.partition(": ")
        yield f"{escaped(title)}: {code(command)}"
        yield ""
    if left_out:
        parts = joined([f"{each.left_out} of “{each.title}”" for each in left_out[:_FOLDS_NAMED]])
        yield (
            f"<strong>Left out</strong>, to stay below {limit:,} characters: {escaped(parts)}. "
            f"{_whole(plan, view)}"
        )


def _whole(plan: Plan, view: View) -> str:
    """The command that prints the whole plan."""
    words = plan.command_to_review.command
    return f"The whole plan: {code(view.command(*words, '--details'))}"

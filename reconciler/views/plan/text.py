"""A plan as text: the verdict, what blocks it, the changes, and the counts.

Destructive changes come first. Alike changes, many creates and new tracking are folded to their
count and first names. A blocked plan that is longer than a page sums up its changes: its findings
come first. The part `details` of a view unfolds everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Change, Reason
from reconciler.planning.plan import Plan, Unknown
from reconciler.privacy.known_people import masker_for_plan
from reconciler.text import counted, joined, visible
from reconciler.views.fragments.clock import clock_warning
from reconciler.views.plan.change import (
    delete_lines,
    rename_lines,
    replace_lines,
    update_lines,
)
from reconciler.views.plan.consequences import consequence_lines
from reconciler.views.plan.created import created_lines
from reconciler.views.plan.findings import (
    approval_lines,
    approved_lines,
    blocking_lines,
    short_warning_lines,
    warning_lines,
)
from reconciler.views.plan.grouping import (
    alike_lines,
    by_collection,
    collection_line,
    folded_lines,
)
from reconciler.views.plan.sections import Sections
from reconciler.views.plan.short import counts_only, one_line_each
from reconciler.views.plan.tree import tree_lines
from reconciler.views.plan.verdict import verdict_lines
from reconciler.views.style.colour import RELEASED, TRACKED
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import REASON_PHRASES, moment, sentence

_PAGE_LINES = 60
"""The lines of a blocked plan that a reader sees at one look."""
_TRACKED_SHOWN = 50
_ID_CHARACTERS = 10
_DIGEST_CHARACTERS = 16
_COMMIT_CHARACTERS = 10


_Part = Callable[[Plan, View], Iterable[str]]
_Changes = Callable[[Plan, Sections, View], Iterable[str]]


def plan_text(plan: Plan, view: View) -> str:
    """A plan as text. It begins with the verdict and ends with the counts."""
    view = view.with_masker(masker_for_plan(view.masker, plan))
    sections = Sections.of(plan)

    def page(warnings: Iterable[str], changes: Iterable[Iterable[str]]) -> list[str]:
        return _joined(
            [
                head_lines(plan, view),
                blocking_lines(plan, view),
                approved_lines(plan, view),
                warnings,
                approval_lines(plan, view),
                note_lines(plan, view),
                *changes,
                not_changed_lines(plan, view),
                foot_lines(plan, sections, view),
            ]
        )

    full = page(warning_lines(plan, view), change_blocks(plan, sections, view))
    if view.details or not plan.blocking or len(full) <= _PAGE_LINES:
        return "\n".join(full) + "\n"
    shorter: list[tuple[_Part, _Changes]] = [
        (warning_lines, one_line_each),
        (warning_lines, counts_only),
        (short_warning_lines, counts_only),
    ]
    for warnings, changes in shorter:
        lines = page(warnings(plan, view), [changes(plan, sections, view)])
        if len(lines) <= _PAGE_LINES:
            break
    return "\n".join(lines) + "\n"


def _joined(blocks: Iterable[Iterable[str]]) -> list[str]:
    """The lines of all blocks, with an empty line between two blocks."""
    lines: list[str] = []
    for block in map(list, blocks):
        if block and lines:
            lines.append("")
        lines.extend(block)
    return lines


def head_lines(plan: Plan, view: View) -> Iterator[str]:
    """The verdict, what the plan is for, and what the reader must know before anything else."""
    yield from map(view.paint.strong, verdict_lines(plan))
    target = f"Project {plan.project}, environment {plan.environment}, platform {plan.platform_id}"
    commit = ""
    if plan.git_commit:
        commit = f"; git {plan.git_commit[:_COMMIT_CHARACTERS]}"
        commit += " with uncommitted changes" if plan.git_dirty else ""
    yield view.paint.faint(visible(f"{target}{commit}."))
    if clock_warning(plan.platform_ahead_seconds):
        time = moment(plan.platform_time)
        yield view.paint.caution(f"The platform's clock showed {time} when this was planned.")
    if plan.undoes:
        yield f"Undoes run {visible(plan.undoes)}."
    if plan.unfinished_run:
        run = visible(plan.unfinished_run)
        yield ""
        yield view.paint.bad(f"RUN {run} IS UNFINISHED: this plan cannot be applied.")
        resume = view.command("apply", "--resume", plan.unfinished_run)
        yield f"Settle the run, then plan again: {resume}"


def note_lines(plan: Plan, view: View) -> Iterator[str]:
    """What an undo cannot restore."""
    if plan.notes:
        yield view.paint.caution("An undo cannot restore:")
    for note in plan.notes:
        yield f"  {view.message(note)}"


def change_blocks(plan: Plan, sections: Sections, view: View) -> Iterator[Iterable[str]]:
    """The changes, a block each section: its title, then entries that are indented by two."""

    def listed(
        title: str, changes: Iterable[Change], lines: Callable[[Change, View], Iterable[str]]
    ) -> Iterator[str]:
        return _listed(title, [c for c in changes if not sections.is_in_tree(c)], lines, view)

    def delete(change: Change, view: View) -> Iterator[str]:
        return delete_lines(change, sections.cascaded.get(change.key, ()), view)

    def replace(change: Change, view: View) -> Iterator[str]:
        return replace_lines(change, sections.replaced.get(change.key), view)

    yield _listed("Delete", sections.deletes, delete, view)
    yield _listed("Replace", sections.replaces, replace, view)
    yield consequence_lines(plan.consequences, view)
    yield listed("Rename", sections.renames, rename_lines)
    yield listed("Update", sections.updates, update_lines)
    adopted = sections.adopted_with_changes
    unowned, owned = [c for c in adopted if not c.owner], [c for c in adopted if c.owner]
    yield listed("Not managed yet; will be changed to match git", unowned, update_lines)
    yield listed("Owned by another project; will be changed to match git", owned, update_lines)
    yield _trees(sections, view)
    yield _creates(sections, view)
    yield _tracked(sections.adopted, view)
    title = "Record in the ledger only; the platform does not change"
    yield _folded(title, sections.recorded, TRACKED, view)
    yield _forgets(sections.forgets, view)
    yield from _protection(plan.changes, view)


def _listed(
    title: str,
    changes: Sequence[Change],
    lines: Callable[[Change, View], Iterable[str]],
    view: View,
) -> Iterator[str]:
    if changes:
        yield view.paint.strong(f"{title}: {len(changes):,}")
    yield from alike_lines(changes, lines, view)


def _folded(title: str, changes: Sequence[Change], mark: str, view: View) -> Iterator[str]:
    if changes:
        yield view.paint.strong(f"{title}: {len(changes):,}")
        yield from folded_lines(changes, mark, view)


def _tracked(changes: Sequence[Change], view: View) -> Iterator[str]:
    """New tracking; one line of counts if there is much of it, as at a first apply."""
    if len(changes) <= _TRACKED_SHOWN or view.details:
        yield from _folded("Start tracking; already matches git", changes, TRACKED, view)
        return
    counts = joined(KINDS.counted(Counter(change.kind for change in changes)))
    title = view.paint.strong(f"Start tracking; already matches git: {len(changes):,}")
    yield f"{title} ({counts}); use --details to list"


def _trees(sections: Sections, view: View) -> Iterator[str]:
    if sections.trees:
        levels = sum(
            len({change.address for change in changes}) for changes in sections.trees.values()
        )
        yield view.paint.strong(f"Disposition trees: {counted(levels, 'level')}")
    for collection, changes in sections.trees.items():
        yield f"  {view.name(collection)}"
        yield from (f"    {line}" for line in tree_lines(collection, changes, view))


def _creates(sections: Sections, view: View) -> Iterator[str]:
    creates = [change for change in sections.creates if not sections.is_in_tree(change)]
    updates = sections.new_campaign_updates
    if not creates and not updates:
        return
    also = f", and set up in new campaigns: {len(updates):,}" if updates else ""
    yield view.paint.strong(f"Create: {len(creates):,}{also}")
    yield from created_lines(creates, updates, view)


def _forgets(changes: Sequence[Change], view: View) -> Iterator[str]:
    if changes:
        yield view.paint.strong(f"Stop tracking: {len(changes):,}")
    by_reason: dict[Reason, list[Change]] = {}
    for change in changes:
        by_reason.setdefault(change.reason, []).append(change)
    for reason, group in by_reason.items():
        yield f"  {sentence(REASON_PHRASES[reason])}"
        for collection, members in by_collection(group).items():
            yield "  " + collection_line(collection, members, RELEASED, view)


def _protection(changes: Sequence[Change], view: View) -> Iterator[Iterable[str]]:
    """Resources that lose their protection, one by one, and resources that gain it."""
    lifted = {change.address: change for change in changes if change.protection == "lifted"}
    begins = {change.address: change for change in changes if change.protection == "begins"}
    title = "Protection lifted; later deletes are not blocked"
    yield _listed(title, list(lifted.values()), _lifted, view)
    yield _folded("Protected from now on", list(begins.values()), TRACKED, view)


def _lifted(change: Change, view: View) -> Iterator[str]:
    mark = view.paint.caution(RELEASED)
    yield f"  {mark} {view.address(change.address)}{view.source_suffix(change.source)}"


def not_changed_lines(plan: Plan, view: View) -> Iterator[str]:
    """What could not be read, and how much is unmanaged or unchanged."""
    for unknown in plan.unknowns:
        wanted = f"; git declares {unknown.wanted:,} there" if unknown.wanted else ""
        yield view.paint.caution(
            f"{_unknown_title(unknown)}: {view.address(unknown.collection)} "
            f"({view.message(unknown.reason)}){wanted}"
        )
        if unknown.kept:
            kept = ", ".join(view.address(address) for address in unknown.kept)
            yield view.paint.caution(f"  Not deleted, because that would also delete it: {kept}")
    yield from _addresses("unmanaged", "on the platform and not in git", plan.unmanaged, view)
    if not plan.is_empty or "unchanged" in view.parts:
        yield from _addresses("unchanged", "tracked and matches git", plan.unchanged, view)


def _unknown_title(unknown: Unknown) -> str:
    if unknown.is_resource:
        return "Could not be read; it and what depends on it do not change"
    return "Could not be read completely; nothing in it is created or deleted"


def _addresses(part: str, what: str, addresses: Sequence[str], view: View) -> Iterator[str]:
    if not addresses:
        return
    is_listed = part in view.parts
    hint = "" if is_listed else f"; use --{part} to list"
    yield view.paint.faint(f"{part.title()}; {what}: {len(addresses):,}{hint}")
    if is_listed:
        yield from (f"  {view.address(address)}" for address in addresses)


def foot_lines(plan: Plan, sections: Sections, view: View) -> Iterator[str]:
    """How to apply exactly this plan, where it can be applied; then its id and counts."""
    counts = ", ".join(f"{count:,} {words}" for count, words in sections.counts if count)
    expect = plan.command_to_apply(plan.content_digest[:_DIGEST_CHARACTERS])
    if expect is not None:
        command = view.command(*expect.command)
        yield view.paint.faint(f"To apply exactly this without a plan file: {command}")
    yield (
        f"Plan {visible(plan.digest[:_ID_CHARACTERS])}: {counts or 'nothing to do'}. "
        f"{counted(plan.requests_spent, 'request')} spent, {plan.requests_predicted:,} predicted."
    )

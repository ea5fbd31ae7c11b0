"""A plan for people: the verdict, what stops it, what would be done, and the counts.

What destroys comes first and is never folded away; what is new or only starts to be tracked is
folded by collection. `expand` unfolds everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from reconciler.kinds.address import campaign_name, identity
from reconciler.planning.change import Action, Change, Reason
from reconciler.planning.plan import Plan, Unknown
from reconciler.privacy.known_people import masker_for_plan
from reconciler.privacy.masking import Masker
from reconciler.text import counted, joined
from reconciler.views.plan.change import (
    create_lines,
    delete_lines,
    rename_lines,
    replace_lines,
    update_lines,
)
from reconciler.views.plan.consequences import consequence_lines
from reconciler.views.plan.findings import approved_lines, blocking_lines, warning_lines
from reconciler.views.plan.grouping import by_collection, counted_kinds, names, places
from reconciler.views.plan.sections import Sections, in_trees
from reconciler.views.plan.tree import tree_lines
from reconciler.views.plan.verdict import verdict
from reconciler.views.reports.clock import clock_warning
from reconciler.views.style.colour import Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.symbols import ADDED, RELEASED, TRACKED
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import REASON_PHRASES, moment, sentence

_ID_CHARACTERS = 10
_COLLECTIONS = 12
_DIGEST_CHARACTERS = 16
_COMMIT_CHARACTERS = 10


def render_plan(plan: Plan, *, masker: Masker, paint: Paint, expand: bool = False) -> str:
    """A plan as text; the first line is its verdict, the last line its counts."""
    view = View(masker_for_plan(masker, plan), paint, expand)
    sections = Sections.of(plan)
    blocks = [
        list(block)
        for block in (
            _head(plan, view),
            blocking_lines(plan.blocking, plan.environment, view),
            approved_lines(plan, view),
            warning_lines(plan, view),
            _lost_for_good(plan, view),
            *_changes(sections, consequence_lines(plan.consequences, view), view),
            *_protection(plan.changes, view),
            _not_touched(plan, view),
            _foot(plan, sections, view),
        )
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(plan: Plan, view: View) -> Iterator[str]:
    yield view.paint.strong(verdict(plan))
    made_for = (
        f"Project {plan.project}, environment {plan.environment}, platform {plan.platform_id}"
    )
    commit = ""
    if plan.git_commit:
        commit = f"; git {plan.git_commit[:_COMMIT_CHARACTERS]}"
        commit += " with uncommitted changes" if plan.git_dirty else ""
    yield view.paint.faint(visible(f"{made_for}{commit}."))
    if clock_warning(plan.platform_ahead_seconds):
        there = moment(plan.platform_time)
        yield view.paint.caution(f"By the platform's clock it was {there} when this was planned.")
    if plan.undoes:
        yield f"Undoes run {visible(plan.undoes)}."
    if plan.unfinished_run:
        run = visible(plan.unfinished_run)
        yield ""
        yield view.paint.bad(
            f"RUN {run} IS UNFINISHED: what it did is not settled, so this plan cannot be applied."
        )
        yield f"Settle it, then plan again: reconciler apply --resume {run}"


def _lost_for_good(plan: Plan, view: View) -> Iterator[str]:
    if plan.notes:
        yield view.paint.caution("What an undo cannot bring back:")
    for note in plan.notes:
        yield f"  {view.text(note)}"


def _changes(sections: Sections, results: Iterable[str], view: View) -> Iterator[Iterable[str]]:
    """What would be done; `results` is what the platform does by itself because of it."""
    yield _titled(
        "Delete",
        sections.deletes,
        lambda one: delete_lines(one, sections.cascaded.get(one.key, ()), view),
        view,
    )
    yield _titled("Replace", sections.replaces, lambda one: _replaced(one, sections, view), view)
    yield results
    yield _titled(
        "Rename",
        _elsewhere(sections.renames, sections),
        lambda one: rename_lines(one, view),
        view,
    )
    yield _titled(
        "Update",
        _elsewhere(sections.updates, sections),
        lambda one: update_lines(one, view),
        view,
    )
    found = _elsewhere(sections.found, sections)
    for title, those in (
        (
            "Found on the platform, unowned, to be made as git says",
            [c for c in found if not c.owner],
        ),
        ("Owned by another project, to be made as git says", [c for c in found if c.owner]),
    ):
        yield _titled(title, those, lambda one: update_lines(one, view), view)
    yield _trees(sections, view)
    yield _new(sections, view)
    yield _folded("Start tracking, already as git says", sections.adopts, TRACKED, view)
    yield _folded(
        "Note what git says now; nothing changes on the platform", sections.notes, TRACKED, view
    )
    yield _forgotten(sections.forgets, view)


def _elsewhere(changes: Iterable[Change], sections: Sections) -> list[Change]:
    return [change for change in changes if not in_trees(change, sections)]


def _titled(
    title: str,
    changes: Sequence[Change],
    lines: Callable[[Change], Iterable[str]],
    view: View,
) -> Iterator[str]:
    if changes:
        yield view.paint.strong(f"{title}: {len(changes):,}")
    for change in changes:
        yield from lines(change)


def _replaced(change: Change, sections: Sections, view: View) -> Iterator[str]:
    return replace_lines(change, sections.replaced.get(change.key), view)


def _trees(sections: Sections, view: View) -> Iterator[str]:
    if sections.trees:
        levels = sum(len({one.address for one in group}) for group in sections.trees.values())
        yield view.paint.strong(f"Disposition trees: {counted(levels, 'level')}")
    for collection, changes in sections.trees.items():
        yield f"  {view.address(collection)}"
        for line in tree_lines(collection, changes, view):
            yield f"    {line}"


def _new(sections: Sections, view: View) -> Iterator[str]:
    made = [*_elsewhere(sections.creates, sections), *sections.set_up]
    if not made:
        return
    also = f", and set up in new campaigns: {len(sections.set_up):,}" if sections.set_up else ""
    yield view.paint.strong(f"Create: {len(made) - len(sections.set_up):,}{also}")
    folded: list[Change] = []
    for change in made:
        if view.expand or (change.action is Action.CREATE and change.reason is Reason.DRIFTED):
            yield from create_lines(change, view)
        else:
            folded.append(change)
    yield from _folds(folded, view.paint.good(ADDED), view)


def _folded(title: str, changes: Sequence[Change], mark: str, view: View) -> Iterator[str]:
    if changes:
        yield view.paint.strong(f"{title}: {len(changes):,}")
        yield from _folds(changes, mark, view)


def _folds(changes: Sequence[Change], mark: str, view: View) -> Iterator[str]:
    groups = by_collection(changes)
    if len(groups) > _COLLECTIONS and not view.expand:
        yield from _by_kind(changes, mark, view)
        return
    for collection, group in groups.items():
        yield _fold(collection, group, mark, view)


def _by_kind(changes: Sequence[Change], mark: str, view: View) -> Iterator[str]:
    """What all campaigns have of a kind in one line, where a line a campaign would be too many."""
    own: dict[str, list[Change]] = {}
    for collection, group in by_collection(changes).items():
        if "/" in collection:
            own.setdefault(group[0].kind, []).extend(group)
        else:
            yield _fold(collection, group, mark, view)
    for kind, group in own.items():
        campaigns = len({identity(campaign_name(one.address)) for one in group})
        what = joined(counted_kinds(group)) or kind
        where = counted(campaigns, "campaign")
        yield f"  {mark} {what} of {where}{places(group, view)}"


def _fold(collection: str, changes: Sequence[Change], mark: str, view: View) -> str:
    listed = names(collection, [one.address for one in changes], view)
    where = view.address(collection)
    if len(changes) == 1 and changes[0].address == collection:
        return f"  {mark} {where}{places(changes, view)}"
    return f"  {mark} {where}: {len(changes):,} ({listed}){places(changes, view)}"


def _forgotten(changes: Sequence[Change], view: View) -> Iterator[str]:
    if changes:
        yield view.paint.strong(f"Stop tracking: {len(changes):,}")
    by_reason: dict[Reason, list[Change]] = {}
    for change in changes:
        by_reason.setdefault(change.reason, []).append(change)
    for reason, group in by_reason.items():
        yield f"  {sentence(REASON_PHRASES[reason])}"
        for collection, members in by_collection(group).items():
            yield "  " + _fold(collection, members, RELEASED, view)


def _protection(changes: Sequence[Change], view: View) -> Iterator[Iterable[str]]:
    """What is protected no longer, each by itself, and what is from now on."""
    lifted = {one.address: one for one in changes if one.protection == "lifted"}
    begins = {one.address: one for one in changes if one.protection == "begins"}
    yield _titled(
        "Protection lifted, no later delete is blocked for it",
        list(lifted.values()),
        lambda one: [_lifted(one, view)],
        view,
    )
    yield _folded("Protected from now on", list(begins.values()), TRACKED, view)


def _lifted(change: Change, view: View) -> str:
    where = view.address(change.address)
    return f"  {view.paint.caution(RELEASED)} {where}{view.source_suffix(change.source)}"


def _not_touched(plan: Plan, view: View) -> Iterator[str]:
    for unknown in plan.unknowns:
        wanted = f"; git wants {unknown.wanted:,} there" if unknown.wanted else ""
        yield view.paint.caution(
            f"{_left_alone(unknown)}: {view.address(unknown.collection)} "
            f"({view.text(unknown.reason, about=unknown.collection)}){wanted}"
        )
        if unknown.kept:
            kept = ", ".join(view.address(one) for one in unknown.kept)
            yield view.paint.caution(f"  Not deleted, since it would go along: {kept}")
    yield from _listed("Unmanaged, on the platform and not in git", plan.unmanaged, view)
    if not plan.is_empty or view.expand:
        yield from _listed("Unchanged, tracked and as git says", plan.unchanged, view)


def _left_alone(unknown: Unknown) -> str:
    if unknown.is_resource:
        return "Cannot be read, so it and what depends on it stay as they are"
    return "Not read whole, so nothing there is created or deleted"


def _listed(title: str, addresses: Sequence[str], view: View) -> Iterator[str]:
    if not addresses:
        return
    hint = "" if view.expand else "; use --all to list"
    yield view.paint.faint(f"{title}: {len(addresses):,}{hint}")
    if view.expand:
        yield from (f"  {view.address(one)}" for one in addresses)


def _foot(plan: Plan, sections: Sections, view: View) -> Iterator[str]:
    parts = [f"{count:,} {words}" for count, words in sections.counts if count]
    done = ", ".join(parts) or "nothing to do"
    spent = f"{counted(plan.requests_spent, 'request')} spent"
    if plan.content_digest and not (plan.is_empty or plan.undoes or plan.refusals()):
        yield view.paint.faint(
            f"To apply just this without a plan file: --expect "
            f"{visible(plan.content_digest[:_DIGEST_CHARACTERS])}"
        )
    yield (
        f"Plan {visible(plan.digest[:_ID_CHARACTERS])}: {done}. "
        f"{spent}, {plan.requests_predicted:,} predicted."
    )

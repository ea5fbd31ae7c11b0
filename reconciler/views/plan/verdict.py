"""The first lines of a plan: what it means for campaigns, agents and customers.

The first line has what happens as soon as the plan is applied. The second line has what follows
later, and who is reached by what changes for all campaigns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.kinds.address import CAMPAIGNS, campaign_name, identity, join, name_of
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action
from reconciler.planning.plan import Plan
from reconciler.text import counted, joined, some, verb, visible
from reconciler.views.plan.verdict_effects import (
    closing_sentence,
    created_and_deleted,
    customers_sentence,
    hours_sentences,
    services_sentence,
    shared_sentence,
    toggle_sentences,
)

_SHARED_VERBS = {
    Action.DELETE: ("is deleted", "are deleted"),
    Action.CREATE: ("is created", "are created"),
    Action.UPDATE: ("changes", "change"),
}
_INTERRUPTING = frozenset({"open-hours", "service-stops"})


def verdict(plan: Plan) -> str:
    """`3 campaigns change. Nobody closes now. 0 customers unblocked. …`"""
    return " ".join(verdict_lines(plan))


def verdict_lines(plan: Plan) -> tuple[str, ...]:
    """The verdict as one line, or two when the plan has effects that come later."""
    first = (*_sentences(plan), _left_out(plan), _unread(plan))
    later = _later(plan) if plan.writes else ()
    lines = (" ".join(filter(None, sentences)) for sentences in (first, later))
    return tuple(filter(None, lines))


def _sentences(plan: Plan) -> tuple[str, ...]:
    if plan.is_empty and plan.undoes:
        return ("Nothing to undo: the changes of this run are already undone.",)
    if plan.is_empty:
        scope = " in what could be read" if plan.unread else ""
        scope += " in the selection" if plan.only else ""
        return f"Nothing to do{scope}.", _tracked(plan)
    if not plan.writes:
        count = len(plan.changes)
        entries = counted(count, "ledger entry", "ledger entries")
        return (f"The platform does not change; {entries} {verb(count, 'changes', 'change')}.",)
    return (
        _deleted(plan),
        *_campaigns(plan),
        closing_sentence(plan),
        services_sentence(plan, "stopped"),
        _losing_references(plan),
        *_interrupted(plan),
        customers_sentence(plan),
        _reverted(plan),
    )


def _later(plan: Plan) -> tuple[str, ...]:
    return (
        *hours_sentences(plan),
        services_sentence(plan, "started"),
        shared_sentence(plan),
        *toggle_sentences(plan),
    )


def _left_out(plan: Plan) -> str:
    """How many changes --only left out; empty for a plan of everything."""
    if not plan.only:
        return ""
    are = verb(plan.left_out, "is", "are")
    return f"{counted(plan.left_out, 'other change')} {are} left out by --only."


def _unread(plan: Plan) -> str:
    unread = plan.unread
    if not unread:
        return ""
    resources = sum(1 for unknown in unread if unknown.is_resource)
    parts = (resources, "resource"), (len(unread) - resources, "collection")
    what = joined([counted(count, noun) for count, noun in parts if count])
    state = verb(len(unread), "its state is", "their state is")
    return f"{what} could not be read; {state} unknown."


def _tracked(plan: Plan) -> str:
    count = len(plan.unchanged)
    if not count:
        return ""
    are, match = ("is", "matches") if count == 1 else ("are", "match")
    return f"{counted(count, 'resource')} {are} tracked and {match} git."


def _deleted(plan: Plan) -> str:
    """Deleted campaigns and the interactions lost with them; empty without any."""
    deleted = [
        change
        for change in plan.changes
        if KINDS[change.kind].holds_resources and change.action is Action.DELETE
    ]
    if not deleted:
        return ""
    lost = sum(change.usage.interactions_total for change in deleted if change.usage is not None)
    are, its = ("is", "its") if len(deleted) == 1 else ("are", "their")
    with_interactions = f", with {its} {counted(lost, 'interaction')}" if lost else ""
    names = some(visible(name_of(change.address)) for change in deleted)
    return f"{names} {are} DELETED{with_interactions}."


def _losing_references(plan: Plan) -> str:
    """Resources that lose a reference to a deleted one; empty without any."""
    losing = {
        consequence.address: consequence.kind
        for consequence in plan.consequences
        if consequence.before != consequence.after
    }
    if not losing:
        return ""
    counts = joined(KINDS.counted(Counter(losing.values())))
    return f"{counts} {verb(len(losing), 'loses', 'lose')} a reference."


def _interrupted(plan: Plan) -> Iterator[str]:
    """Agents and interactions that the plan interrupts."""
    agents = plan.impact.agents_without_status
    interactions = sum(
        finding.evidence.counts.get("open_interactions", 0)
        for finding in plan.findings
        if finding.code in _INTERRUPTING
    )
    if agents:
        yield f"{counted(agents, 'agent')} {verb(agents, 'loses', 'lose')} their status now."
    if interactions:
        yield f"{counted(interactions, 'open interaction')} {verb(interactions, 'stops', 'stop')}."


def _campaigns(plan: Plan) -> Iterator[str]:
    """The campaigns that are created and changed; what changes for all campaigns without any."""
    whole = created_and_deleted(plan)
    found = Counter(
        whole.get(identity(join(CAMPAIGNS, name)), Action.UPDATE) for name in plan.impact.campaigns
    )
    created, changed = found[Action.CREATE], found[Action.UPDATE]
    if created:
        yield f"{counted(created, 'campaign')} {verb(created, 'is', 'are')} created."
    if changed:
        noun = "other campaign" if created else "campaign"
        yield f"{counted(changed, noun)} {verb(changed, 'changes', 'change')}."
    elif found[Action.DELETE]:
        yield "No other campaign changes."
    if not found:
        yield from _shared(plan)


def _shared(plan: Plan) -> Iterator[str]:
    """`1 status is deleted. 1 holiday is created. 2 templates change.`"""
    writes = [change for change in plan.writes if not campaign_name(change.address)]
    for action, verbs in _SHARED_VERBS.items():
        kinds = Counter(
            change.kind
            for change in writes
            if action is (change.action if change.action in _SHARED_VERBS else Action.UPDATE)
        )
        if kinds:
            yield f"{joined(KINDS.counted(kinds))} {verb(kinds.total(), *verbs)}."


def _reverted(plan: Plan) -> str:
    count = len(plan.impact.reverted_people)
    if count == 1:
        return "1 person's edits would be reverted."
    return f"{count:,} people's edits would be reverted."

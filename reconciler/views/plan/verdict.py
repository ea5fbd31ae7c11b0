"""The first line of a plan: what it means for campaigns, agents and customers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.kinds.address import CAMPAIGNS, campaign_name, join, name_of
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action
from reconciler.planning.plan import Plan
from reconciler.text import counted, joined, some, verb, visible
from reconciler.views.plan.verdict_effects import customers_sentences, effects_sentences

_INTERRUPTING = frozenset({"open-hours", "service-stops"})


def verdict(plan: Plan) -> str:
    """`3 campaigns change. Nobody closes now. 0 customers unblocked. …`"""
    return " ".join(filter(None, (*_sentences(plan), _left_out(plan), _unread(plan))))


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
        _campaigns(plan),
        *effects_sentences(plan),
        _losing_references(plan),
        *_interrupted(plan),
        *customers_sentences(plan),
        _reverted(plan),
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


def _campaigns(plan: Plan) -> str:
    deleted = {change.address for change in plan.changes if change.action is Action.DELETE}
    changed = plan.impact.campaigns
    count = sum(1 for name in changed if join(CAMPAIGNS, name) not in deleted)
    if count:
        return f"{counted(count, 'campaign')} {verb(count, 'changes', 'change')}."
    if changed:
        return "No other campaign changes."
    if (
        plan.impact.hours
        or plan.impact.holidays
        or any(shared.campaigns for shared in plan.impact.shared)
    ):
        return ""
    shared = sum(1 for change in plan.writes if not campaign_name(change.address))
    if not shared:
        return "No campaign changes."
    changes = verb(shared, "changes", "change")
    return f"No campaign changes; {counted(shared, 'shared resource')} {changes}."


def _reverted(plan: Plan) -> str:
    count = len(plan.impact.reverted_people)
    if count == 1:
        return "1 person's edits would be reverted."
    return f"{count:,} people's edits would be reverted."

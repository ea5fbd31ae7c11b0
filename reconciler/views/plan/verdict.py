"""The first line of a plan: what would happen, in the words of the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.kinds.address import campaign_name, join, name_of
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action
from reconciler.planning.plan import Plan
from reconciler.text import counted, joined, some, verb
from reconciler.views.style.escaping import visible


def verdict(plan: Plan) -> str:
    """`3 campaigns change. Nobody closes now. 0 customers unblocked. …`"""
    return " ".join(filter(None, (*_said(plan), _unread(plan))))


def _said(plan: Plan) -> tuple[str, ...]:
    if plan.is_empty and plan.undoes:
        return ("Nothing to put back: what that run did is undone, or gone since.",)
    if plan.is_empty:
        seen = " in what could be read" if plan.unread else ""
        return f"Nothing to do{seen}.", _tracked(plan)
    if not plan.writes:
        return (
            "Nothing changes on the platform: only what is tracked does.",
            f"{counted(len(plan.changes), 'resource')}.",
        )
    return (
        _deleted(plan),
        _campaigns(plan),
        _closing(plan),
        _losing(plan),
        *_stopped(plan),
        _unblocked(plan),
        _reverted(plan),
    )


def _unread(plan: Plan) -> str:
    unread = plan.unread
    if not unread:
        return ""
    single = sum(1 for one in unread if one.is_resource)
    parts = (single, "resource"), (len(unread) - single, "collection")
    what = joined([counted(count, noun) for count, noun in parts if count])
    state = verb(len(unread), "its state is", "their state is")
    return f"{what} could not be read; {state} unknown."


def _tracked(plan: Plan) -> str:
    count = len(plan.unchanged)
    if not count:
        return ""
    is_, has = ("is", "it is") if count == 1 else ("are", "they are")
    return f"{counted(count, 'resource')} {is_} tracked, and as git says {has}."


def _deleted(plan: Plan) -> str:
    """Whole campaigns that go, and what goes with them for good; "" where none does."""
    gone = [
        one
        for one in plan.changes
        if KINDS[one.kind].holds_resources and one.action is Action.DELETE
    ]
    if not gone:
        return ""
    names = [visible(name_of(one.address)) for one in gone]
    lost = sum(one.usage.interactions_total for one in gone if one.usage is not None)
    is_, its = ("is", "its") if len(gone) == 1 else ("are", "their")
    with_it = f", with {its} {counted(lost, 'interaction')}" if lost else ""
    return f"{some(names)} {is_} DELETED{with_it}."


def _losing(plan: Plan) -> str:
    """Who refers to something that is deleted, and then to nothing; "" where nobody does."""
    losing = {one.address: one.kind for one in plan.consequences if one.before != one.after}
    if not losing:
        return ""
    lose = verb(len(losing), "loses what it refers", "lose what they refer")
    return f"{joined(KINDS.counted(Counter(losing.values())))} {lose} to."


def _stopped(plan: Plan) -> Iterator[str]:
    """Who is in the middle of something that would stop."""
    counts: Counter[str] = Counter()
    for finding in plan.findings:
        if finding.code == "open-hours":
            counts.update(finding.evidence.counts)
    if counts["agents_now"]:
        agents = counts["agents_now"]
        yield f"{counted(agents, 'agent')} {verb(agents, 'loses', 'lose')} their status now."
    if counts["open_interactions"]:
        opened = counts["open_interactions"]
        yield f"{counted(opened, 'open interaction')} {verb(opened, 'stops', 'stop')}."


def _campaigns(plan: Plan) -> str:
    gone = {one.address for one in plan.changes if one.action is Action.DELETE}
    count = sum(1 for name in plan.impact.campaigns if join(CAMPAIGN.collection, name) not in gone)
    if count:
        return f"{counted(count, 'campaign')} {verb(count, 'changes', 'change')}."
    if plan.impact.campaigns:
        return "No other campaign changes."
    shared = sum(1 for change in plan.writes if not campaign_name(change.address))
    if not shared:
        return "No campaign changes."
    return (
        f"No campaign changes, {counted(shared, 'shared resource')} {verb(shared, 'does', 'do')}."
    )


def _closing(plan: Plan) -> str:
    closing = [visible(name) for name in plan.impact.closing_now]
    if not closing:
        return "Nobody closes now."
    return f"{some(closing)} {verb(len(closing), 'closes', 'close')} now."


def _unblocked(plan: Plan) -> str:
    return f"{counted(plan.impact.unblocked, 'customer')} unblocked."


def _reverted(plan: Plan) -> str:
    count = len(plan.impact.reverted_people)
    if count == 1:
        return "1 person's edits would be reverted."
    return f"{count:,} people's edits would be reverted."

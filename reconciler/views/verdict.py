"""The first line of a plan: what would happen, in the words of the screen."""

from __future__ import annotations

from reconciler.planning.calendars import campaign_of
from reconciler.planning.model import Plan
from reconciler.views.visible import visible
from reconciler.views.words import counted, joined

_NAMES = 5


def verdict(plan: Plan) -> str:
    """`3 campaigns change. Nobody closes now. 0 customers unblocked. …`"""
    if plan.is_empty:
        return f"Nothing to do. {_tracked(plan)}".rstrip()
    if not plan.writes:
        return (
            "Nothing changes on the platform: only what is tracked does. "
            f"{counted(len(plan.changes), 'resource')}."
        )
    return " ".join((_campaigns(plan), _closing(plan), _unblocked(plan), _reverted(plan)))


def _tracked(plan: Plan) -> str:
    count = len(plan.unchanged)
    if not count:
        return ""
    is_, has = ("is", "it is") if count == 1 else ("are", "they are")
    return f"{counted(count, 'resource')} {is_} tracked, and as git says {has}."


def _campaigns(plan: Plan) -> str:
    count = len(plan.impact.campaigns)
    if count:
        return f"{counted(count, 'campaign')} {'changes' if count == 1 else 'change'}."
    shared = sum(1 for change in plan.writes if not campaign_of(change.address))
    if not shared:
        return "No campaign changes."
    return (
        f"No campaign changes, {counted(shared, 'shared resource')} "
        f"{'does' if shared == 1 else 'do'}."
    )


def _closing(plan: Plan) -> str:
    closing = [visible(name) for name in plan.impact.closing_now]
    if not closing:
        return "Nobody closes now."
    if len(closing) > _NAMES + 1:
        closing = [*closing[:_NAMES], f"{len(closing) - _NAMES:,} more"]
    return f"{joined(closing)} {'closes' if len(plan.impact.closing_now) == 1 else 'close'} now."


def _unblocked(plan: Plan) -> str:
    return f"{counted(plan.impact.unblocked, 'customer')} unblocked."


def _reverted(plan: Plan) -> str:
    count = len(plan.impact.reverted_people)
    if count == 1:
        return "1 person's edits would be reverted."
    return f"{count:,} people's edits would be reverted."

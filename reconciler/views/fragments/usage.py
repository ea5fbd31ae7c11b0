"""Use of a resource in one line: what a delete would take away."""

from __future__ import annotations

from reconciler.live.platform import Usage
from reconciler.text import counted, some, verb
from reconciler.views.style.view import View


def usage_phrase(usage: Usage, view: View) -> str:
    """`61 agents are in it now, used by campaigns/Sales`; empty if nothing uses it."""
    parts: list[str] = []
    if usage.interactions_total:
        parts.append(f"{counted(usage.interactions_total, 'interaction')} would be lost")
    if usage.agents_now:
        agents = len(usage.agents_now)
        parts.append(f"{counted(agents, 'agent')} {verb(agents, 'is', 'are')} in it now")
    if usage.open_interactions:
        parts.append(counted(usage.open_interactions, "open interaction"))
    if usage.referrers:
        referrers = dict.fromkeys(view.address(each.address) for each in usage.referrers)
        parts.append(f"used by {some(referrers)}")
    if usage.recent_interactions:
        used = counted(usage.recent_interactions, "interaction")
        parts.append(f"{used} used it in the last 30 days")
    return ", ".join(parts)

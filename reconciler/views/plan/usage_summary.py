"""What uses a resource, in a line: what a delete would take away from whom."""

from __future__ import annotations

from reconciler.live.platform import Usage
from reconciler.text import counted, some, verb
from reconciler.views.style.view import View

_NAMES = 3


def usage_phrase(usage: Usage, view: View) -> str:
    """`61 agents are in it now, 3 resources refer to it`; "" where nothing uses it."""
    parts: list[str] = []
    if usage.interactions_total:
        parts.append(f"{counted(usage.interactions_total, 'interaction')} would be lost")
    if usage.agents_now:
        agents = len(usage.agents_now)
        parts.append(f"{counted(agents, 'agent')} {verb(agents, 'is', 'are')} in it now")
    if usage.open_interactions:
        parts.append(counted(usage.open_interactions, "open interaction"))
    if usage.referrers:
        parts.append(f"used by {_named([str(one.address) for one in usage.referrers], view)}")
    if usage.recent_interactions:
        used = counted(usage.recent_interactions, "interaction")
        parts.append(f"{used} used it in the last 30 days")
    return ", ".join(parts)


def _named(addresses: list[str], view: View) -> str:
    unique = list(dict.fromkeys(addresses))
    return some((view.address(one) for one in unique), _NAMES)

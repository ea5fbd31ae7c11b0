"""Who and what uses a resource now, for people."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.live.platform import Usage
from reconciler.privacy.masking import Masker
from reconciler.text import counted, first_of, verb
from reconciler.views.plan.usage_json import usage_to_json
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import moment

__all__ = ["render_usage", "usage_to_json"]

_NAMES = 12


def render_usage(usage: Usage, masker: Masker, paint: Paint = PLAIN) -> str:
    """A verdict first, then each way it is used."""
    view = View(masker, paint)
    details = list(_details(usage, view))
    verdict = "is in use" if details else "is not in use: nothing refers to it, nobody is in it"
    first = paint.strong(f"{view.address(usage.address)} {verdict}")
    return "\n".join([first, *(f"  {line}" for line in details)]) + "\n"


def _details(usage: Usage, view: View) -> Iterator[str]:
    if usage.agents_now:
        agents = [visible(one) for one in usage.agents_now]
        are = verb(len(agents), "is", "are")
        yield f"{counted(len(agents), 'agent')} {are} in it now: {first_of(agents, _NAMES)}"
    if usage.referrers:
        yield f"Referred to by {counted(len(usage.referrers), 'resource')}:"
        for one in usage.referrers:
            yield f"  {view.address(one.address)} ({visible(one.field)})"
    if usage.open_interactions:
        yield f"{counted(usage.open_interactions, 'interaction')} open on it"
    for user, count in usage.open_by_user.items():
        yield f"  {visible(user)}: {counted(count, 'open interaction')}"
    if usage.recent_interactions:
        yield f"{counted(usage.recent_interactions, 'interaction')} used it in the last 30 days"
        for used in usage.recent:
            last = f", last on {moment(used.last_at)}" if used.last_at else ""
            yield f"  {visible(used.campaign)}: {used.count:,}{last}"
    if usage.interactions_total:
        total = counted(usage.interactions_total, "interaction")
        yield f"{total} would be lost with it"

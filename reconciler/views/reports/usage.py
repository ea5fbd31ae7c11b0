"""Who and what uses a resource now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from reconciler.live.platform import Usage
from reconciler.text import counted, verb, visible
from reconciler.views.fragments.documents import UsageDocument, usage_document
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import moment

_AGENTS = 12


def usage_text(usage: Usage, view: View) -> str:
    """A verdict, then one line for each way the resource is used."""
    details = list(_details(usage, view))
    verdict = "is in use" if details else "is not in use: nothing refers to it, nobody is in it"
    first = view.paint.strong(f"{view.address(usage.address)} {verdict}")
    return "\n".join([first, *(f"  {line}" for line in details)]) + "\n"


def _details(usage: Usage, view: View) -> Iterator[str]:
    if usage.agents_now:
        agents = view.names([visible(agent) for agent in usage.agents_now], _AGENTS)
        are = verb(len(usage.agents_now), "is", "are")
        yield f"{counted(len(usage.agents_now), 'agent')} {are} in it now: {agents}"
    if usage.referrers:
        yield f"Referred to by {counted(len(usage.referrers), 'resource')}:"
        for referrer in usage.referrers:
            yield f"  {view.address(referrer.address)} ({visible(referrer.field)})"
    if usage.open_interactions:
        yield f"{counted(usage.open_interactions, 'open interaction')}"
    for user, count in usage.open_by_user.items():
        yield f"  {visible(user)}: {counted(count, 'open interaction')}"
    if usage.recent_interactions:
        yield f"{counted(usage.recent_interactions, 'interaction')} used it in the last 30 days"
        for use in usage.recent:
            last = f", last on {moment(use.last_at)}" if use.last_at else ""
            yield f"  {visible(use.campaign)}: {use.count:,}{last}"
    if usage.interactions_total:
        total = counted(usage.interactions_total, "interaction")
        yield f"A delete would lose {total}"


class UsageReportDocument(UsageDocument):
    """Usage, as `reconciler usage --format json` prints it."""

    format: Literal["reconciler.usage/1"]


def usage_json(usage: Usage, view: View) -> bytes:
    """Who and what uses a resource, as JSON."""
    document = usage_document(usage, view.masker)
    return json_bytes(UsageReportDocument(format="reconciler.usage/1", **document))

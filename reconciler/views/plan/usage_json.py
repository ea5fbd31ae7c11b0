"""Usage as JSON, alone (`reconciler.usage/1`) or beside a change of a plan."""

from __future__ import annotations

from reconciler.live.platform import Usage
from reconciler.privacy.masking import Masker
from reconciler.views.style.json_output import json_bytes


def usage_to_json(usage: Usage, masker: Masker) -> bytes:
    """Who and what uses a resource, as the bytes of its JSON."""
    return json_bytes({"format": "reconciler.usage/1", **usage_document(usage, masker)})


def usage_document(usage: Usage, masker: Masker) -> dict[str, object]:
    """Every fact of a usage; people are users of the platform, not customers."""
    return {
        "address": masker.address(usage.address),
        "referrers": [
            {"address": masker.address(one.address), "field": one.field} for one in usage.referrers
        ],
        "recent": [
            {"campaign": one.campaign, "count": one.count, "last_at": one.last_at}
            for one in usage.recent
        ],
        "recent_interactions": usage.recent_interactions,
        "agents_now": usage.agents_now,
        "open_interactions": usage.open_interactions,
        "interactions_total": usage.interactions_total,
        "open_by_user": dict(usage.open_by_user),
    }

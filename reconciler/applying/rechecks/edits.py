"""Who edited a resource, when, and which fields, as phrases for messages."""

from __future__ import annotations

from reconciler.kinds.base import Fields
from reconciler.live.platform import LiveResource


def by_and_at(by: str, at: str) -> str:
    """` by maria at 2026-11-24T09:00:00Z`, without a part that is empty."""
    return f"{f' by {by}' if by else ''}{f' at {at}' if at else ''}"


def last_edit(resource: LiveResource | None) -> str:
    """Who changed a resource last, and when, as `by_and_at`; "" where that is unknown."""
    return by_and_at(resource.updated_by, resource.updated_at) if resource is not None else ""


def edit_text(before: Fields, resource: LiveResource) -> str:
    """`icon, color changed by maria at 2026-11-24T09:00:00Z`."""
    names = [name for name, value in resource.fields.items() if before.get(name) != value]
    return f"{', '.join(names)} changed{last_edit(resource)}".lstrip()

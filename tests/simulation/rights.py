"""Who may do what: rights by section, as the platform's profiles grant them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.base import Kind

SECTIONS = (
    "campaigns",
    "dispositions",
    "quality_models",
    "holidays",
    "templates",
    "statuses",
    "blacklist",
    "contacts",
)
EVERY_RIGHT = frozenset({"view", "create", "update", "delete", "import", "export"})

Rights = Mapping[str, frozenset[str]]
"""What a user may do, by section; a section left out grants every right."""


def section_of(kind: Kind) -> str:
    """The section whose rights a kind needs: channels and members are part of campaigns."""
    return kind.collection if kind.collection in SECTIONS else "campaigns"

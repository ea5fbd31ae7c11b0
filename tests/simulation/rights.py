"""Rights by section, as granted by the platform's profiles."""

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
"""The rights of a user by section; a missing section grants all rights."""


def section_of(kind: Kind) -> str:
    """The permission section of a kind; channels and members belong to `campaigns`."""
    return kind.collection if kind.collection in SECTIONS else "campaigns"

"""Rights by section, as granted by the platform's profiles."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.registry import KINDS

SECTIONS = tuple(dict.fromkeys(kind.permission_section for kind in KINDS))
EVERY_RIGHT = frozenset({"view", "create", "update", "delete", "import", "export"})

Rights = Mapping[str, frozenset[str]]
"""The rights of a user by section; a missing section grants all rights."""

"""The demo's live estate, as people left it: mostly what git says, and not in every field."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.seeds.directory import CONNECTORS, FORMS, USERS


def seed() -> dict[str, Any]:
    """The seed document."""
    return {
        "platform": {"id": "acme-dev", "name": "Acme (development)"},
        "users": USERS,
        "connectors": CONNECTORS,
        "forms": FORMS,
    }

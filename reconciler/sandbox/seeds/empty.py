"""A platform nobody has configured: its directory, and the statuses it comes with."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.seeds.directory import CONNECTORS, FORMS, USERS

SEED: dict[str, Any] = {
    "platform": {"id": "acme-dev", "name": "Acme (development)"},
    "users": USERS,
    "connectors": CONNECTORS,
    "forms": FORMS,
}

"""One sandbox: its database, clock, permissions and platform information."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import orjson

from reconciler.sandbox.api.settings import SandboxSettings
from reconciler.sandbox.clock import Clock, stamp
from reconciler.sandbox.limits import Limits
from reconciler.sandbox.permissions import DEFAULT_PROFILES, DEFAULT_TOKENS, Access, Caller
from reconciler.sandbox.seeds.loader import load_seed
from reconciler.sandbox.seeds.sources import seed_document
from reconciler.sandbox.store.idempotency import KEPT_HOURS
from reconciler.sandbox.store.paging import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from reconciler.sandbox.store.session import Session, Storage

VERSION = "1.0"
_SEEDER = "system"
_CAPABILITIES = (
    "audit",
    "batch",
    "collection-etags",
    "copy-members",
    "idempotency",
    "rename-dispositions",
    "require-unused",
    "usage",
)


class Sandbox:
    """Opens the database, loads the seed into a new one, and opens sessions."""

    def __init__(self, settings: SandboxSettings, clock: Clock) -> None:
        self.clock = clock
        self._storage = Storage(settings.data)
        if self._storage.recall("lineage") is None:
            with self.session(_SEEDER) as session:
                load_seed(session, seed_document(settings.seed))
        self.lineage: str = self._storage.recall("lineage")
        self._platform: Mapping[str, Any] = self._storage.recall("platform")
        self.limits = Limits.parse(self._platform.get("limits", {}))
        self._id = settings.platform_id or self._platform.get("id", "sandbox")
        profiles, tokens = self._storage.recall("profiles"), self._storage.recall("tokens")
        self.access = Access(
            {**DEFAULT_PROFILES, **profiles, **settings.profiles},
            {**DEFAULT_TOKENS, **tokens, **settings.tokens},
        )

    def session(self, user: str) -> AbstractContextManager[Session]:
        """Open a transaction at the current time, on behalf of a user."""
        return self._storage.session(now=stamp(self.clock.now()), user=user)

    def info(self, caller: Caller) -> bytes:
        """The answer of `GET /v1/platform`: identity, limits, capabilities, permissions."""
        return orjson.dumps(
            {
                "id": self._id,
                "name": self._platform.get("name", "Sandbox"),
                "version": VERSION,
                "now": stamp(self.clock.now()),
                "limits": {
                    "page_size": MAX_PAGE_SIZE,
                    "default_page_size": DEFAULT_PAGE_SIZE,
                    "batch": self.limits.batch,
                    "body_bytes": self.limits.body_bytes,
                    "idempotency_hours": KEPT_HOURS,
                },
                "capabilities": _CAPABILITIES,
                "user": caller.user,
                "profile": caller.profile,
                "permissions": caller.permissions(),
            }
        )

    def close(self) -> None:
        """Close the database."""
        self._storage.close()

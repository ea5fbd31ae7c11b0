"""One sandbox: its data, its clock, who may do what, and what it says it is."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import orjson

from reconciler.sandbox.clock import Clock, stamp
from reconciler.sandbox.domain.permissions import DEFAULT_PROFILES, DEFAULT_TOKENS, Access, Caller
from reconciler.sandbox.limits import Limits
from reconciler.sandbox.seeds import seed_document
from reconciler.sandbox.seeds.loader import plant
from reconciler.sandbox.settings import SandboxSettings
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
    """Opens the data, plants the seed if it is new, and hands out sessions."""

    def __init__(self, settings: SandboxSettings, clock: Clock) -> None:
        self.clock = clock
        self._storage = Storage(settings.data)
        if self._storage.recall("lineage") is None:
            with self.session(_SEEDER) as session:
                plant(session, seed_document(settings.seed))
        self.lineage: str = self._storage.recall("lineage")
        self._platform: Mapping[str, Any] = self._storage.recall("platform")
        self.limits = Limits.of(self._platform.get("limits", {}))
        self._id = settings.platform_id or self._platform.get("id", "sandbox")
        profiles, tokens = self._storage.recall("profiles"), self._storage.recall("tokens")
        self.access = Access(
            {**DEFAULT_PROFILES, **profiles, **settings.profiles},
            {**DEFAULT_TOKENS, **tokens, **settings.tokens},
        )

    def session(self, user: str) -> AbstractContextManager[Session]:
        """A transaction at the present moment, on behalf of a user."""
        return self._storage.session(now=stamp(self.clock.now()), user=user)

    def info(self, caller: Caller) -> bytes:
        """What it is, what it can take, and what the caller may do, as JSON."""
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
        """Let go of the data."""
        self._storage.close()

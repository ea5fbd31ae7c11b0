"""The ledger as values: what this project owns on one platform, and what it last applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields
from reconciler.state.safeguards import Safeguards


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One owned resource: the form that declared it and the fields last applied."""

    address: Address
    kind: str
    form: Literal["nested", "standalone"]
    fields: Fields
    protect: bool = False
    on_remove: Literal["delete", "keep"] = "delete"


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that one project owns in one environment of one platform, by identity of the address.

    `lineage` is drawn once, when the ledger first exists, and "" before. `foreign` maps the
    identity of what other projects on the same store and platform own to the project's name.
    `guard_settings` are those of the last apply. `safeguards` hold until an apply changes them:
    those of the last apply; before the first, those of each other ledger of the platform.
    """

    project: str
    environment: str
    platform_id: str
    lineage: str = ""
    entries: Mapping[str, LedgerEntry] = field(default_factory=dict)
    foreign: Mapping[str, str] = field(default_factory=dict)
    guard_settings: Mapping[str, int] = field(default_factory=dict)
    safeguards: tuple[Safeguards, ...] = ()

    def find(self, address: str) -> LedgerEntry | None:
        """The entry of an address, however its case is written."""
        return self.entries.get(identity(address))

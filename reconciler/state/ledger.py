"""The ledger as values: what a project manages on a platform, and what it last applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields
from reconciler.state.safeguards import Safeguards


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A managed resource: the form that declared it and the fields last applied."""

    address: Address
    kind: str
    form: Literal["nested", "standalone"]
    fields: Fields
    protect: bool = False
    on_remove: Literal["delete", "keep"] = "delete"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a project manages in an environment of a platform, by identity of the address.

    `lineage` is drawn once, when the ledger is created, and "" before. `foreign` maps the identity
    of each resource that another project manages on the same platform to that project's name.
    `guard_settings` are from the last apply. `safeguards` are from the last apply; before the
    first, from every other ledger of the platform.
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
        """The entry of an address, in any letter case."""
        return self.entries.get(identity(address))

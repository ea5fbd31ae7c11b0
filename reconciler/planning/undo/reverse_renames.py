"""What resources were called before a run, and the renames that give them those names again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.kinds.address import Address, child, name_of, parent_of
from reconciler.kinds.renames import address_under_renames
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.source import Source
from reconciler.planning.undo.run_effects import RunEffect

NO_SOURCE = Source("", 0, 0)
"""The place of what no manifest declares."""


@dataclass(frozen=True, slots=True)
class FormerNames:
    """The names that a run's renames took: `names` maps an identity to the address it had."""

    renamed: tuple[RunEffect, ...] = ()
    names: Mapping[str, Address] = field(default_factory=dict)

    @classmethod
    def of(cls, made: Iterable[RunEffect]) -> FormerNames:
        """Those of a run, parents before what is below them."""
        renamed = [one for one in made if one.renamed_from is not None]
        renamed.sort(key=lambda one: one.address.count("/"))
        return cls(
            tuple(renamed), {one.key: one.renamed_from for one in renamed if one.renamed_from}
        )

    def back(self, address: str) -> Address:
        """What an address was called before the run."""
        return address_under_renames(address, self.names)

    def rename(self, one: RunEffect) -> DesiredResource:
        """A rename back, declared as manifests declare theirs: below the parent's old name."""
        address = self.back(one.address)
        by = child(parent_of(address), name_of(one.address))
        return DesiredResource(address, one.kind, {}, NO_SOURCE, renamed_from=by)

    def renames(self) -> list[DesiredResource]:
        """All renames back."""
        return [self.rename(one) for one in self.renamed]

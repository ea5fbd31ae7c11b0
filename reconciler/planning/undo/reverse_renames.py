"""The names that resources had before a run, and the renames that restore them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.kinds.address import Address, child, name_of, parent_of
from reconciler.kinds.renames import address_under_renames
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.source import Source
from reconciler.planning.undo.run_effects import RunEffect


@dataclass(frozen=True, slots=True)
class FormerNames:
    """The addresses before a run's renames; `names` maps an identity to the former address."""

    renamed: tuple[RunEffect, ...] = ()
    names: Mapping[str, Address] = field(default_factory=dict)

    @classmethod
    def of(cls, effects: Iterable[RunEffect]) -> FormerNames:
        """The former names of a run's effects, parents before children."""
        renamed = [effect for effect in effects if effect.renamed_from is not None]
        renamed.sort(key=lambda effect: effect.address.count("/"))
        return cls(
            tuple(renamed), {each.key: each.renamed_from for each in renamed if each.renamed_from}
        )

    def before(self, address: str) -> Address:
        """The address before the run."""
        return address_under_renames(address, self.names)

    def name_to_restore(self, effect: RunEffect) -> Address | None:
        """The address with the name after the run, below the old name of its parent."""
        if effect.renamed_from is None:
            return None
        return child(parent_of(self.before(effect.address)), name_of(effect.address))

    def renames(self) -> list[DesiredResource]:
        """All renames that restore a name."""
        return [
            DesiredResource(
                self.before(effect.address),
                effect.kind,
                {},
                Source(effect.address, 0),
                renamed_from=self.name_to_restore(effect),
            )
            for effect in self.renamed
        ]

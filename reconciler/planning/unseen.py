"""What git wants and a plan leaves alone, since whether it is there could not be read.

Unknown is not empty: what stands in a list that was not read whole is neither created nor
changed, nor is anything made in a campaign that may not be there at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.kinds.address import above, identity
from reconciler.kinds.registry import holder_of
from reconciler.live.platform import Snapshot
from reconciler.manifests.desired import DesiredList
from reconciler.planning.model import Unknown


@dataclass(slots=True)
class Unseen:
    """Counts what is left alone, by the collection that could not be read."""

    live: Snapshot
    _counts: Counter[str] = field(default_factory=Counter)
    _inhabited: frozenset[str] | None = None

    def takes(self, address: str) -> bool:
        """Whether what git wants at an address has to be left alone; counted if so."""
        if not self.live.unknown:
            return False
        unread = self.live.unread_collection
        collection = unread(address) or unread(self._doubtful_holder(address))
        if collection:
            self._counts[collection] += 1
        return bool(collection)

    def lists(self, listed: Iterable[DesiredList]) -> None:
        """Count the lists git holds complete, where nobody can tell who else is in them."""
        for one in listed if self.live.unknown else ():
            collection = self.live.unread_collection(one.address)
            if collection and one.complete:
                self._counts[collection] += 1

    def is_known(self, address: str) -> bool:
        """Whether it is there, as far as it shows: itself, or by something that lives in it."""
        key = identity(address)
        return key in self.live.resources or key in self._holders()

    def unknowns(self) -> tuple[Unknown, ...]:
        """Every collection that was not read whole, with how much git wants there."""
        return tuple(
            Unknown(name, why, self._counts[name])
            for name, why in sorted(self.live.unknown.items())
        )

    def _doubtful_holder(self, address: str) -> str:
        holder = holder_of(address)
        return "" if not holder or self.is_known(holder) else holder

    def _holders(self) -> frozenset[str]:
        if self._inhabited is None:
            self._inhabited = frozenset(up for key in self.live.resources for up in above(key))
        return self._inhabited

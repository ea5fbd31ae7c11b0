"""What a plan leaves alone, since what it depends on could not be read.

Unknown is not empty. In a list that was not read whole, nothing is created, changed or deleted,
nor is anything made in a campaign that may not be there at all. A single resource with a value
that cannot be read stays as it is, with all that depends on it: what is below it, what it is
renamed to, what comes to refer to it, and every delete that would take it along.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.kinds.address import Address, ancestors, identity
from reconciler.kinds.base import Reference
from reconciler.kinds.registry import parent_resource
from reconciler.live.platform import Snapshot
from reconciler.manifests.desired import DesiredList, DesiredResource
from reconciler.planning.plan import Unknown


@dataclass(slots=True)
class Skipped:
    """Finds what is left alone, and counts it by what could not be read.

    `_left` maps the identity of what git wants and the plan leaves alone to what could not be
    read; `_spared` does the same for what must not be deleted or forgotten meanwhile.
    """

    live: Snapshot
    _counts: Counter[str] = field(default_factory=Counter)
    _left: dict[str, str] = field(default_factory=dict)
    _spared: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _inhabited: frozenset[str] | None = None

    def leave(self, desired: Mapping[str, DesiredResource]) -> None:
        """Find what of `desired` has to be left alone.

        What is left alone may be what something else depends on, so it is looked for until
        nothing more is found.
        """
        if self.live.is_whole:
            return
        found = True
        while found:
            found = False
            for key, wanted in desired.items():
                part = "" if key in self._left else self._why_left(wanted, desired)
                if part:
                    self._leave(key, wanted, part)
                    found = True

    def takes(self, address: str) -> bool:
        """Whether what git wants at an address is left alone."""
        return identity(address) in self._left

    def spares(self, address: str) -> bool:
        """Whether a resource must stay, since a delete would take along what could not be read,
        or since its rename is left alone."""
        part = self._taken_along(address)
        if part:
            self._kept[part].append(address)
            self._spared[identity(address)] = part
        return bool(part)

    def is_spared(self, address: str) -> bool:
        """Whether it, or what it is below, was to be deleted and stays."""
        key = identity(address)
        return any(place in self._spared for place in (key, *ancestors(key)))

    def lists(self, listed: Iterable[DesiredList]) -> None:
        """Count the lists git holds complete, where nobody can tell who else is in them."""
        for one in listed if not self.live.is_whole else ():
            part = self.live.unread_part(one.address)
            if part and one.complete:
                self._counts[part] += 1

    def is_known(self, address: str) -> bool:
        """Whether it is there, as far as it shows: itself, or by something that lives in it."""
        key = identity(address)
        return key in self.live.resources or key in self._holders()

    def meant(self, reference: Reference, made: Container[str]) -> str:
        """What could not be read and a reference means, "" for nothing: of its candidates the
        nearest that is there counts, or that is among the identities of what is `made`."""
        for candidate in reference.candidates:
            key = identity(candidate)
            if key in self.live.unreadable:
                return self.live.unreadable[key].address
            if key in self.live.resources:
                return ""
            part = self._left.get(key, "")
            if part and part not in self.live.unknown:
                return part
            if key in made:
                return ""
        return ""

    def unknowns(self) -> tuple[Unknown, ...]:
        """All that could not be read, with how much git wants there."""
        return tuple(
            Unknown(part, why, self._counts[part], tuple(sorted(self._kept.get(part, ()))))
            for part, why in self.live.unread()
        )

    def _leave(self, key: str, wanted: DesiredResource, part: str) -> None:
        self._left[key] = part
        self._counts[part] += 1
        if wanted.renamed_from is not None and part not in self.live.unknown:
            self._spared[identity(wanted.renamed_from)] = part

    def _why_left(self, wanted: DesiredResource, desired: Mapping[str, DesiredResource]) -> str:
        """What could not be read and it depends on; "" for nothing."""
        unread = self.live.unread_part
        part = unread(wanted.address) or unread(self._doubtful_holder(wanted.address))
        if part or not self.live.unreadable:
            return part
        return (
            self._of_old_name(wanted.renamed_from)
            or self._of_missing_holder(wanted)
            or self._newly_named(wanted, desired)
        )

    def _doubtful_holder(self, address: str) -> str:
        holder = parent_resource(address)
        return "" if not holder or self.is_known(holder) else holder

    def _of_old_name(self, old: Address | None) -> str:
        """What a rename would move or lose sight of: the resource, or one that is below it."""
        if old is None:
            return ""
        below = (one.address for one in self.live.unreadable_below(old))
        return self.live.unread_part(old) or next(below, "")

    def _of_missing_holder(self, wanted: DesiredResource) -> str:
        """What stops the making of what it is to live in."""
        holder = identity(parent_resource(wanted.address))
        part = self._left.get(holder, "")
        return "" if holder in self.live.resources or part in self.live.unknown else part

    def _newly_named(self, wanted: DesiredResource, desired: Mapping[str, DesiredResource]) -> str:
        """What it comes to refer to and could not be read. What it refers to already is no
        reason: that stays as it is."""
        current = self.live.find(wanted.address) or self.live.find(wanted.renamed_from or "")
        references = wanted.kind.references
        named = references(current.address, current.fields) if current is not None else ()
        known = {(one.noun, identity(one.name)) for one in named}
        for one in references(wanted.address, wanted.fields):
            if (one.noun, identity(one.name)) not in known:
                part = self.meant(one, desired)
                if part:
                    return part
        return ""

    def _taken_along(self, address: str) -> str:
        key = identity(address)
        below = f"{key}/"
        for one in self.live.unreadable_below(address):
            return one.address
        for spared, part in self._spared.items():
            if spared == key or spared.startswith(below):
                return part
        return ""

    def _holders(self) -> frozenset[str]:
        if self._inhabited is None:
            self._inhabited = frozenset(up for key in self.live.resources for up in ancestors(key))
        return self._inhabited

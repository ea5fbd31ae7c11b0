"""What a plan skips because something it depends on could not be read.

Unknown is not empty. In a collection that was not read completely, nothing is created, changed or
deleted, and nothing is created in a campaign that may not exist. A resource with an unreadable
value is left unchanged. So is what depends on it: resources below it, its rename, new references
to it, and every delete that would also delete it.
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
    """Finds the resources that a plan skips, and counts them by the part that is unreadable.

    A part is the address of a collection or of one resource.
    """

    live: Snapshot
    _counts: Counter[str] = field(default_factory=Counter)
    _skipped: dict[str, str] = field(default_factory=dict)
    """The unreadable part, by identity of the desired resource that depends on it."""
    _kept: dict[str, str] = field(default_factory=dict)
    """The unreadable part, by identity of the resource that must not be deleted or forgotten."""
    _kept_addresses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The addresses of the deletes that are left out, by unreadable part."""
    _parents: frozenset[str] | None = None

    def collect(self, desired: Mapping[str, DesiredResource]) -> None:
        """Find the desired resources to skip.

        Others may depend on a skipped resource, so this repeats until nothing is found.
        """
        if self.live.is_whole:
            return
        found = True
        while found:
            found = False
            for key, wanted in desired.items():
                part = "" if key in self._skipped else self._unread_dependency(wanted, desired)
                if part:
                    self._skip(key, wanted, part)
                    found = True

    def includes(self, address: str) -> bool:
        """Whether the desired resource at an address is skipped."""
        return identity(address) in self._skipped

    def must_keep(self, address: str) -> bool:
        """Whether a delete is left out: it would also delete an unreadable resource, or the
        resource's rename is skipped. Records the address for `unknowns`."""
        part = self._unread_below(address)
        if part:
            self._kept_addresses[part].append(address)
            self._kept[identity(address)] = part
        return bool(part)

    def is_kept(self, address: str) -> bool:
        """Whether the delete of it, or of something above it, is left out."""
        key = identity(address)
        return any(place in self._kept for place in (key, *ancestors(key)))

    def count_lists(self, lists: Iterable[DesiredList]) -> None:
        """Count the lists, complete or with names to remove, whose live entries could not be
        read."""
        for listed in lists if not self.live.is_whole else ():
            part = self.live.unread_part(listed.address)
            if part and (listed.complete or listed.removes):
                self._counts[part] += 1

    def is_known(self, address: str) -> bool:
        """Whether it exists for sure: it was read, or something below it was."""
        key = identity(address)
        return key in self.live.resources or key in self._known_parents()

    def unread_target(self, reference: Reference, made: Container[str]) -> str:
        """The unreadable part that a reference means, "" for none.

        The nearest candidate that exists counts, or that is in `made` (identities).
        """
        for candidate in reference.candidates:
            key = identity(candidate)
            if key in self.live.unreadable:
                return self.live.unreadable[key].address
            if key in self.live.resources:
                return ""
            part = self._skipped.get(key, "")
            if part and part not in self.live.unknown:
                return part
            if key in made:
                return ""
        return ""

    def unknowns(self) -> tuple[Unknown, ...]:
        """All unreadable parts, with the number of desired resources that depend on each."""
        return tuple(
            Unknown(
                part, why, self._counts[part], tuple(sorted(self._kept_addresses.get(part, ())))
            )
            for part, why in self.live.unread()
        )

    def _skip(self, key: str, wanted: DesiredResource, part: str) -> None:
        self._skipped[key] = part
        self._counts[part] += 1
        if wanted.renamed_from is not None and part not in self.live.unknown:
            self._kept[identity(wanted.renamed_from)] = part

    def _unread_dependency(
        self, wanted: DesiredResource, desired: Mapping[str, DesiredResource]
    ) -> str:
        """The unreadable part that a resource depends on, "" for none."""
        unread = self.live.unread_part
        part = unread(wanted.address) or unread(self._doubtful_parent(wanted.address))
        if part or not self.live.unreadable:
            return part
        return (
            self._unread_old_name(wanted.renamed_from)
            or self._skipped_parent(wanted)
            or self._unread_new_reference(wanted, desired)
        )

    def _doubtful_parent(self, address: str) -> str:
        holder = parent_resource(address)
        return "" if not holder or self.is_known(holder) else holder

    def _unread_old_name(self, old: Address | None) -> str:
        """The unreadable resource that a rename would move: the old one, or one below it."""
        if old is None:
            return ""
        below = (unread.address for unread in self.live.unreadable_below(old))
        return self.live.unread_part(old) or next(below, "")

    def _skipped_parent(self, wanted: DesiredResource) -> str:
        """The unreadable part because of which the parent is not created."""
        holder = identity(parent_resource(wanted.address))
        part = self._skipped.get(holder, "")
        return "" if holder in self.live.resources or part in self.live.unknown else part

    def _unread_new_reference(
        self, wanted: DesiredResource, desired: Mapping[str, DesiredResource]
    ) -> str:
        """The unreadable part that it starts to refer to. Existing references do not count."""
        current = self.live.find(wanted.address) or self.live.find(wanted.renamed_from or "")
        references = wanted.kind.references
        named = references(current.address, current.fields) if current is not None else ()
        known = {(reference.noun, identity(reference.name)) for reference in named}
        for reference in references(wanted.address, wanted.fields):
            if (reference.noun, identity(reference.name)) not in known:
                part = self.unread_target(reference, desired)
                if part:
                    return part
        return ""

    def _unread_below(self, address: str) -> str:
        """The unreadable part that a delete of the address would also delete."""
        key = identity(address)
        below = f"{key}/"
        for unread in self.live.unreadable_below(address):
            return unread.address
        for kept, part in self._kept.items():
            if kept == key or kept.startswith(below):
                return part
        return ""

    def _known_parents(self) -> frozenset[str]:
        if self._parents is None:
            self._parents = frozenset(up for key in self.live.resources for up in ancestors(key))
        return self._parents

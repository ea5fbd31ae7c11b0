"""The platform before and after a plan, as lookups by identity of the address.

The world after is the live world with the plan's changes on top. References that the platform
clears by itself are left in place: they resolve to nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from reconciler.kinds.address import Address, identity, parent_of
from reconciler.kinds.base import Kind
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import LiveResource
from reconciler.planning.change import Action, Change


class World:
    """Live resources, with changed ones on top; None on top means deleted."""

    def __init__(
        self,
        live: Mapping[str, LiveResource],
        top: Mapping[str, LiveResource | None] | None = None,
    ) -> None:
        self._live = live
        self._top: Mapping[str, LiveResource | None] = top or {}

    def find(self, address: str) -> LiveResource | None:
        """The resource at an address, in any letter case."""
        key = identity(address)
        return self._top[key] if key in self._top else self._live.get(key)

    def of_kind(self, *kinds: Kind) -> Iterator[LiveResource]:
        """The resources of some kinds."""
        wanted = {id(kind) for kind in kinds}
        for key, resource in self._live.items():
            if key not in self._top and id(resource.kind) in wanted:
                yield resource
        for changed in self._top.values():
            if changed is not None and id(changed.kind) in wanted:
                yield changed

    @cached_property
    def campaigns(self) -> dict[str, LiveResource]:
        """The campaigns, by identity of the address."""
        return {identity(found.address): found for found in self.of_kind(CAMPAIGN)}

    def resolve(self, candidates: Iterable[str]) -> Address | None:
        """The first address that exists."""
        found = (self.find(candidate) for candidate in candidates)
        return next((resource.address for resource in found if resource is not None), None)


@dataclass(frozen=True, slots=True)
class Touched:
    """A resource that the plan writes: before and after, None where it does not exist."""

    kind: Kind
    before: LiveResource | None
    after: LiveResource | None

    @property
    def address(self) -> Address:
        """Where it is now, or where it will be."""
        found = self.before or self.after
        assert found is not None  # noqa: S101  a change has at least one of the two
        return found.address


@dataclass(frozen=True, slots=True)
class Worlds:
    """The worlds before and after, and the resources that differ, by kind name."""

    before: World
    after: World
    touched: Mapping[str, tuple[Touched, ...]]
    moved: Mapping[str, str]
    """From the identity before to the one after, for what a rename moves."""

    def of_kind(self, kind: Kind) -> tuple[Touched, ...]:
        """The resources of a kind that differ."""
        return self.touched.get(kind.name, ())


def worlds(live: Mapping[str, LiveResource], changes: Iterable[Change]) -> Worlds:
    """The worlds before and after these changes, which are in the order in which they are made."""
    writes = [change for change in changes if change.writes]
    after = _After(live)
    for change in writes:
        if change.action is Action.RENAME and change.previous_address is not None:
            after.rename(change.previous_address, change.address)
    for change in writes:
        if change.action is Action.DELETE:
            after.top[identity(change.address)] = None
    for change in writes:
        if change.after is not None:
            after.write(change)
    return Worlds(World(live), World(live, after.top), after.touched(), after.new_keys())


@dataclass(slots=True)
class _After:
    """Builds the changed part of the world after a plan."""

    live: Mapping[str, LiveResource]
    top: dict[str, LiveResource | None] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    """From the identity after to the one before, for what a rename moves."""
    _children: dict[str, dict[str, None]] | None = None

    def write(self, change: Change) -> None:
        """Set the fields that a change leaves."""
        kind, key = KINDS[change.kind], identity(change.address)
        self.top[key] = LiveResource(change.address, kind, change.after or {}, etag="")

    def rename(self, old: Address, new: Address) -> None:
        """Move a resource and everything below it."""
        moves = [(key, identity(new) + key[len(identity(old)) :]) for key in self._tree(old)]
        found: list[tuple[LiveResource, str, str]] = []
        for key, to in moves:
            resource = self.top.pop(key, None) or self.live.get(key)
            if resource is not None:
                found.append((resource, key, to))
                self._unlink(key)
            if key in self.live:
                self.top[key] = None
        for resource, key, to in found:
            address = Address(new + resource.address[len(old) :])
            self.top[to] = replace(resource, address=address)
            self.origins[to] = self.origins.pop(key, key)
            self._link(to)

    def _tree(self, address: Address) -> list[str]:
        found = [identity(address)]
        for key in found:  # grows while it is read
            found.extend(self._children_of(key))
        return found

    def _children_of(self, key: str) -> Iterable[str]:
        if self._children is None:
            self._children = defaultdict(dict)
            for known, resource in self.live.items():
                if resource.kind.is_tree:
                    self._children[parent_of(known)][known] = None
        return tuple(self._children.get(key, ()))

    def _link(self, key: str) -> None:
        if self._children is not None:
            self._children[parent_of(key)][key] = None

    def _unlink(self, key: str) -> None:
        if self._children is not None:
            self._children[parent_of(key)].pop(key, None)

    def touched(self) -> dict[str, tuple[Touched, ...]]:
        """What differs, by kind name, in the order of the changes."""
        found: dict[str, list[Touched]] = defaultdict(list)
        moved_away = set(self.origins.values())
        for key, after in self.top.items():
            stays = key in self.origins or key not in moved_away
            before = self.live.get(self.origins.get(key, key)) if stays else None
            kept = after or before
            if kept is None or (before and after and _is_same(before, after)):
                continue
            found[kept.kind.name].append(Touched(kept.kind, before, after))
        return {name: tuple(items) for name, items in found.items()}

    def new_keys(self) -> dict[str, str]:
        """From the identity before to the one after, for what a rename moves."""
        return {before: after for after, before in self.origins.items()}


def _is_same(before: LiveResource, after: LiveResource) -> bool:
    return before.fields == after.fields and before.address == after.address

"""Finds problems between resources, which only the whole of the manifests can show.

Loading does not know what exists on the platform. So a reference to an undeclared resource is an
error only when every list that it could be in is complete, or removes it. Otherwise a name close to
a declared one gets a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain

from reconciler.kinds.address import (
    CAMPAIGNS,
    campaign_name,
    campaign_of,
    collection_of,
    identity,
    is_campaign,
    name_of,
    parent_of,
)
from reconciler.kinds.base import Reference, Renaming, no_references
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.schedule import is_fixed_offset
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.loading.collector import Collector
from reconciler.manifests.problems.suggestions import nearest, spelling, spelling_hint
from reconciler.manifests.source import Source
from reconciler.manifests.yaml.writer import scalar_text
from reconciler.message import Message, Personal

_CLOSE = 0.8
_MOST_LOOKUPS = 200
_MOST_NAMES = 5_000

Locate = Callable[[DesiredResource, str], Source]
"""Gives the place of a field of a resource; called only when something is wrong."""


def cross_check(collector: Collector, locate: Locate) -> None:
    """Add every problem and warning between resources to the collector."""
    checks = _Checks(collector, locate)
    checks.references()
    checks.renames()
    checks.removals()
    checks.numbers()
    checks.parents()
    checks.zones()


@dataclass(slots=True)
class _Checks:
    collector: Collector
    locate: Locate
    _names: dict[str, list[str]] | None = None
    _looked_up: dict[str, str | None] = field(default_factory=dict)
    _trees: dict[str, set[str]] = field(default_factory=dict)

    def references(self) -> None:
        """References in another spelling than the declaration, or close to a declared name."""
        silent = {kind.name for kind in KINDS if kind.references is no_references}
        for resource in self.collector.resources.values():
            if resource.kind.name in silent:
                continue
            for reference in resource.kind.references(resource.address, resource.fields):
                self._reference(resource, reference)

    def _reference(self, resource: DesiredResource, reference: Reference) -> None:
        if KINDS.of_address(reference.candidates[-1]) is None:
            return  # of the platform: users, connectors, forms
        for candidate in reference.candidates:
            declared = self.collector.declared(identity(candidate))
            if declared is None:
                continue
            if declared[0] != candidate:
                name, right = reference.name, name_of(declared[0])
                message = Message.of(
                    "'{name}' is declared {how}", name=Personal(name), how=spelling(name, right)
                )
                self._problem(resource, reference.path, message, spelling_hint(name, right))
            return
        if not self.collector.unread and all(map(self._is_gone, reference.candidates)):
            self._dangling(resource, reference)
            return
        near = self._near(reference)
        if near:
            message = Message.of(
                "these manifests declare no {noun} '{name}'; it must exist on the platform",
                noun=reference.noun,
                name=Personal(reference.name),
            )
            hint = Message.of("did you mean `{near}`?", near=Personal(scalar_text(near)))
            self._warn(resource, reference.path, message, hint)

    def _is_gone(self, address: str) -> bool:
        """Whether an undeclared resource cannot exist after any plan: its list is complete, or
        removes it."""
        listed = self.collector.lists.get(identity(parent_of(address)))
        if listed is None:
            return False
        removed = (identity(each) for each, _ in listed.removes)
        return listed.complete or identity(address) in removed

    def _dangling(self, resource: DesiredResource, reference: Reference) -> None:
        message = Message.of(
            "the {noun} '{name}' will not exist: the list in the manifests is complete and does "
            "not name it, or removes it",
            noun=reference.noun,
            name=Personal(reference.name),
        )
        near = self._near(reference)
        hint = Message.of("declare it, or refer to another {noun}", noun=reference.noun)
        if near:
            hint = Message.of("did you mean `{near}`?", near=Personal(scalar_text(near)))
        self._problem(resource, reference.path, message, hint)

    def _near(self, reference: Reference) -> str | None:
        key = reference.candidates[0]
        if key not in self._looked_up:
            if len(self._looked_up) >= _MOST_LOOKUPS:
                return None
            known: list[str] = []
            for candidate in reference.candidates:
                known.extend(self._names_below().get(identity(parent_of(candidate)), ()))
            few = len(known) <= _MOST_NAMES
            self._looked_up[key] = nearest(reference.name, known, cutoff=_CLOSE) if few else None
        return self._looked_up[key]

    def _names_below(self) -> dict[str, list[str]]:
        if self._names is None:
            self._names = {}
            for key, resource in self.collector.resources.items():
                self._names.setdefault(parent_of(key), []).append(name_of(resource.address))
        return self._names

    def renames(self) -> None:
        """Old names that are still declared (also in swaps), or used by two renames."""
        claimed: dict[str, DesiredResource] = {}
        for resource in self.collector.resources.values():
            if resource.renamed_from is None:
                continue
            key = identity(resource.renamed_from)
            if key == identity(resource.address):
                continue
            old = name_of(resource.renamed_from)
            if self._is_path(resource, old):
                self._refuse_move(resource, old)
                continue
            declared = self.collector.declared(key)
            if declared is not None:
                message = Message.of(
                    "'{old}' is still declared, at {declared}",
                    old=Personal(old),
                    declared=str(declared[1]),
                )
                hint = Message.of(
                    "remove it there; a swap or a chain of renames needs two applies, through a "
                    "third name"
                )
                self._problem(resource, "renamed_from", message, hint)
                continue
            first = claimed.setdefault(key, resource)
            if first is not resource:
                message = Message.of(
                    "'{old}' is already renamed to {name}, at {source}",
                    old=Personal(old),
                    name=Personal(name_of(first.address)),
                    source=str(first.source),
                )
                self._problem(resource, "renamed_from", message, Message.of("keep one of them"))

    def _is_path(self, resource: DesiredResource, old: str) -> bool:
        """Whether an old name is a path to another list. A name may have a slash, such as `24/7`,
        so the path must begin with a collection or with a name of the same tree."""
        first, slash, _ = identity(old).strip("/").partition("/")
        if not slash:
            return False
        if first in (resource.kind.collection, CAMPAIGNS):
            return True
        return resource.kind.is_tree and first in self._names_in_tree(resource)

    def _names_in_tree(self, resource: DesiredResource) -> set[str]:
        """The identities of all names declared in the tree of a resource."""
        tree = identity(collection_of(resource.address))
        if tree not in self._trees:
            self._trees[tree] = {
                identity(name_of(each.address))
                for each in self.collector.resources.values()
                if identity(collection_of(each.address)) == tree
            }
        return self._trees[tree]

    def _refuse_move(self, resource: DesiredResource, old: str) -> None:
        noun, last = resource.kind.noun, old.rstrip("/").rpartition("/")[2]
        in_place = resource.kind.renaming is Renaming.IN_PLACE
        message = Message.of(
            "'{old}' is a path: a {noun} cannot move to another parent. The old one would be "
            "deleted, {loss}",
            old=Personal(old),
            noun=noun,
            loss="with its history" if in_place else "and what uses it would lose it",
        )
        hint = Message.of(
            "to rename within this list, write `renamed_from: {last}`; to accept that the {noun} "
            "starts without history, remove `renamed_from`",
            last=Personal(scalar_text(last)),
            noun=noun,
        )
        self._problem(resource, "renamed_from", message, hint)

    def removals(self) -> None:
        """Names to remove that are also declared."""
        for listed in self.collector.lists.values():
            for address, source in listed.removes:
                declared = self.collector.declared(identity(address))
                if declared is not None:
                    message = Message.of(
                        "'{name}' is removed here and declared at {declared}",
                        name=Personal(name_of(address)),
                        declared=str(declared[1]),
                    )
                    self.collector.refuse(source, message, Message.of("keep one of them"))

    def numbers(self) -> None:
        """Numbers that two campaigns give to channels of one type."""
        used: dict[tuple[str, str], DesiredResource] = {}
        for resource in self.collector.resources.values():
            if not resource.kind.has_numbers:
                continue
            self._connected(resource)
            for number in names_in(resource.fields.get("numbers")):
                first = used.setdefault((name_of(resource.address), number), resource)
                if first is not resource:
                    message = Message.of(
                        "{number} already belongs to {campaign} on {type}, at {source}",
                        number=Personal(number),
                        campaign=Personal(campaign_name(first.address)),
                        type=name_of(resource.address),
                        source=str(first.source),
                    )
                    hint = Message.of(
                        "each number can belong to one campaign for each {noun} type",
                        noun=resource.kind.noun,
                    )
                    self._problem(resource, "numbers", message, hint)

    def _connected(self, resource: DesiredResource) -> None:
        """Numbers next to `connector: null`."""
        fields = resource.fields
        if fields.get("numbers") and fields.get("connector", "") is None:
            message = Message.of("numbers need a connector, and `connector` is null here")
            hint = Message.of("write the name of the connector that has the numbers")
            self._problem(resource, "connector", message, hint)

    def parents(self) -> None:
        """Campaigns and the platform's own names in another spelling than the right one."""
        reported: set[tuple[str, str]] = set()
        declared_addresses = chain(
            (resource.address for resource in self.collector.resources.values()),
            (address for address, _ in self.collector.broken.values()),
        )
        spelled = {identity(known): known for known in declared_addresses if is_campaign(known)}
        for resource in self.collector.resources.values():
            campaign = campaign_of(resource.address)
            if campaign is not None:
                if identity(campaign) not in spelled and self._is_gone(campaign):
                    self._without_campaign(resource, campaign)
                declared = spelled.setdefault(identity(campaign), campaign)
                if declared != campaign and (campaign, resource.source.file) not in reported:
                    reported.add((campaign, resource.source.file))
                    name, right = name_of(campaign), name_of(declared)
                    message = Message.of(
                        "the campaign '{campaign}' is written {how} elsewhere",
                        campaign=Personal(name),
                        how=spelling(name, right),
                    )
                    self._problem(resource, "campaign", message, spelling_hint(name, right))
            elif resource.kind.system_names and not resource.kind.is_system_default(
                resource.address
            ):
                self._system_name(resource)

    def _without_campaign(self, resource: DesiredResource, campaign: str) -> None:
        if self.collector.unread:
            return
        message = Message.of(
            "the campaign '{campaign}' will not exist: `ownership` makes campaigns exclusive, and "
            "no manifest declares it",
            campaign=Personal(name_of(campaign)),
        )
        hint = Message.of("declare the campaign, or remove this too")
        self._problem(resource, "campaign", message, hint)

    def _system_name(self, resource: DesiredResource) -> None:
        name = name_of(resource.address)
        for system in sorted(resource.kind.system_names):
            if identity(system) == identity(name):
                noun, hint = resource.kind.noun, Message.of("write {system}", system=system)
                message = Message.of(
                    "the platform spells its {noun} '{system}'", noun=noun, system=system
                )
                self._problem(resource, resource.kind.identity, message, hint)

    def zones(self) -> None:
        """Time zones without daylight saving, such as `EST`."""
        for resource in self.collector.resources.values():
            zone = resource.fields.get("time_zone")
            if isinstance(zone, str) and is_fixed_offset(zone):
                message = Message.of("{zone} has no daylight saving time", zone=Personal(zone))
                hint = Message.of("write the zone of a place, such as America/New_York")
                self._warn(resource, "time_zone", message, hint)

    def _problem(
        self, resource: DesiredResource, path: str, message: Message, hint: Message
    ) -> None:
        self.collector.refuse(self.locate(resource, path), message, hint)

    def _warn(self, resource: DesiredResource, path: str, message: Message, hint: Message) -> None:
        self.collector.warnings.append(self.locate(resource, path).problem(message, hint))

"""Finds problems between resources, which only the whole of the manifests can show.

Loading does not know what exists on the platform. So a reference to an undeclared resource is not
an error, but a name close to a declared one gets a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain

from reconciler.kinds.address import (
    campaign_name,
    campaign_of,
    identity,
    is_campaign,
    name_of,
    parent_of,
)
from reconciler.kinds.base import Reference, no_references
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.schedule import is_fixed_offset
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.loading.collector import Collector
from reconciler.manifests.problems.suggestions import nearest
from reconciler.manifests.source import Source
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
                right = Personal(name_of(declared[0]))
                message = Message.of(
                    "'{name}' is declared as '{right}'", name=Personal(reference.name), right=right
                )
                hint = Message.of("write {right}", right=right)
                self._problem(resource, reference.path, message, hint)
            return
        near = self._near(reference)
        if near:
            message = Message.of(
                "these manifests declare no {noun} '{name}'; it must exist on the platform",
                noun=reference.noun,
                name=Personal(reference.name),
            )
            hint = Message.of("did you mean '{near}'?", near=Personal(near))
            self._warn(resource, reference.path, message, hint)

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
                declared = spelled.setdefault(identity(campaign), campaign)
                if declared != campaign and (campaign, resource.source.file) not in reported:
                    reported.add((campaign, resource.source.file))
                    right = name_of(declared)
                    message = Message.of(
                        "the campaign '{campaign}' is written '{right}' elsewhere",
                        campaign=Personal(name_of(campaign)),
                        right=Personal(right),
                    )
                    hint = Message.of("write {right}", right=Personal(right))
                    self._problem(resource, "campaign", message, hint)
            elif resource.kind.system_names and not resource.kind.is_system_default(
                resource.address
            ):
                self._system_name(resource)

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

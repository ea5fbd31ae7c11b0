"""What is wrong between resources: things only the whole of the manifests can show.

Whether something exists on the platform is not known here, so a reference to what no manifest
declares is no error; one that nearly names a declared resource is worth a warning.
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
from reconciler.kinds.base import Life, Reference, no_references
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.schedule import is_fixed_offset
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.loading.collector import Collector
from reconciler.manifests.problems.suggestions import nearest
from reconciler.manifests.source import Source

_CLOSE = 0.8
_MOST_LOOKUPS = 200
_MOST_NAMES = 5_000

Locate = Callable[[DesiredResource, str], Source]
"""Where a field of a resource stands; asked only once something is wrong."""


def cross_check(estate: Collector, locate: Locate) -> None:
    """Note every problem and warning in the estate."""
    checks = _Checks(estate, locate)
    checks.references()
    checks.renames()
    checks.removals()
    checks.numbers()
    checks.parents()
    checks.zones()


@dataclass(slots=True)
class _Checks:
    estate: Collector
    locate: Locate
    _names: dict[str, list[str]] | None = None
    _looked_up: dict[str, str | None] = field(default_factory=dict)

    def references(self) -> None:
        """References that are spelled otherwise than what they mean, or nearly mean something."""
        silent = {kind.name for kind in KINDS if kind.references is no_references}
        for one in self.estate.resources.values():
            if one.kind.name in silent:
                continue
            for reference in one.kind.references(one.address, one.fields):
                self._reference(one, reference)

    def _reference(self, one: DesiredResource, reference: Reference) -> None:
        if KINDS.of_address(reference.candidates[-1]) is None:
            return  # the platform's own: users, connectors, forms
        for candidate in reference.candidates:
            declared = self.estate.declared(identity(candidate))
            if declared is None:
                continue
            if declared[0] != candidate:
                message = f"'{reference.name}' is declared as '{name_of(declared[0])}'"
                hint = f"write {name_of(declared[0])}"
                self._problem(one, reference.path, message, hint)
            return
        near = self._near(reference)
        if near:
            message = (
                f"no {reference.noun} '{reference.name}' is in these manifests; "
                "it must exist on the platform"
            )
            self._warn(one, reference.path, message, f"did you mean '{near}'?")

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
            for key, one in self.estate.resources.items():
                self._names.setdefault(parent_of(key), []).append(name_of(one.address))
        return self._names

    def renames(self) -> None:
        """Old names that are still declared (swaps too), or claimed twice."""
        claimed: dict[str, DesiredResource] = {}
        for one in self.estate.resources.values():
            if one.renamed_from is None:
                continue
            key = identity(one.renamed_from)
            if key == identity(one.address):
                continue
            old = name_of(one.renamed_from)
            declared = self.estate.declared(key)
            if declared is not None:
                message = f"'{old}' is still declared, at {declared[1]}"
                hint = (
                    "take it out there; a swap or a chain of names takes two applies, by way of "
                    "a third name"
                )
                self._problem(one, "renamed_from", message, hint)
                continue
            first = claimed.setdefault(key, one)
            if first is not one:
                message = f"'{old}' has become {name_of(first.address)} already, at {first.source}"
                self._problem(one, "renamed_from", message, "keep one of them")

    def removals(self) -> None:
        """Names to remove that are declared as well."""
        for listed in self.estate.lists.values():
            for address, source in listed.removes:
                declared = self.estate.declared(identity(address))
                if declared is not None:
                    message = f"'{name_of(address)}' is removed here and declared at {declared[1]}"
                    self._note(source, message, "keep one of them")

    def numbers(self) -> None:
        """Numbers that two campaigns give to channels of one type."""
        used: dict[tuple[str, str], DesiredResource] = {}
        for one in self.estate.resources.values():
            if one.kind.life is not Life.FIXED:
                continue
            for number in names_in(one.fields.get("numbers")):
                first = used.setdefault((name_of(one.address), number), one)
                if first is not one:
                    message = (
                        f"{number} serves {campaign_name(first.address)} on {name_of(one.address)} "
                        f"already, at {first.source}"
                    )
                    hint = f"a number serves one campaign a {one.kind.noun} type"
                    self._problem(one, "numbers", message, hint)

    def parents(self) -> None:
        """Resources of a campaign, and the platform's own, that are spelled otherwise."""
        told: set[tuple[str, str]] = set()
        broken = (address for address, _ in self.estate.broken.values())
        spelled = {
            identity(address): address
            for address in chain((one.address for one in self.estate.resources.values()), broken)
            if is_campaign(address)
        }
        for one in self.estate.resources.values():
            campaign = campaign_of(one.address)
            if campaign is not None:
                declared = spelled.setdefault(identity(campaign), campaign)
                if declared != campaign and (campaign, one.source.file) not in told:
                    told.add((campaign, one.source.file))
                    right = name_of(declared)
                    message = f"the campaign '{name_of(campaign)}' is written '{right}' elsewhere"
                    self._problem(one, "campaign", message, f"write {right}")
            elif one.kind.system_names and not one.kind.is_system_default(one.address):
                self._system_name(one)

    def _system_name(self, one: DesiredResource) -> None:
        name = name_of(one.address)
        for system in sorted(one.kind.system_names):
            if identity(system) == identity(name):
                message = f"the platform's own {one.kind.noun} is '{system}'"
                self._problem(one, one.kind.identity, message, f"write {system}")

    def zones(self) -> None:
        """Time zones that know no daylight saving by their very name."""
        for one in self.estate.resources.values():
            zone = one.fields.get("time_zone")
            if isinstance(zone, str) and is_fixed_offset(zone):
                message = f"{zone} never changes with daylight saving"
                hint = "write a zone of a place, such as America/New_York"
                self._warn(one, "time_zone", message, hint)

    def _problem(self, one: DesiredResource, path: str, message: str, hint: str) -> None:
        self._note(self.locate(one, path), message, hint)

    def _note(self, at: Source, message: str, hint: str) -> None:
        self.estate.problems.append(at.problem(message, hint))

    def _warn(self, one: DesiredResource, path: str, message: str, hint: str) -> None:
        self.estate.warnings.append(self.locate(one, path).problem(message, hint))

"""Compare two environments of a project: their manifests, or their platforms.

Names that an environment maps (connectors, users, numbers) are compared by their names in git,
so a map is not a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind
from reconciler.live.platform import Snapshot
from reconciler.manifests.config.environment_rules import EnvironmentRules, NameCollision
from reconciler.manifests.desired import Desired
from reconciler.manifests.settings import Environment
from reconciler.message import Message
from reconciler.planning.reports.comparison import Compared, Comparison, compare
from reconciler.project.project import Project


def compare_desired(first: Project, second: Project) -> Comparison:
    """Compare what the manifests want in two environments; no network.

    Raises ManifestError and UsageError as loading either environment does.
    """
    one, other = first.manifests(), second.manifests()
    names = _GitNames(one.settings.environment, other.settings.environment)
    return compare(
        (one.settings.environment.name, names.first(_wanted(one.desired))),
        (other.settings.environment.name, names.second(_wanted(other.desired))),
    )


def compare_live(first: Project, second: Project) -> Comparison:
    """Compare the platforms of two environments.

    Raises PlatformError, AccessDenied, PlatformMismatch and Unreachable as reading either does.
    """
    environments = first.settings().environment, second.settings().environment
    one, other = first.snapshot(), second.snapshot()
    unread = {
        place: Message.of("{environment}: {why}", environment=environment.name, why=why)
        for environment, live in zip(environments, (one, other), strict=True)
        for place, why in live.unread()
    }
    names = _GitNames(*environments)
    return compare(
        (environments[0].name, names.first(_readable(one, other))),
        (environments[1].name, names.second(_readable(other, one))),
        unread,
    )


_Side: TypeAlias = "Iterable[tuple[str, Address, Kind, Fields]]"


def _wanted(desired: Desired) -> _Side:
    for key, resource in desired.resources.items():
        removes: Fields = {"remove": list(resource.removes)} if resource.removes else {}
        yield key, resource.address, resource.kind, {**resource.fields, **removes}


def _readable(live: Snapshot, other: Snapshot) -> _Side:
    """The resources of a platform, without resources that the other platform may hide."""
    for key, resource in live.resources.items():
        if not other.unread_part(resource.address):
            yield key, resource.address, resource.kind, resource.fields


class _GitNames:
    """Restores mapped names to the names in git.

    Two names that one environment maps to the same name cannot be distinguished there: they
    count as one in both environments.
    """

    def __init__(self, first: Environment, second: Environment) -> None:
        self._first = _restoring(first, second)
        self._second = _restoring(second, first)

    def first(self, resources: _Side) -> dict[str, Compared]:
        return _compared(self._first, resources)

    def second(self, resources: _Side) -> dict[str, Compared]:
        return _compared(self._second, resources)


def _restoring(environment: Environment, other: Environment) -> EnvironmentRules:
    """EnvironmentRules that map names of an environment back to names in git."""
    maps = {
        of: _inverse(environment.maps.get(of, {}), other.maps.get(of, {}))
        for of in {*environment.maps, *other.maps}
    }
    return EnvironmentRules(replace(environment, maps=maps, ignore=frozenset()))


def _inverse(names: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """From each name of an environment to its name in git."""
    representative = _representatives(names, others)
    unmapped = {name: first for name, first in representative.items() if name not in names}
    return unmapped | {target: representative[name] for name, target in names.items()}


def _representatives(*maps: Mapping[str, str]) -> dict[str, str]:
    """Map each mapped name in git to the first name that it cannot be distinguished from."""
    groups: dict[str, set[str]] = {name: {name} for names in maps for name in names}
    for names in maps:
        named: dict[str, str] = {}
        for name, target in names.items():
            same = named.setdefault(identity(target), name)
            joined = groups[same] | groups[name]
            groups |= dict.fromkeys(joined, joined)
    return {name: min(group) for name, group in groups.items()}


def _compared(rules: EnvironmentRules, resources: _Side) -> dict[str, Compared]:
    return {
        key: Compared(address, kind.name, _restored(rules, kind, address, fields))
        for key, address, kind, fields in resources
    }


def _restored(rules: EnvironmentRules, kind: Kind, address: Address, fields: Fields) -> Fields:
    try:
        return rules.mapped(kind, address, fields)
    except NameCollision:  # a list has both a mapped name and the name in git
        return fields

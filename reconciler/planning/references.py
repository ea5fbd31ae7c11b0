"""References between resources, and whether their targets exist after the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from reconciler.errors import Problem
from reconciler.kinds.address import Address, identity, name_of, parent_of
from reconciler.kinds.base import Reference
from reconciler.live.platform import Directory, Snapshot
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.source import Source
from reconciler.text import first_of

_DIRECTORY = ("users", "connectors", "forms")
_NAMES_SHOWN = 8


Locate = Callable[[DesiredResource, str], Source]
"""Returns where a resource's field is declared, by the field's path."""


def declaration_source(resource: DesiredResource, path: str) -> Source:  # noqa: ARG001
    """The place of the resource itself, when no nearer place is known."""
    return resource.source


def dangling_references(
    desired: Iterable[DesiredResource],
    exists: Callable[[str], bool],
    live: Snapshot,
    *,
    locate: Locate = declaration_source,
) -> list[Problem]:
    """A problem for every declared reference whose target will not exist after the plan.

    `exists` reports for an address of a managed collection whether it exists then. A target that
    could not be read is not reported.
    """
    problems: list[Problem] = []
    for wanted in desired:
        for reference in wanted.kind.references(wanted.address, wanted.fields):
            if not _resolves(reference, exists, live):
                problems.append(_problem(wanted, reference, live, locate))
    return problems


def _resolves(reference: Reference, exists: Callable[[str], bool], live: Snapshot) -> bool:
    for address in reference.candidates:
        collection = address.split("/", 1)[0]
        if collection in _DIRECTORY:
            known = _directory(live.directory, collection)
            if known is None or identity(name_of(address)) in known:
                return True
        elif live.why_unknown(address) is not None or exists(address):
            return True
    return False


def _directory(directory: Directory, collection: str) -> Mapping[str, object] | None:
    if collection == "users":
        return directory.users
    return directory.connectors if collection == "connectors" else directory.forms


def _problem(
    wanted: DesiredResource, reference: Reference, live: Snapshot, locate: Locate
) -> Problem:
    place = locate(wanted, reference.path)
    target = f"the {reference.noun} '{reference.name}'"
    if any(live.find(candidate) is not None for candidate in reference.candidates):
        message = f"{reference.path} refers to {target}, which this plan deletes"
        hint = "git no longer declares it: declare it again, or refer to another one"
    else:
        message = f"{reference.path} refers to {target}, which does not exist"
        if reference.noun == "user":
            message = f"the member '{reference.name}' is not a user of the platform"
        names = _names_like(reference.candidates[-1], live)
        near = get_close_matches(reference.name, names, n=1)
        hint = f"did you mean '{near[0]}'?" if near else _known_names(reference, names)
    return place.problem(f"{wanted.address}: {message}", hint)


def _names_like(target: Address, live: Snapshot) -> list[str]:
    collection = parent_of(target)
    directory = live.directory
    if collection == "connectors":
        return [c.name for c in (directory.connectors or {}).values()]
    if collection in ("users", "forms"):
        listed = directory.users if collection == "users" else directory.forms
        return list((listed or {}).values())
    folder = collection.casefold()
    return [
        name_of(each.address) for key, each in live.resources.items() if parent_of(key) == folder
    ]


def _known_names(reference: Reference, names: list[str]) -> str:
    if not names:
        return f"the platform has no {reference.noun}"
    return f"the platform has {first_of(sorted(names), _NAMES_SHOWN)}"


def reference_targets(references: Iterator[Reference]) -> Iterator[str]:
    """The identities of the addresses that references may mean, nearest first."""
    for reference in references:
        for address in reference.candidates:
            yield identity(address)

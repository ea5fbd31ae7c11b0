"""References between resources, and whether their targets exist after the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from reconciler.errors import Problem
from reconciler.kinds.address import Address, identity, name_of, parent_of
from reconciler.kinds.base import Reference
from reconciler.kinds.registry import place
from reconciler.live.platform import Directory, Snapshot
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.source import Source
from reconciler.message import Message, Personal
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
    reason = "which does not exist"
    if any(live.find(candidate) is not None for candidate in reference.candidates):
        reason = "which this plan deletes"
        hint = Message.of("git no longer declares it: declare it again, or refer to another one")
    else:
        names = _names_like(reference.candidates[-1], live)
        near = get_close_matches(reference.name, names, n=1)
        hint = _known_names(reference, names)
        if near:
            hint = Message.of("did you mean '{near}'?", near=Personal(near[0]))
        if reference.noun == "user":
            message = Message.of(
                "the member '{name}' is not a user of the platform", name=Personal(reference.name)
            )
            return field_problem(wanted, reference.path, message, hint, locate)
    message = Message.of(
        "{path} refers to the {noun} '{name}', {reason}",
        path=Personal(reference.path),
        noun=reference.noun,
        name=Personal(reference.name),
        reason=reason,
    )
    return field_problem(wanted, reference.path, message, hint, locate)


def field_problem(
    wanted: DesiredResource, path: str, message: Message, hint: Message, locate: Locate
) -> Problem:
    """A problem at a declared field; at the resource itself without a path."""
    source = locate(wanted, path) if path else wanted.source
    at = place(wanted.address)
    return source.problem(Message.of("{at}: {message}", at=at, message=message), hint)


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


def _known_names(reference: Reference, names: list[str]) -> Message:
    if not names:
        return Message.of("the platform has no {noun}", noun=reference.noun)
    shown = first_of(sorted(names), _NAMES_SHOWN)
    return Message.of("the platform has {names}", names=Personal(shown))


def reference_targets(references: Iterator[Reference]) -> Iterator[str]:
    """The identities of the addresses that references may mean, nearest first."""
    for reference in references:
        for address in reference.candidates:
            yield identity(address)

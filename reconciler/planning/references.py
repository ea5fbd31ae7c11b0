"""References between resources, and whether their targets exist after the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from reconciler.errors import Problem
from reconciler.kinds.address import Address, identity, name_of, parent_of
from reconciler.kinds.base import Reference
from reconciler.kinds.registry import place
from reconciler.live.platform import Directory, Snapshot
from reconciler.manifests.desired import DesiredResource
from reconciler.manifests.source import Source
from reconciler.message import Message, Personal
from reconciler.text import counted, first_of

_DIRECTORY = ("users", "connectors", "forms")
_NAMES_SHOWN = 8
FEWEST_TOGETHER = 3
"""How many problems with one cause are one problem."""
PLACES_SHOWN = 3


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
    dangling: dict[tuple[str, str, str], list[tuple[DesiredResource, Reference]]] = {}
    for wanted in desired:
        for reference in wanted.kind.references(wanted.address, wanted.fields):
            if not _resolves(reference, exists, live):
                key = (wanted.kind.name, identity(reference.name), str(reference.candidates[-1]))
                dangling.setdefault(key, []).append((wanted, reference))
    problems: list[Problem] = []
    for found in dangling.values():
        if len(found) < FEWEST_TOGETHER:
            problems.extend(_problem(wanted, ref, live, locate) for wanted, ref in found)
        else:
            problems.append(_problem_of_many(found, live, locate))
    return problems


def _problem_of_many(
    found: Sequence[tuple[DesiredResource, Reference]], live: Snapshot, locate: Locate
) -> Problem:
    """One problem for many resources that refer to one missing target, at the first of them."""
    first = _problem(*found[0], live, locate)
    wanted, reference = found[0]
    places = [str(locate(each, ref.path)) for each, ref in found]
    message = Message.of(
        "{count} refer to the {noun} '{name}', {reason}: {places}",
        count=counted(len(found), wanted.kind.noun, wanted.kind.plural),
        noun=reference.noun,
        name=Personal(reference.name),
        reason=_reason(reference, live),
        places=first_of(places, PLACES_SHOWN),
    )
    message, _ = _with_mapping(wanted, reference.path, message, first.hint)
    return replace(first, message=message)


def _reason(reference: Reference, live: Snapshot) -> str:
    if any(live.find(candidate) is not None for candidate in reference.candidates):
        return "which this plan deletes"
    return "which does not exist"


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
    if any(live.find(candidate) is not None for candidate in reference.candidates):
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
        reason=_reason(reference, live),
    )
    return field_problem(wanted, reference.path, message, hint, locate)


def field_problem(
    wanted: DesiredResource, path: str, message: Message, hint: Message, locate: Locate
) -> Problem:
    """A problem at a declared field; at the resource itself without a path.

    It says which map of the environment gave the name, if one did.
    """
    source = locate(wanted, path) if path else wanted.source
    at = place(wanted.address)
    message, hint = _with_mapping(wanted, path, message, hint)
    return source.problem(Message.of("{at}: {message}", at=at, message=message), hint)


def _with_mapping(
    wanted: DesiredResource, path: str, message: Message, hint: Message
) -> tuple[Message, Message]:
    """The message and the hint with the map that gave the name at a path, if one did."""
    name = wanted.mapping_at(path)
    if name is None:
        return message, hint
    message = Message.of(
        "{message}; the manifest has '{written}', which {map} changes to '{name}'",
        message=message,
        written=Personal(name.written),
        map=name.place,
        name=Personal(name.name),
    )
    return message, Message.of("in {map}: {hint}", map=name.place, hint=hint) if hint else hint


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

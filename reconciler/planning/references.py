"""What resources refer to: whether it exists once the plan is done, and what must come first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from reconciler.errors import Problem
from reconciler.kinds.address import Address, identity, name_of, parent_of
from reconciler.kinds.base import Reference
from reconciler.live.platform import Directory, Snapshot
from reconciler.manifests.desired import DesiredResource

_DIRECTORY = ("users", "connectors", "forms")


def dangling(
    desired: Iterable[DesiredResource], exists: Callable[[str], bool], live: Snapshot
) -> list[Problem]:
    """A problem for every declared reference whose target will not be there.

    `exists` takes an address and answers for managed collections as they will be. What could
    not be read is not known to be missing.
    """
    problems: list[Problem] = []
    for wanted in desired:
        for reference in wanted.kind.references(wanted.address, wanted.fields):
            if not _resolves(reference, exists, live):
                problems.append(_problem(wanted, reference, live))
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


def _problem(wanted: DesiredResource, reference: Reference, live: Snapshot) -> Problem:
    target = reference.candidates[-1]
    names = _names_like(target, live)
    near = get_close_matches(reference.name, names, n=1)
    where = f"{wanted.address}: {reference.path}"
    hint = f"did you mean '{near[0]}'?" if near else _what_there_is(reference, names)
    return Problem(
        wanted.source.file,
        wanted.source.line,
        wanted.source.column,
        f"{where} names the {reference.noun} '{reference.name}', which does not exist",
        hint,
    )


def _names_like(target: Address, live: Snapshot) -> list[str]:
    collection = parent_of(target)
    directory = live.directory
    if collection == "connectors":
        return [c.name for c in (directory.connectors or {}).values()]
    if collection in ("users", "forms"):
        listed = directory.users if collection == "users" else directory.forms
        return list((listed or {}).values())
    folder = collection.casefold()
    return [name_of(one.address) for key, one in live.resources.items() if parent_of(key) == folder]


def _what_there_is(reference: Reference, names: list[str]) -> str:
    if not names:
        return f"the platform has no {reference.noun} at all"
    shown = ", ".join(sorted(names)[:8])
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"there are {shown}{more}"


def targets(references: Iterator[Reference]) -> Iterator[str]:
    """The identities that references may mean, nearest scope first."""
    for reference in references:
        for address in reference.candidates:
            yield identity(address)

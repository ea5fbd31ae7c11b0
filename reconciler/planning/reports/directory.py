"""What manifests may refer to and cannot manage: users, connectors, forms, and their numbers.

Each name has its uses by live campaigns, and how manifests write it where the environment maps it.
A number is free only when every channel could be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from reconciler.kinds.address import Address, campaign_of, identity
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.members import MEMBERS
from reconciler.kinds.name_lists import names_in
from reconciler.live.platform import Connector, LiveResource, Snapshot
from reconciler.message import Message

_NamesOf: TypeAlias = Callable[[LiveResource], Iterable[str]]
"""The names that a live resource refers to."""


class Section(StrEnum):
    """A part of the directory."""

    USERS = "users"
    CONNECTORS = "connectors"
    FORMS = "forms"
    NUMBERS = "numbers"


class NumberState(StrEnum):
    """Whether a channel has a number."""

    FREE = "free"
    USED = "used"
    UNKNOWN = "unknown"
    """No channel that could be read has it, and some could not be read."""


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A user, a connector or a form, with the addresses that refer to it."""

    name: str
    written_as: tuple[str, ...]
    """The other names that manifests of this environment use for it."""
    used_by: tuple[Address, ...]
    type: str = ""
    """The channel type of a connector; "" for others."""
    numbers: int = 0
    """How many numbers a connector has."""


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """A number of a connector, for the channels of its type."""

    number: str
    connector: str
    type: str
    state: NumberState
    written_as: tuple[str, ...]
    used_by: tuple[Address, ...]
    """The channels that have it."""
    disabled: tuple[Address, ...]
    """Those of them that are disabled."""


@dataclass(frozen=True, slots=True)
class DirectoryReport:
    """One part of the directory. `entries` is None when the platform does not let it be read."""

    section: Section
    entries: tuple[DirectoryEntry, ...] | None = ()
    numbers: tuple[NumberEntry, ...] = ()
    unread: tuple[tuple[str, Message], ...] = ()
    """Where uses are unknown, and why."""


def directory_report(
    section: Section, live: Snapshot, maps: Mapping[str, Mapping[str, str]]
) -> DirectoryReport:
    """The report of one part. `maps` is the environment's `map:`."""
    unread = tuple(_unread(section, live))
    written_as = _written_as(maps.get(section.value, {}))
    if section is Section.NUMBERS:
        connectors = live.directory.connectors
        if connectors is None:
            return DirectoryReport(section, None)
        numbers = _numbers(connectors.values(), live, written_as, is_whole=not unread)
        return DirectoryReport(section, numbers=tuple(numbers), unread=unread)
    found = _entries(section, live, written_as)
    return DirectoryReport(section, found, unread=unread)


def _unread(section: Section, live: Snapshot) -> Iterator[tuple[str, Message]]:
    """The unreadable parts that may refer to a name of the section."""
    part = {Section.USERS: MEMBERS, Section.FORMS: None}.get(section, CHANNEL)
    for address, why in live.unread():
        is_part = part is not None and f"/{part.collection}" in address
        if is_part or (address.startswith("campaigns") and address.count("/") <= 1):
            yield address, why


def _written_as(mapped: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The manifests' names, by identity of the platform's name."""
    found: dict[str, list[str]] = {}
    for written, name in sorted(mapped.items()):
        if written != name:
            found.setdefault(identity(name), []).append(written)
    return {key: tuple(names) for key, names in found.items()}


def _entries(
    section: Section, live: Snapshot, written_as: Mapping[str, tuple[str, ...]]
) -> tuple[DirectoryEntry, ...] | None:
    directory = live.directory
    if section is Section.CONNECTORS:
        if directory.connectors is None:
            return None
        uses = _uses(live, _connectors_of)
        connectors = sorted(directory.connectors.items())
        return tuple(
            DirectoryEntry(
                connector.name,
                written_as.get(key, ()),
                uses.get(key, ()),
                connector.type,
                len(connector.numbers),
            )
            for key, connector in connectors
        )
    names = directory.users if section is Section.USERS else directory.forms
    if names is None:
        return None
    uses = _uses(live, _users_of if section is Section.USERS else _forms_of)
    return tuple(
        DirectoryEntry(name, written_as.get(key, ()), uses.get(key, ()))
        for key, name in sorted(names.items())
    )


def _uses(live: Snapshot, names_of: _NamesOf) -> dict[str, tuple[Address, ...]]:
    found: dict[str, list[Address]] = {}
    for resource in live.resources.values():
        for name in names_of(resource):
            found.setdefault(identity(name), []).append(resource.address)
    return {key: tuple(sorted(addresses)) for key, addresses in found.items()}


def _users_of(resource: LiveResource) -> Iterable[str]:
    if resource.kind is not MEMBERS:
        return ()
    members = resource.fields.get("members")
    entries = members if isinstance(members, list) else []
    return [str(entry["user"]) for entry in entries if isinstance(entry, dict)]


def _forms_of(resource: LiveResource) -> Iterable[str]:
    return names_in(resource.fields.get("forms")) if resource.kind.holds_resources else ()


def _connectors_of(resource: LiveResource) -> Iterable[str]:
    connector = resource.fields.get("connector") if resource.kind is CHANNEL else None
    return [connector] if isinstance(connector, str) else ()


def _numbers(
    connectors: Iterable[Connector],
    live: Snapshot,
    written_as: Mapping[str, tuple[str, ...]],
    *,
    is_whole: bool,
) -> Iterator[NumberEntry]:
    users: dict[tuple[str, str], list[LiveResource]] = {}
    for resource in live.resources.values():
        if resource.kind.has_numbers:
            channel_type = resource.address.rpartition("/")[2]
            for number in names_in(resource.fields.get("numbers")):
                users.setdefault((channel_type, number), []).append(resource)
    free = NumberState.FREE if is_whole else NumberState.UNKNOWN
    for connector in sorted(connectors, key=lambda each: identity(each.name)):
        for number in sorted(connector.numbers):
            channels = users.get((connector.type, number), [])
            yield NumberEntry(
                number,
                connector.name,
                connector.type,
                NumberState.USED if channels else free,
                written_as.get(identity(number), ()),
                tuple(channel.address for channel in channels),
                tuple(each.address for each in channels if not _is_enabled(each, live)),
            )


def _is_enabled(channel: LiveResource, live: Snapshot) -> bool:
    campaign = live.find(campaign_of(channel.address) or "")
    is_campaign_enabled = campaign is None or campaign.fields.get("enabled") is not False
    return is_campaign_enabled and channel.fields.get("enabled") is True

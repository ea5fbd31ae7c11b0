"""The users, connectors, forms or numbers that manifests may refer to, one row each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from reconciler.planning.reports.directory import (
    DirectoryEntry,
    DirectoryReport,
    NumberEntry,
    NumberState,
    Section,
)
from reconciler.text import counted, visible
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.table import table
from reconciler.views.style.view import View

_USES_SHOWN = 3
_NOUNS = {
    Section.USERS: "user",
    Section.CONNECTORS: "connector",
    Section.FORMS: "form",
    Section.NUMBERS: "number",
}


def platform_text(report: DirectoryReport, view: View) -> str:
    """A table; for numbers, the free ones are counted."""
    if report.entries is None:
        return view.paint.caution(f"This token may not read the {report.section.value}.") + "\n"
    rows = (
        [_number_row(entry, view) for entry in report.numbers]
        if report.section is Section.NUMBERS
        else [_row(entry, report.section, view) for entry in report.entries]
    )
    lines = [view.paint.strong(_title(report)), ""]
    titles = _titles(report.section)
    if not any(row[-1] for row in rows):  # no name is mapped
        titles, rows = titles[:-1], [row[:-1] for row in rows]
    if rows:
        lines.extend(table(titles, rows, view.paint))
    for address, why in report.unread:
        what = f"{view.address(address)} ({view.message(why)})"
        lines.append(view.paint.caution(f"Could not be read, so uses may be missing: {what}"))
    return "\n".join(lines) + "\n"


def _title(report: DirectoryReport) -> str:
    noun = _NOUNS[report.section]
    if report.section is not Section.NUMBERS:
        return f"{counted(len(report.entries or ()), noun)}."
    free = sum(1 for entry in report.numbers if entry.state is NumberState.FREE)
    unknown = sum(1 for entry in report.numbers if entry.state is NumberState.UNKNOWN)
    more = f", {unknown:,} perhaps free" if unknown else f", {free:,} free"
    return f"{counted(len(report.numbers), noun)}{more}."


def _titles(section: Section) -> tuple[str, ...]:
    if section is Section.NUMBERS:
        return "Number", "Type", "Connector", "Used by", "In manifests"
    if section is Section.CONNECTORS:
        return "Name", "Type", "Numbers", "Used by", "In manifests"
    return "Name", "Used by", "In manifests"


def _row(entry: DirectoryEntry, section: Section, view: View) -> tuple[str, ...]:
    name, uses, written = visible(entry.name), _uses(entry.used_by, view), _written(entry)
    if section is Section.CONNECTORS:
        return name, visible(entry.type), f"{entry.numbers:,}", uses, written
    return name, uses, written


def _number_row(entry: NumberEntry, view: View) -> tuple[str, ...]:
    match entry.state:
        case NumberState.USED:
            uses = _uses(entry.used_by, view)
            uses += " (disabled)" if entry.disabled == entry.used_by else ""
        case NumberState.FREE:
            uses = "free"
        case NumberState.UNKNOWN:
            uses = "unknown"
    number, connector = visible(entry.number), visible(entry.connector)
    return number, visible(entry.type), connector, uses, _written(entry)


def _uses(addresses: Sequence[str], view: View) -> str:
    return view.addresses(addresses, _USES_SHOWN) if addresses else "·"


def _written(entry: DirectoryEntry | NumberEntry) -> str:
    return ", ".join(visible(name) for name in entry.written_as)


class DirectoryEntryDocument(TypedDict):
    """A user, a connector or a form."""

    name: str
    written_as: list[str]
    """Other names that manifests of this environment use for it, from `map:`."""
    used_by: list[str]
    """The addresses of the resources that refer to it."""
    type: NotRequired[str]
    """The channel type of a connector."""
    numbers: NotRequired[int]
    """How many numbers a connector has."""


class NumberDocument(TypedDict):
    """A number of a connector."""

    number: str
    connector: str
    type: str
    """The channel type."""
    state: Literal["free", "used", "unknown"]
    """`unknown` when a channel that may have it could not be read."""
    written_as: list[str]
    used_by: list[str]
    """The channels that have it."""
    disabled: list[str]
    """Those of them that are disabled."""


class UnreadUsesDocument(TypedDict):
    """A part of the platform that could not be read."""

    address: str
    reason: str


class DirectoryDocument(TypedDict):
    """What manifests may refer to, as `reconciler platform … --format json` prints it."""

    format: Literal["reconciler.platform/1"]
    section: Literal["users", "connectors", "forms", "numbers"]
    is_readable: bool
    """Whether the token may read it."""
    entries: list[DirectoryEntryDocument]
    """Users, connectors or forms."""
    numbers: list[NumberDocument]
    unread: list[UnreadUsesDocument]
    """Where uses are unknown."""


def platform_json(report: DirectoryReport, view: View) -> bytes:
    """The same as JSON."""
    return json_bytes(
        DirectoryDocument(
            format="reconciler.platform/1",
            section=report.section.value,
            is_readable=report.entries is not None,
            entries=list(_entry_documents(report)),
            numbers=[_number_document(entry) for entry in report.numbers],
            unread=[
                UnreadUsesDocument(
                    address=view.masker.address(address), reason=view.masker.message(why)
                )
                for address, why in report.unread
            ],
        )
    )


def _entry_documents(report: DirectoryReport) -> Iterator[DirectoryEntryDocument]:
    for entry in report.entries or ():
        document = DirectoryEntryDocument(
            name=entry.name, written_as=list(entry.written_as), used_by=list(entry.used_by)
        )
        if report.section is Section.CONNECTORS:
            document["type"], document["numbers"] = entry.type, entry.numbers
        yield document


def _number_document(entry: NumberEntry) -> NumberDocument:
    return NumberDocument(
        number=entry.number,
        connector=entry.connector,
        type=entry.type,
        state=entry.state.value,
        written_as=list(entry.written_as),
        used_by=list(entry.used_by),
        disabled=list(entry.disabled),
    )

"""Checks on a resource's fields and on writes, for every kind. The kinds declare the details."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue, ValidationError

from reconciler.kinds.address import Address, identity, join, name_of
from reconciler.kinds.base import Fields, Kind, Reference
from reconciler.kinds.name_lists import names_in, without_name
from reconciler.kinds.values.customers import comparable_number
from reconciler.kinds.values.refusal import messages_in, with_hint
from reconciler.sandbox.problems import FieldError, Refusal, invalid, invalid_field
from reconciler.sandbox.store.session import Link, Session, Stored
from reconciler.sandbox.store.tables import RESOURCES

_DIRECTORY = frozenset({"users", "connectors", "forms"})


def complete(kind: Kind, address: Address, fields: Mapping[str, object]) -> Fields:
    """All fields in normal form, with defaults. Raises 422 that lists every wrong field."""
    try:
        return kind.with_defaults(address, fields)
    except ValidationError as error:
        raise field_errors(error) from error


def field_errors(error: ValidationError) -> Refusal:
    """The 422 with the message of each wrong field."""
    return invalid(list(_field_errors(error)))


def _field_errors(error: ValidationError) -> Iterator[FieldError]:
    seen = set()
    for problem in error.errors(include_url=False):
        path = ""
        for part in problem["loc"]:
            if isinstance(part, int):
                path += f"[{part}]"
            elif "[" not in part:  # pydantic adds the union branch it tried: literal['…']
                path += f".{part}" if path else part
        found = messages_in(problem.get("ctx"))
        message = with_hint(*found) if found else problem["msg"]
        if (path, message) not in seen:
            seen.add((path, message))
            yield {"path": path, "message": message}


def check_immutable(kind: Kind, before: Fields, after: Fields) -> None:
    """Refuse changes to immutable fields. Raises 422."""
    changed = [name for name in sorted(kind.immutable) if before.get(name) != after.get(name)]
    if changed:
        message = f"cannot change after the {kind.noun} is created"
        raise invalid([{"path": name, "message": message} for name in changed], "immutable")


def check_references(session: Session, kind: Kind, address: Address, fields: Fields) -> None:
    """Refuse references to missing resources, and unavailable numbers. Raises 422 or 409."""
    references = list(kind.references(address, fields))
    session.load(candidate for reference in references for candidate in reference.candidates)
    unknown: list[FieldError] = [
        {
            "path": reference.path,
            "message": f"the {reference.noun} '{reference.name}' does not exist",
        }
        for reference in references
        if not any(session.find(candidate) for candidate in reference.candidates)
    ]
    if unknown:
        raise invalid(unknown, "unknown-reference")
    if kind.has_numbers:
        _check_connector(session, address, fields)


def _check_connector(session: Session, address: Address, fields: Fields) -> None:
    connector = fields.get("connector")
    if not isinstance(connector, str):
        if fields.get("numbers"):
            raise invalid_field("numbers", "numbers need a connector: set one")
        return
    stored = session.find(join("connectors", connector))
    document = stored.document() if stored is not None else {}
    channel, connector_type = name_of(address), document.get("type")
    if connector_type != channel:
        message = f"the connector '{connector}' is for {connector_type}, not for {channel}"
        raise invalid_field("connector", message)
    offered = {comparable_number(number) for number in names_in(document.get("numbers"))}
    _check_numbers(session, address, fields, connector, offered)


def _check_numbers(
    session: Session, address: Address, fields: Fields, connector: str, offered: set[str]
) -> None:
    foreign: list[FieldError] = [
        {
            "path": f"numbers[{number}]",
            "message": f"the connector '{connector}' does not have {number}",
        }
        for number in names_in(fields.get("numbers"))
        if number not in offered
    ]
    if foreign:
        raise invalid(foreign, "unknown-reference")
    own = session.find(address)
    for number in names_in(fields.get("numbers")):
        for seq, _ in session.sources(number_key(address, number)):
            if own is None or seq != own.seq:
                raise _number_taken(session, seq, number)


def _number_taken(session: Session, seq: int, number: str) -> Refusal:
    holder = session.rows(RESOURCES.c.seq == seq)[0].address
    return Refusal(
        409,
        "number-in-use",
        f"{number} already serves {holder}: a number serves one campaign per channel type",
        errors=[{"path": f"numbers[{number}]", "message": f"serves {holder}"}],
        extra={"holder": holder},
    )


def number_key(address: Address, number: str) -> str:
    """The link target that marks a number as taken for a channel type; not an address."""
    return f"numbers/{name_of(address)}/{number}"


def links_of(kind: Kind, address: Address, fields: Mapping[str, JsonValue]) -> list[Link]:
    """The links of a resource: references to deletable resources, and its numbers."""
    links = [
        Link(reference.path, rank, identity(candidate))
        for reference in kind.references(address, fields)
        for rank, candidate in enumerate(reference.candidates)
        if candidate.partition("/")[0] not in _DIRECTORY
    ]
    if kind.has_numbers:
        links += [
            Link(f"numbers[{number}]", 0, number_key(address, number))
            for number in names_in(fields.get("numbers"))
        ]
    return links


def without(fields: Fields, reference: Reference) -> Fields:
    """The fields without one reference."""
    field = reference.field
    return {**fields, field: without_name(fields[field], reference.name)}


def check_match(stored: Stored, etag: str, if_match: str | None) -> None:
    """Refuse a write that was prepared for another version. Raises 412."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag not in [accepted.strip() for accepted in if_match.split(",")]:
        raise Refusal(
            412,
            "stale",
            f"{stored.address} changed: its ETag is now {etag}",
            extra={"etag": etag},
        )


def check_unused(usage: Mapping[Address, Mapping[str, object]]) -> None:
    """Refuse a `require_unused` delete of a resource in use. Raises 409."""
    used = {address: facts for address, facts in usage.items() if in_use(facts)}
    if used:
        address = next(iter(used))
        raise Refusal(409, "in-use", f"{address} is in use", extra={"usage": used[address]})


def in_use(usage: Mapping[str, object]) -> bool:
    """Whether anything refers to the resource, or used it recently or uses it now."""
    return any(
        usage[name]
        for name in (
            "referrers",
            "recent_interactions",
            "agents_now",
            "open_interactions",
            "interactions_total",
        )
    )


def check_deletable(kind: Kind, stored: Stored) -> None:
    """Refuse to delete a system default. Raises 409."""
    if kind.is_system_default(stored.address):
        raise Refusal(
            409,
            "system-default",
            f"{stored.address} is a system default and cannot be deleted",
        )

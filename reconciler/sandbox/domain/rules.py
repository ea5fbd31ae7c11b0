"""What the platform refuses about a resource's fields, for whatever kind: the kind itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue, ValidationError

from reconciler.kinds.address import Address, identity, join, name_of
from reconciler.kinds.base import Fields, Kind, Reference
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.name_lists import names_in, without_name
from reconciler.kinds.values.customers import comparable_number
from reconciler.sandbox.problems import FieldError, Refusal, invalid, invalid_field
from reconciler.sandbox.store.session import Link, Session, Stored
from reconciler.sandbox.store.tables import RESOURCES

_UNMANAGED = frozenset({"users", "connectors", "forms"})


def complete(kind: Kind, address: Address, fields: Mapping[str, object]) -> Fields:
    """The fields in complete normal form. Raises 422 with every field that is wrong."""
    try:
        return kind.with_defaults(address, fields)
    except ValidationError as error:
        raise field_errors(error) from error


def field_errors(error: ValidationError) -> Refusal:
    """The 422 that says what is wrong with each field."""
    return invalid(list(_field_errors(error)))


def _field_errors(error: ValidationError) -> Iterator[FieldError]:
    seen = set()
    for one in error.errors(include_url=False, include_context=False):
        path = ""
        for part in one["loc"]:
            if isinstance(part, int):
                path += f"[{part}]"
            elif "[" not in part:  # pydantic names the branch of a union it tried: literal['…']
                path += f".{part}" if path else part
        message = one["msg"].removeprefix("Value error, ")
        if (path, message) not in seen:
            seen.add((path, message))
            yield {"path": path, "message": message}


def clean_name(kind: Kind, name: str) -> str:
    """A new resource's name in normal form. Raises 422."""
    try:
        return kind.clean_identity(name)
    except ValueError as error:
        raise invalid_field(kind.identity, str(error)) from error


def check_immutable(kind: Kind, before: Fields, after: Fields) -> None:
    """Refuse changes of what is set for good."""
    changed = [name for name in sorted(kind.immutable) if before.get(name) != after.get(name)]
    if changed:
        message = f"cannot be changed once a {kind.noun} exists"
        raise invalid([{"path": name, "message": message} for name in changed], "immutable")


def check_references(session: Session, kind: Kind, address: Address, fields: Fields) -> None:
    """Refuse names of what does not exist, and numbers that are not to be had."""
    references = list(kind.references(address, fields))
    session.load(candidate for one in references for candidate in one.candidates)
    unknown: list[FieldError] = [
        {"path": one.path, "message": f"there is no {one.noun} '{one.name}'"}
        for one in references
        if not any(session.find(candidate) for candidate in one.candidates)
    ]
    if unknown:
        raise invalid(unknown, "unknown-reference")
    if kind is CHANNEL:
        _check_line(session, address, fields)


def _check_line(session: Session, address: Address, fields: Fields) -> None:
    connector = fields.get("connector")
    if not isinstance(connector, str):
        if fields.get("numbers"):
            raise invalid_field("numbers", "numbers come from a connector, and none is set")
        return
    line = session.find(join("connectors", connector))
    document = line.document() if line is not None else {}
    channel, used_for = name_of(address), document.get("type")
    if used_for != channel:
        message = f"the connector '{connector}' is for {used_for}, not for {channel}"
        raise invalid_field("connector", message)
    offered = {comparable_number(number) for number in names_in(document.get("numbers"))}
    _check_numbers(session, address, fields, connector, offered)


def _check_numbers(
    session: Session, address: Address, fields: Fields, connector: str, offered: set[str]
) -> None:
    foreign: list[FieldError] = [
        {"path": f"numbers[{number}]", "message": f"the connector '{connector}' has no {number}"}
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
        f"{number} serves {holder} already: a number serves one campaign a channel type",
        errors=[{"path": f"numbers[{number}]", "message": f"serves {holder}"}],
        extra={"holder": holder},
    )


def number_key(address: Address, number: str) -> str:
    """Where a link says that a channel's type has a number; no resource lives there."""
    return f"numbers/{name_of(address)}/{number}"


def links_of(kind: Kind, address: Address, fields: Mapping[str, JsonValue]) -> list[Link]:
    """What a resource's fields name, of what can go away, and the numbers it holds."""
    links = [
        Link(one.path, rank, identity(candidate))
        for one in kind.references(address, fields)
        for rank, candidate in enumerate(one.candidates)
        if candidate.partition("/")[0] not in _UNMANAGED
    ]
    if kind is CHANNEL:
        links += [
            Link(f"numbers[{number}]", 0, number_key(address, number))
            for number in names_in(fields.get("numbers"))
        ]
    return links


def without(fields: Fields, reference: Reference) -> Fields:
    """The fields with one reference dropped."""
    field = reference.field
    return {**fields, field: without_name(fields[field], reference.name)}


def check_match(stored: Stored, etag: str, if_match: str | None) -> None:
    """Refuse a write that was made for another version. Raises 412."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag not in [one.strip() for one in if_match.split(",")]:
        raise Refusal(
            412,
            "stale",
            f"{stored.address} has changed since: it is {etag} now",
            extra={"etag": etag},
        )


def check_unused(usage: Mapping[Address, Mapping[str, object]]) -> None:
    """Refuse a delete that asked for being refused when in use. Raises 409."""
    used = {address: one for address, one in usage.items() if in_use(one)}
    if used:
        address = next(iter(used))
        raise Refusal(409, "in-use", f"{address} is in use", extra={"usage": used[address]})


def in_use(usage: Mapping[str, object]) -> bool:
    """Whether anybody would notice."""
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
    """Refuse to delete the platform's own. Raises 409."""
    if kind.is_system_default(stored.address):
        raise Refusal(
            409,
            "system-default",
            f"{stored.address} is one of the platform's defaults and cannot be deleted",
        )

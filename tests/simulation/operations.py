"""The operations of the simulated platform, and its refusals. A refusal changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import JsonValue

from reconciler.kinds.address import Address, child, encode, identity, join, name_of, parent_of
from reconciler.kinds.base import Fields, Kind, Life, Renaming, no_references
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.channel import CHANNEL
from reconciler.kinds.members import MEMBERS
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import AddressParts, address_of
from reconciler.kinds.values.channel_types import CHANNEL_TYPES
from reconciler.live.platform import Answer, Outcome, Request
from tests.simulation.forms import Refused, complete, form_of, merged, place, without
from tests.simulation.rows import Row

if TYPE_CHECKING:
    from tests.simulation.simulated_platform import Platform

_RIGHTS = {
    "get": "view",
    "create": "create",
    "patch": "update",
    "put": "update",
    "delete": "delete",
    "rename": "update",
}

Body = Mapping[str, JsonValue]


def carried_out(platform: Platform, user: str, request: Request) -> Outcome:
    """Perform an operation. Raises Refused."""
    right = _RIGHTS[request.operation]
    at = _placed(request.address)
    section = at.kind.permission_section
    if not platform.may(user, section, right):
        raise Refused(403, "forbidden", f"{user} lacks {right} on {section}")
    if request.operation == "create":
        made = _create(platform, at, {} if request.body is None else request.body)
        return Outcome(Answer.DONE, 201, made.live)
    row = located(platform, request.address)
    if request.operation == "get":
        return Outcome(Answer.DONE, 200, row.live)
    if request.operation == "delete":
        _delete(platform, row, request.if_match)
        return Outcome(Answer.DONE, 204)
    if request.body is None:
        raise Refused(400, "malformed", "the body is a JSON object")
    if request.operation == "put" and row.live.kind.life is not Life.ORDERED_LIST:
        raise Refused(405, "method-not-allowed", f"a {row.live.kind.noun} is patched")
    _check_match(row, request.if_match)
    write = {"patch": _patch, "put": _put, "rename": _rename}[request.operation]
    return Outcome(Answer.DONE, 200, write(platform, row, request.body).live)


def located(platform: Platform, address: str) -> Row:
    """The row at an address, with a customer in any spelling. Raises Refused."""
    at = _placed(address)
    names = at.names
    if at.kind.is_personal:
        with suppress(ValueError):
            names = (at.kind.clean_identity(names[0]),)
    row = platform.find(address_of(at.kind, at.campaign, *names))
    if row is None:
        raise Refused(404, "not-found", f"there is no {address}")
    return row


def _placed(address: str) -> AddressParts:
    try:
        return place(address)
    except ValueError as error:
        raise Refused(404, "not-found", str(error)) from error


# ---- writes ------------------------------------------------------------------------------


def _create(platform: Platform, at: AddressParts, body: Body) -> Row:
    kind = at.kind
    if kind.life is not Life.ENTRY:
        raise Refused(405, "not-creatable", f"a {kind.noun} comes with its campaign")
    address, campaign = _vacant(platform, at)
    form = complete(kind, address, merged({}, body, kind.replaced_whole))
    _check_references(platform, kind, address, form.fields)
    made = platform.add(kind, address, campaign, form)
    if kind is CAMPAIGN:
        for own, where in _belongings(address):
            platform.add(own, where, name_of(address), complete(own, where, {}))
    platform.note(made, "create", None, form.fields)
    return made


def _vacant(platform: Platform, at: AddressParts) -> tuple[Address, str | None]:
    """The address of a new resource, with its parents spelled as stored, and its campaign."""
    campaign, parent = None, at.kind.collection
    if at.campaign is not None:
        owner = _parent(platform, join("campaigns", at.campaign)).live.address
        campaign, parent = name_of(owner), child(owner, at.kind.collection)
    if len(at.names) > 1:
        upper = parent_of(address_of(at.kind, at.campaign, *at.names))
        parent = _parent(platform, upper).live.address
    address = child(parent, _clean(at.kind, at.names[-1]))
    if platform.find(address) is not None:
        raise Refused(409, "already-exists", f"{address} exists already")
    return address, campaign


def _parent(platform: Platform, address: str) -> Row:
    row = platform.find(address)
    if row is None:
        raise Refused(404, "parent-not-found", f"there is no {address}")
    return row


def _belongings(campaign: Address) -> Iterator[tuple[Kind, Address]]:
    for channel in CHANNEL_TYPES:
        yield CHANNEL, child(campaign, "channels", channel)
    yield MEMBERS, child(campaign, "members")


def _patch(platform: Platform, row: Row, body: Body) -> Row:
    kind = row.live.kind
    if not kind.field_names(row.live.address):
        raise Refused(405, "not-editable", f"a {kind.noun} exists or it does not")
    return _replace(platform, row, merged(row.live.fields, body, kind.replaced_whole))


def _put(platform: Platform, row: Row, body: Body) -> Row:
    return _replace(platform, row, dict(body))


def _replace(platform: Platform, row: Row, wanted: Fields) -> Row:
    kind, address, before = row.live.kind, row.live.address, row.live.fields
    form = complete(kind, address, wanted)
    for name in sorted(kind.immutable):
        if before.get(name) != form.fields.get(name):
            raise Refused(422, "immutable", f"{name}: cannot be changed once it exists")
    _check_references(platform, kind, address, form.fields)
    return platform.change(row, form)


def _rename(platform: Platform, row: Row, body: Body) -> Row:
    old, kind = row.live.address, row.live.kind
    if kind.renaming is not Renaming.IN_PLACE:
        raise Refused(422, "not-renamable", f"a {kind.noun} cannot be renamed")
    name = body.get("name")
    if not isinstance(name, str) or len(body) != 1:
        raise Refused(422, "invalid", 'a rename\'s body is {"name": "<new name>"}')
    name = _clean(kind, name)
    if name == name_of(old):
        return row
    new = Address(f"{parent_of(old)}/{encode(name)}")
    if identity(new) != identity(old) and platform.find(new) is not None:
        raise Refused(409, "already-exists", f"{new} exists already")
    return platform.move(old, new)


def _delete(platform: Platform, row: Row, if_match: str | None) -> None:
    kind, address = row.live.kind, row.live.address
    if kind.life is not Life.ENTRY:
        raise Refused(405, "not-deletable", f"a {kind.noun} exists as long as its campaign")
    _check_match(row, if_match)
    if kind.is_system_default(address):
        raise Refused(409, "system-default", f"{address} is one of the platform's defaults")
    gone = [row, *(platform.below(address) if kind.is_tree or kind is CAMPAIGN else ())]
    if kind is CAMPAIGN:
        platform.traffic.forget_campaign(name_of(address))
    platform.remove(gone)
    keys = {identity(item.live.address) for item in gone}
    for referrer in platform.naming(keys):
        _drop_names(platform, referrer, keys)


def _drop_names(platform: Platform, row: Row, gone: set[str]) -> None:
    """Take deleted names out of a referrer, unless the name still means something: a campaign's
    own template that is deleted may leave a global one of its name."""
    fields = row.live.fields
    for reference in list(row.live.kind.references(row.live.address, fields)):
        meant = [identity(candidate) for candidate in reference.candidates]
        if any(key in gone for key in meant) and not any(key in platform.rows for key in meant):
            fields = without(fields, reference)
    platform.change(row, form_of(fields))


# ---- refusals ----------------------------------------------------------------------------


def _clean(kind: Kind, name: str) -> str:
    try:
        return kind.clean_identity(name)
    except ValueError as error:
        raise Refused(422, "invalid", f"{kind.identity}: {error}") from error


def _check_match(row: Row, if_match: str | None) -> None:
    if if_match is None or if_match.strip() == "*":
        return
    if row.live.etag not in [word.strip() for word in if_match.split(",")]:
        raise Refused(412, "stale", f"{row.live.address} has changed since")


def _check_references(platform: Platform, kind: Kind, address: Address, fields: Fields) -> None:
    if kind.references is no_references:
        return
    for reference in kind.references(address, fields):
        if not any(map(platform.knows, reference.candidates)):
            detail = f"{reference.path}: there is no {reference.noun} '{reference.name}'"
            raise Refused(422, "unknown-reference", detail)
    if kind is CHANNEL:
        _check_line(platform, address, fields)


def _check_line(platform: Platform, address: Address, fields: Fields) -> None:
    """Check that the connector has the channel's type, and that the numbers are free."""
    named, numbers = fields.get("connector"), list(names_in(fields.get("numbers")))
    if not isinstance(named, str):
        if numbers:
            raise Refused(422, "invalid", "numbers: numbers come from a connector")
        return
    connector, channel = platform.connectors[identity(named)], name_of(address)
    if connector.type != channel:
        detail = f"connector: '{named}' is for {connector.type}, not for {channel}"
        raise Refused(422, "invalid", detail)
    for number in numbers:
        if number not in connector.numbers:
            raise Refused(422, "unknown-reference", f"numbers: '{named}' has no {number}")
    for number in numbers:
        for holder in platform.naming({_number_key(address, number)}):
            if identity(holder.live.address) != identity(address):
                detail = f"{number} serves {holder.live.address} already"
                raise Refused(409, "number-in-use", detail)


def names_of(kind: Kind, address: Address, fields: Fields) -> frozenset[str]:
    """The identities of referenced resources, and the numbers, which are not valid addresses."""
    if kind.references is no_references:
        return frozenset()
    named = {
        identity(candidate)
        for reference in kind.references(address, fields)
        for candidate in reference.candidates
    }
    if kind is CHANNEL:
        named |= {_number_key(address, item) for item in names_in(fields.get("numbers"))}
    return frozenset(named)


def _number_key(address: Address, number: str) -> str:
    return f"numbers/{name_of(address)}/{number}"

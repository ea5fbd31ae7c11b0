"""Parse the platform's JSON into the port's values, and turn operations into JSON.

Each resource is validated strictly (text is not a number) and put in normal form. A missing field
gets its default. A resource with an invalid value is unreadable by itself. A list is refused as a
whole when an item is listed twice or does not belong in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import orjson
from pydantic import JsonValue, ValidationError

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Body, Fields, Kind, Life, Scope
from reconciler.kinds.registry import KINDS, about, parse_address, place
from reconciler.live.http.failures import answer_of, problem_words
from reconciler.live.platform import (
    LiveResource,
    Outcome,
    Request,
    UnreadResource,
)
from reconciler.message import Message, as_message
from reconciler.text import first_of

_EXCERPT = 300
_MAX_REASONS = 4

Json = Mapping[str, JsonValue]


class Unparsable(ValueError):
    """JSON of another shape than expected; the message names the place."""

    def __init__(self, message: str | Message) -> None:
        self.message = as_message(message)
        super().__init__(message)


class Unreadable(Unparsable):
    """A resource with a valid address and invalid values."""

    def __init__(self, address: Address, why: Message) -> None:
        self.address = address
        self.why = about(why, address)
        super().__init__(Message.of("'{address}': {why}", address=place(address), why=self.why))


@dataclass(frozen=True, slots=True)
class Listed:
    """A collection by identity: its resources, and its unreadable resources."""

    resources: dict[str, LiveResource] = field(default_factory=dict)
    unreadable: dict[str, UnreadResource] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.resources or key in self.unreadable

    def __len__(self) -> int:
        return len(self.resources) + len(self.unreadable)

    def addresses(self) -> dict[str, Address]:
        """The addresses of all resources, readable or not."""
        readable = {key: one.address for key, one in self.resources.items()}
        return readable | {key: one.address for key, one in self.unreadable.items()}


@cache
def _body_of(kind: str, last_name: str) -> tuple[type[Body], tuple[str, ...]]:
    found = KINDS.named(kind)
    if found is None:
        raise Unparsable(f"the kind {kind} does not exist")
    try:
        return found.body_of(last_name), found.field_names(last_name)
    except KeyError:
        known = ", ".join(found.bodies)
        raise Unparsable(
            f"'{last_name}' is not a {found.noun} that reconciler supports: it supports {known}"
        ) from None


def live_resource(kind: Kind, item: JsonValue) -> LiveResource:
    """One resource. Raises Unreadable for invalid values, Unparsable without an address."""
    if not isinstance(item, dict):
        raise Unparsable(f"an item is not an object but {_type_of(item)}")
    address, etag = item.get("address"), item.get("etag")
    if not isinstance(address, str):
        raise Unparsable(f"the address of an item is not text but {_type_of(address)}")
    if not isinstance(etag, str):
        raise Unparsable(
            Message.of("an item lacks its etag (address: '{address}')", address=place(address))
        )
    fields = _fields(kind, Address(address), item)
    updated_at, updated_by = item.get("updated_at"), item.get("updated_by")
    return LiveResource(
        Address(address),
        kind,
        fields,
        etag,
        updated_at if isinstance(updated_at, str) else "",
        updated_by if isinstance(updated_by, str) else "",
    )


def _fields(kind: Kind, address: Address, item: Json) -> Fields:
    """The writable fields in normal form. Raises Unreadable."""
    last_name = "" if "" in kind.bodies else address.rpartition("/")[2]
    try:
        body, names = _body_of(kind.name, last_name)
    except Unparsable as error:
        raise Unreadable(address, error.message) from error
    if not names:
        return {}
    given: Fields = {name: item[name] for name in names if name in item}
    try:
        sound = body.model_validate_json(orjson.dumps(given), strict=True)
    except ValidationError as error:
        if len(given) == len(names) and not kind.keyed_lists and _is_of_several_fields(error):
            return given
        raise Unreadable(address, _what_is_wrong(kind, error)) from error
    except (TypeError, ValueError) as error:
        why = Message.plain("the platform sends text that is not UTF-8")
        raise Unreadable(address, why) from error
    if vars(sound) == given:  # the fast path: most resources are in normal form
        return given
    fields: Fields = sound.model_dump(mode="json")
    return fields


def _is_of_several_fields(error: ValidationError) -> bool:
    """Whether each field is valid, and only a rule about several fields is broken.

    Manifests can correct that, so the resource is not unreadable. Lists with keys are different:
    two entries with the same key are ambiguous.
    """
    return all(
        not detail["loc"] for detail in error.errors(include_url=False, include_context=False)
    )


def _what_is_wrong(kind: Kind, error: ValidationError) -> Message:
    """The fields that cannot be read, and why; for personal kinds only the fields.

    The reason may quote the value.
    """
    reasons: list[str] = []
    for one in error.errors(include_url=False, include_context=False):
        path = ".".join(str(part) for part in one["loc"]) or "its fields together"
        message = str(one["msg"])
        reasons.append(path if kind.is_personal else f"{path}: {message}"[:_EXCERPT])
    return Message.of(
        "the platform sends a value that cannot be read ({reasons})",
        reasons=first_of(reasons, _MAX_REASONS, "; "),
    )


def resources_of(kind: Kind, items: Sequence[JsonValue], *, of_campaigns: bool) -> Listed:
    """A collection's resources by identity, parents before children.

    Raises Unparsable for an item that does not belong there, is listed twice, or has no parent.
    """
    own = 0 if kind.life is Life.ORDERED_LIST else 1
    depth = own + (3 if of_campaigns else 1)
    at = 2 if of_campaigns else 0
    listed = Listed()
    for item in items:
        resource: LiveResource | UnreadResource
        try:
            resource = live_resource(kind, item)
        except Unreadable as error:
            resource = UnreadResource(error.address, error.why)
        parts = resource.address.split("/")
        fits = all(parts) and (len(parts) >= depth if kind.is_tree else len(parts) == depth)
        if not fits or parts[at] != kind.collection or (of_campaigns and parts[0] != "campaigns"):
            raise _misplaced("'{address}' does not belong in this list", resource.address)
        key = identity(resource.address)
        if key in listed:
            raise _misplaced("'{address}' is listed twice", resource.address)
        if isinstance(resource, LiveResource):
            listed.resources[key] = resource
        else:
            listed.unreadable[key] = resource
    return _upper_levels_first(listed, depth) if kind.is_tree else listed


def _upper_levels_first(listed: Listed, depth: int) -> Listed:
    levels: dict[int, dict[str, LiveResource]] = {}
    for key, address in listed.addresses().items():
        level = key.count("/") + 1
        if level > depth and key.rpartition("/")[0] not in listed:
            raise _misplaced("'{address}' is listed without the level above it", address)
        if key in listed.resources:
            levels.setdefault(level, {})[key] = listed.resources[key]
    ordered = {key: levels[n][key] for n in sorted(levels) for key in levels[n]}
    return Listed(ordered, listed.unreadable)


def _misplaced(template: str, address: Address) -> Unparsable:
    return Unparsable(Message(template, {"address": place(address)}))


def scopes_of(kind: Kind) -> tuple[bool, ...]:
    """The lists of a kind: False for the global one, True for the one across campaigns."""
    if kind.scope is Scope.GLOBAL:
        return (False,)
    return (True,) if kind.scope is Scope.CAMPAIGN else (False, True)


def operation_of(request: Request) -> dict[str, JsonValue]:
    """The JSON of one operation; fields that are None are left out."""
    operation: dict[str, JsonValue] = {"op": request.operation, "address": str(request.address)}
    if request.body is not None:
        operation["body"] = dict(request.body)
    if request.if_match is not None:
        operation["if_match"] = request.if_match
    if request.key is not None:
        operation["idempotency_key"] = request.key
    return operation


def outcome_of(json: JsonValue) -> Outcome:
    """The outcome of one operation. Raises Unparsable without a valid status.

    A resource that cannot be read is left out with a reason: the write took effect all the same.
    """
    outcome = json if isinstance(json, dict) else {}
    status = outcome.get("status")
    if not isinstance(status, int) or not 100 <= status < 600:
        raise Unparsable(f"an outcome has the status {status!r}")
    code, detail = problem_words(outcome.get("problem"))
    resource, item = None, outcome.get("resource")
    if item is not None:
        try:
            address = item.get("address") if isinstance(item, dict) else ""
            resource = live_resource(parse_address(str(address)).kind, item)
        except ValueError as error:
            code, detail = code or "shape", detail or f"the resource cannot be read: {error}"
    replayed = outcome.get("replayed") is True
    return Outcome(answer_of(status), status, resource, code, detail, replayed)


def _type_of(json: JsonValue) -> str:
    """The type of a value, for a message; the value may be personal data."""
    return "null" if json is None else type(json).__name__

"""From the platform's JSON to the port's values, and a batch's operations to its JSON.

Fast where there are many: resources are taken over field by field, not validated again, since
the platform holds them in the same normal form. What is missing gets its default; what cannot
be a resource of the kind is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from pydantic import JsonValue, ValidationError

from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind, Life, Scope
from reconciler.kinds.registry import KINDS, place_of
from reconciler.kinds.text import with_clean_texts
from reconciler.live.failures import problem_words
from reconciler.live.platform import (
    AuditChange,
    AuditEntry,
    Connector,
    LiveResource,
    Outcome,
    PlatformInfo,
    RecentUse,
    Referrer,
    Request,
    Usage,
)

_PAGE_SIZE = 5000
_BATCH_SIZE = 1000
_BODY_BYTES = 64 * 1024 * 1024

Json = Mapping[str, JsonValue]


class Unparsable(ValueError):
    """JSON that is not what it should be; the message says where."""


@cache
def _field_names(kind: str, last_name: str) -> tuple[str, ...]:
    found = KINDS.named(kind)
    if found is None:
        raise Unparsable(f"there is no kind {kind}")
    try:
        return found.field_names(last_name)
    except KeyError:
        known = ", ".join(found.bodies)
        raise Unparsable(f"'{last_name}' is no {found.noun}: there are {known}") from None


def live_resource(kind: Kind, item: JsonValue) -> LiveResource:
    """One resource. Raises Unparsable."""
    if not isinstance(item, dict):
        raise Unparsable(f"an item is no object but {item!r}"[:200])
    address, etag = item.get("address"), item.get("etag")
    if not isinstance(address, str) or not isinstance(etag, str):
        raise Unparsable(f"an item lacks its address or its etag (address: {address!r})")
    last_name = "" if "" in kind.bodies else address.rpartition("/")[2]
    names = _field_names(kind.name, last_name)
    try:
        fields: Fields = {name: item[name] for name in names}
    except KeyError:
        fields = _completed(kind, address, {n: item[n] for n in names if n in item})
    updated_at, updated_by = item.get("updated_at"), item.get("updated_by")
    return LiveResource(
        Address(address),
        kind,
        with_clean_texts(kind.body_of(address), fields),
        etag,
        updated_at if isinstance(updated_at, str) else "",
        updated_by if isinstance(updated_by, str) else "",
    )


def _completed(kind: Kind, address: str, fields: Mapping[str, JsonValue]) -> Fields:
    try:
        return kind.complete_form(address, fields)
    except ValidationError as error:
        what = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise Unparsable(f"'{address}' is no {kind.noun}: {what}") from error


def resources_of(
    kind: Kind, items: Sequence[JsonValue], *, of_campaigns: bool
) -> dict[str, LiveResource]:
    """A collection's resources by identity, parents before children.

    Raises Unparsable for what does not belong there, stands twice, or lacks its parent.
    """
    own = 0 if kind.life is Life.ORDERED_LIST else 1
    depth = own + (3 if of_campaigns else 1)
    at = 2 if of_campaigns else 0
    found: dict[str, LiveResource] = {}
    for item in items:
        resource = live_resource(kind, item)
        parts = resource.address.split("/")
        fits = len(parts) >= depth if kind.tree else len(parts) == depth
        if not fits or parts[at] != kind.collection or (of_campaigns and parts[0] != "campaigns"):
            raise Unparsable(f"'{resource.address}' does not belong in this list")
        key = identity(resource.address)
        if key in found:
            raise Unparsable(f"'{resource.address}' stands in it twice")
        found[key] = resource
    return _upper_levels_first(found, depth) if kind.tree else found


def _upper_levels_first(found: dict[str, LiveResource], depth: int) -> dict[str, LiveResource]:
    levels: dict[int, dict[str, LiveResource]] = {}
    for key, resource in found.items():
        level = key.count("/") + 1
        if level > depth and key.rpartition("/")[0] not in found:
            raise Unparsable(f"'{resource.address}' is listed without the level above it")
        levels.setdefault(level, {})[key] = resource
    return {key: levels[n][key] for n in sorted(levels) for key in levels[n]}


def scopes_of(kind: Kind) -> tuple[bool, ...]:
    """Where a kind is listed: False for its global list, True for the campaigns' own."""
    if kind.scope is Scope.GLOBAL:
        return (False,)
    return (True,) if kind.scope is Scope.CAMPAIGN else (False, True)


def names_of(items: Sequence[JsonValue]) -> dict[str, str]:
    """Users' or forms' names by identity. Raises Unparsable."""
    return {identity(name): name for name in (_text(_object(item), "name") for item in items)}


def connectors_of(items: Sequence[JsonValue]) -> dict[str, Connector]:
    """Connectors by identity of the name. Raises Unparsable."""
    found: dict[str, Connector] = {}
    for item in items:
        one = _object(item)
        name = _text(one, "name")
        numbers = tuple(str(number) for number in _list(one, "numbers"))
        found[identity(name)] = Connector(name, _text(one, "type"), numbers)
    return found


def info_of(json: JsonValue) -> PlatformInfo:
    """Who the platform is. Raises Unparsable."""
    one = _object(json)
    limits = _object(one.get("limits") or {})
    permissions = _object(one.get("permissions") or {})
    return PlatformInfo(
        id=_text(one, "id"),
        name=_text(one, "name", ""),
        version=_text(one, "version", ""),
        user=_text(one, "user", ""),
        profile=_text(one, "profile", ""),
        permissions={
            section: frozenset(map(str, rights))
            for section, rights in permissions.items()
            if isinstance(rights, list)
        },
        page_size=_count(limits, "page_size") or _PAGE_SIZE,
        batch_size=_count(limits, "batch") or _BATCH_SIZE,
        body_bytes=_count(limits, "body_bytes") or _BODY_BYTES,
        capabilities=frozenset(str(each) for each in _list(one, "capabilities")),
    )


def usage_of(address: Address, json: JsonValue) -> Usage:
    """What uses a resource. Raises Unparsable."""
    one = _object(json)
    referrers = [_object(each) for each in _list(one, "referrers")]
    recent = [_object(each) for each in _list(one, "recent_campaigns")]
    by_user = _object(one.get("open_by_user") or {})
    return Usage(
        address=address,
        referrers=tuple(
            Referrer(Address(_text(each, "address")), _text(each, "field")) for each in referrers
        ),
        recent=tuple(
            RecentUse(_text(each, "campaign"), _count(each, "count"), _text(each, "last_at", ""))
            for each in recent
        ),
        recent_interactions=_count(one, "recent_interactions"),
        agents_now=tuple(str(agent) for agent in _list(one, "agents_now")),
        open_interactions=_count(one, "open_interactions"),
        interactions_total=_count(one, "interactions_total"),
        open_by_user={user: _count(by_user, user) for user in by_user},
    )


def audit_entry_of(json: JsonValue) -> AuditEntry:
    """One line of the audit log. Raises Unparsable."""
    one = _object(json)
    changes = [_object(each) for each in _list(one, "changes")]
    return AuditEntry(
        at=_text(one, "at"),
        by=_text(one, "by", ""),
        address=Address(_text(one, "address")),
        action=_text(one, "action", ""),
        changes=tuple(
            AuditChange(_text(each, "path", ""), each.get("before"), each.get("after"))
            for each in changes
        ),
    )


def operation_of(request: Request) -> dict[str, JsonValue]:
    """One operation of a batch; what is None is left out."""
    operation: dict[str, JsonValue] = {"op": request.operation, "address": str(request.address)}
    if request.body is not None:
        operation["body"] = dict(request.body)
    if request.if_match is not None:
        operation["if_match"] = request.if_match
    if request.key is not None:
        operation["idempotency_key"] = request.key
    return operation


def outcome_of(json: JsonValue) -> Outcome:
    """What became of one operation. Raises Unparsable where not even a status is there.

    A resource that cannot be read is left out, and said so: that the write landed is known.
    """
    one = _object(json)
    status = one.get("status")
    if not isinstance(status, int) or not 100 <= status < 600:
        raise Unparsable(f"an outcome has the status {status!r}")
    code, detail = problem_words(one.get("problem"))
    resource = None
    if one.get("resource") is not None:
        try:
            resource = _resource_anywhere(one["resource"])
        except ValueError as error:
            code, detail = code or "shape", detail or f"the resource cannot be read: {error}"
    return Outcome(status, resource, code, detail, one.get("replayed") is True)


def _resource_anywhere(item: JsonValue) -> LiveResource:
    return live_resource(place_of(_text(_object(item), "address")).kind, item)


def _object(json: JsonValue) -> Json:
    if not isinstance(json, dict):
        raise Unparsable(f"an object should stand where {json!r} does"[:200])
    return json


def _list(json: Json, name: str) -> Sequence[JsonValue]:
    value = json.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Unparsable(f"'{name}' is no list")
    return value


def _text(json: Json, name: str, default: str | None = None) -> str:
    value = json.get(name)
    if isinstance(value, str):
        return value
    if value is None and default is not None:
        return default
    raise Unparsable(f"'{name}' is missing or no text")


def _count(json: Json, name: str) -> int:
    value = json.get(name, 0)
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unparsable(f"'{name}' is no number")
    return value

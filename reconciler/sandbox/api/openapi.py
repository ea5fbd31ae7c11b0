"""The OpenAPI document: fixed paths, and paths and schemas generated from the kinds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from reconciler.kinds.base import Kind, Life, Renaming, Scope
from reconciler.kinds.blacklist_entry import BLACKLIST_ENTRY
from reconciler.kinds.registry import KINDS
from reconciler.sandbox.api.service import VERSION

_Json = dict[str, Any]

_PROBLEM: _Json = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


@lru_cache(maxsize=1)
def document() -> _Json:
    """The API description in OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Contact centre administration",
            "version": VERSION,
            "description": "Paths are addresses. Reserved characters in names are "
            "percent-encoded; routes match the raw path.",
        },
        "security": [{"token": []}],
        "paths": {**_fixed_paths(), **_kind_paths()},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _PROBLEM, **_schemas()},
        },
    }


def _ref(name: str) -> _Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: _Json) -> _Json:
    return {"content": {"application/json": {"schema": schema}}}


def _query(name: str, schema: _Json, description: str = "") -> _Json:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _header(name: str, description: str) -> _Json:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": description}


_STRING: _Json = {"type": "string"}
_OBJECT: _Json = {"type": "object"}
_PAGE = [
    _query("page_size", {"type": "integer", "minimum": 1, "maximum": 5000, "default": 500}),
    _query("page_token", _STRING, "The `next_page_token` of the previous page."),
]
_SINCE = _query("since", {"type": "string", "format": "date-time"})
_CAMPAIGN = {"name": "campaign", "in": "path", "required": True, "schema": _STRING}
_WRITE = [
    _header("If-Match", "Write only if the ETag is unchanged; otherwise 412."),
    _header("Idempotency-Key", "The same key returns the first answer again for 24 hours."),
]
_CACHED = [_header("If-None-Match", "Answers 304 if the ETag is unchanged.")]


def _call(
    summary: str, status: int, *, answer: _Json = _OBJECT, body: _Json | None = None, **more: Any
) -> _Json:
    call: _Json = {
        "summary": summary,
        "responses": {
            str(status): {"description": summary, **({} if status == 204 else _json(answer))},
            "default": {
                "description": "A refusal.",
                "content": {"application/problem+json": {"schema": _ref("Problem")}},
            },
        },
        **more,
    }
    if body is not None:
        call["requestBody"] = _json(body)
    return call


def _page_of(item: _Json) -> _Json:
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": item},
            "next_page_token": {"type": ["string", "null"]},
            "total": {"type": "integer"},
        },
    }


def _list_call(summary: str, item: _Json) -> _Json:
    view = _query("view", {"enum": ["usage"]}, "Adds `usage` to each item; the answer has no ETag.")
    search = _query("search", _STRING, "Part of the name, ignoring case.")
    return _call(summary, 200, answer=_page_of(item), parameters=[*_PAGE, search, view, *_CACHED])


def _fixed_paths() -> _Json:
    operation = {
        "type": "object",
        "required": ["op", "address"],
        "properties": {
            "op": {"enum": ["get", "create", "patch", "put", "delete", "rename"]},
            "address": _STRING,
            "body": _OBJECT,
            "if_match": _STRING,
            "idempotency_key": _STRING,
        },
    }
    operations = {"type": "array", "maxItems": 1000, "items": operation}
    batch = {"type": "object", "properties": {"operations": operations}}
    addresses = _query("address", {"type": "array", "items": _STRING}, "May be repeated.")
    campaign = _query("campaign", _STRING)
    paths: _Json = {
        "/v1/platform": {
            "get": _call("Identity, time, limits, and the caller's permissions.", 200)
        },
        "/v1/batch": {
            "post": _call("Up to 1000 operations, in order, not atomic.", 200, body=batch)
        },
        "/v1/audit": {
            "get": _call(
                "Who changed what, newest first.",
                200,
                answer=_page_of(_OBJECT),
                parameters=[addresses, _SINCE, *_PAGE],
            )
        },
        "/v1/interactions": {
            "get": _call(
                "Interactions, newest first.",
                200,
                answer=_page_of(_OBJECT),
                parameters=[campaign, _SINCE, *_PAGE],
            ),
            "post": _call("Record an interaction.", 201, body=_OBJECT),
        },
        "/v1/agents/{user}/status": {
            "parameters": [{**_CAMPAIGN, "name": "user"}],
            "put": _call("Set an agent's status; null removes it.", 200, body=_OBJECT),
        },
    }
    for collection in ("users", "connectors", "forms"):
        paths[f"/v1/{collection}"] = {"get": _list_call(f"The {collection}.", _OBJECT)}
    return paths


def _kind_paths() -> _Json:
    paths: _Json = {}
    for kind in KINDS:
        if kind.scope is not Scope.CAMPAIGN:
            paths |= _paths_at(kind, f"/v1/{kind.collection}", [])
        if kind.scope is not Scope.GLOBAL:
            across = {"get": _list_call(f"The {kind.plural} of all campaigns.", _ref(kind.name))}
            paths[f"/v1/campaigns/-/{kind.collection}"] = across
            paths |= _paths_at(kind, f"/v1/campaigns/{{campaign}}/{kind.collection}", [_CAMPAIGN])
    paths["/v1/campaigns/{campaign}:copyMembers"] = {
        "parameters": [_CAMPAIGN],
        "post": _call("Copy the members to another campaign.", 200, body=_OBJECT),
    }
    which = [
        _query("customer", _STRING, BLACKLIST_ENTRY.identity_help),
        _query("campaign", _STRING),
    ]
    paths["/v1/blacklist"]["delete"] = _call(
        "Remove a customer from every blacklist, or clear a campaign's blacklist.",
        200,
        parameters=which,
    )
    return paths


def _paths_at(kind: Kind, collection: str, parameters: list[_Json]) -> _Json:
    if kind.life is Life.ORDERED_LIST:
        return _resource_paths(kind, collection, parameters)
    name = "path" if kind.is_tree else "name"
    own = {**_CAMPAIGN, "name": name}
    if kind.identity_help:
        own["description"] = kind.identity_help
    return {
        collection: {
            "parameters": parameters,
            "get": _list_call(f"The {kind.plural}.", _ref(kind.name)),
        },
        **_resource_paths(kind, f"{collection}/{{{name}}}", [*parameters, own]),
    }


def _resource_paths(kind: Kind, path: str, parameters: list[_Json]) -> _Json:
    resource, noun = _ref(kind.name), kind.noun
    calls: _Json = {"parameters": parameters}
    calls["get"] = _call(f"The {noun}.", 200, answer=resource, parameters=_CACHED)
    written: _Json = {"answer": resource, "body": resource, "parameters": _WRITE}
    if kind.life is Life.ENTRY:
        unused = _query(
            "require_unused",
            {"type": "boolean"},
            "Answers 409 with the usage if the resource is in use.",
        )
        calls["post"] = _call(f"Create the {noun}.", 201, **written)
        calls["delete"] = _call(f"Delete the {noun}.", 204, parameters=[unused, *_WRITE])
    if kind.life is Life.ORDERED_LIST:
        calls["put"] = _call(f"Replace the whole {noun}.", 200, **written)
    if any(body.model_fields for body in kind.bodies.values()):
        calls["patch"] = _call("JSON Merge Patch (RFC 7396).", 200, **written)
    usage = {"parameters": parameters, "get": _call("The usage of the resource.", 200)}
    paths = {path: calls, f"{path}:usage": usage}
    if kind.renaming is Renaming.IN_PLACE:
        rename = _call("Rename the resource.", 200, answer=resource, body=_OBJECT)
        paths[f"{path}:rename"] = {"parameters": parameters, "post": rename}
    return paths


def _schemas() -> _Json:
    schemas: _Json = {}
    for kind in KINDS:
        variants = []
        for body in kind.bodies.values():
            schema = body.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            if len(kind.bodies) == 1:
                schemas[kind.name] = schema
            else:
                schemas[body.__name__] = schema
                variants.append(_ref(body.__name__))
        if variants:
            schemas[kind.name] = {"anyOf": variants}
    return schemas

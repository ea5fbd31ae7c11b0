"""The JSON Schema of manifests, made from the kinds.

It tells editors which keys, values and descriptions there are. Loading remains the judge, because a
schema cannot express many of its checks.
"""

from __future__ import annotations

from pydantic import JsonValue

from reconciler.kinds.base import Body, Kind, Life, Scope
from reconciler.kinds.registry import KINDS
from reconciler.manifests.declaration_keys import (
    ADD,
    CAMPAIGN,
    COPY_FROM,
    ITEMS,
    KIND,
    LEVELS,
    LIFECYCLE,
    REMOVE,
    RENAMED_FROM,
    RESET,
    LifecycleModel,
    Placement,
    file_keys,
    keys_beside_fields,
)
from reconciler.manifests.json_schema.model_schema import (
    DIALECT,
    EXPRESSION,
    EXPRESSION_REF,
    Schema,
    add_model,
    array_at,
    body_schema,
    object_at,
    or_expression,
)

_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 128}
_CAMPAIGN: Schema = {**_NAME, "description": "Its campaign; left out, it is global."}


def manifest_schema() -> Schema:
    """The schema of one document; its `kind` decides which fields it has."""
    names: list[JsonValue] = [kind.name for kind in KINDS]
    definitions: Schema = {"Expression": EXPRESSION}
    add_model(definitions, "Lifecycle", LifecycleModel)
    for kind in KINDS:
        _define(definitions, kind)
    return {
        "$schema": DIALECT,
        "title": "reconciler manifest",
        "description": "A document declares one resource, or `items` of one kind.",
        "type": "object",
        "required": [KIND],
        "properties": {KIND: {"enum": names, "description": "What the document declares."}},
        "allOf": [
            {
                "if": {"properties": {KIND: {"const": kind.name}}, "required": [KIND]},
                "then": {"$ref": f"#/$defs/{kind.name}"},
            }
            for kind in KINDS
        ],
        "$defs": definitions,
    }


# One kind


def _define(definitions: Schema, kind: Kind) -> None:
    for name, body in kind.bodies.items():
        for where in Placement:
            _define_place(definitions, kind, name, body, where)
    if kind.life is Life.ENTRY and kind.has_complete_lists:
        definitions[f"{kind.name}List"] = _list_of(kind)
    if kind.life is Life.ORDERED_LIST:
        definitions[f"{kind.name}List"] = _ordered_list(definitions, kind)
    one = _any_body(kind, Placement.DOCUMENT)
    definitions[kind.name] = one
    if not kind.holds_resources:
        definitions[kind.name] = {
            "if": {"required": [ITEMS]},
            "then": _items(kind),
            "else": one,
        }


def _name_of(kind: Kind, body_name: str, where: Placement) -> str:
    return f"{kind.name}{body_name.capitalize()}{where.value.capitalize()}"


def _any_body(kind: Kind, where: Placement) -> Schema:
    """The schema of one resource of a kind; its identity decides which body."""
    if len(kind.bodies) == 1:
        return {"$ref": f"#/$defs/{_name_of(kind, '', where)}"}
    names: list[JsonValue] = list(kind.bodies)
    return {
        "type": "object",
        "required": [kind.identity],
        "properties": {kind.identity: {"enum": names}},
        "allOf": [
            {
                "if": {"properties": {kind.identity: {"const": name}}},
                "then": {"$ref": f"#/$defs/{_name_of(kind, name, where)}"},
            }
            for name in kind.bodies
        ],
    }


def _define_place(
    definitions: Schema, kind: Kind, name: str, body: type[Body], where: Placement
) -> None:
    schema = body_schema(definitions, body)
    fields = object_at(schema, "properties")
    required = [str(key) for key in array_at(schema, "required")]
    if kind.life is Life.ORDERED_LIST:
        field = kind.list_field
        fields = {field: {"$ref": f"#/$defs/{kind.name}List"}}
        required = [field]
    files = file_keys(body)
    own = _own(kind, body, where)
    if kind.natural_identity is None and kind.identity in own:
        required.insert(0, kind.identity)
    if kind.scope is Scope.CAMPAIGN and where is Placement.DOCUMENT:  # `items` may share one
        required.insert(0, CAMPAIGN)
    if where is Placement.DOCUMENT:
        required.insert(0, KIND)
    described: Schema = {"description": (body.__doc__ or "").strip()}
    either = [field for _, field in files]
    result: Schema = {
        **described,
        "type": "object",
        "properties": {**own, **fields},
        "required": [key for key in required if key not in either],
        "additionalProperties": False,
    }
    if files:
        result["oneOf"] = [{"required": [key]} for pair in files for key in pair]
    definitions[_name_of(kind, name, where)] = result


def _own(kind: Kind, body: type[Body], where: Placement) -> Schema:
    """The keys beside the fields."""
    schemas: Schema = {
        KIND: {"const": kind.name},
        CAMPAIGN: dict(_CAMPAIGN),
        kind.identity: {
            **_NAME,
            "description": kind.identity_help or f"The {kind.identity} of the {kind.noun}.",
        },
        LEVELS: {"$ref": f"#/$defs/{kind.name}List"},
        RESET: {"const": True, "description": "Restore every default."},
        RENAMED_FROM: {**_NAME, "description": "Its previous name."},
        LIFECYCLE: {"$ref": "#/$defs/Lifecycle"},
    }
    if kind.qualifier is not None:
        namespaces: list[JsonValue] = list(kind.qualifier.values)
        described: Schema = {"enum": namespaces, "description": kind.qualifier.description}
        schemas[kind.qualifier.key] = or_expression(described)
    for key, field in file_keys(body):
        schemas[key] = {
            "type": "string",
            "description": f"A file with the {field}, relative to this one. "
            "Hidden files and files that git ignores are refused.",
        }
    schemas.update((nested.collection, _nested(nested)) for nested in KINDS.nested)
    return {key: schemas[key] for key in keys_beside_fields(kind, body, where)}


def _nested(kind: Kind) -> Schema:
    if kind.life is not Life.FIXED:
        return {"$ref": f"#/$defs/{kind.name}List"}
    return {
        "type": "object",
        "description": f"{kind.plural.capitalize()} by their {kind.identity}; "
        "those left out are unmanaged.",
        "properties": {
            name: {
                "anyOf": [
                    {"$ref": f"#/$defs/{_name_of(kind, name, Placement.NESTED)}"},
                    {"const": RESET, "description": "Restore every default."},
                ]
            }
            for name in kind.bodies
        },
        "additionalProperties": False,
    }


def _items(kind: Kind) -> Schema:
    entry = _any_body(kind, Placement.ITEM)
    choices: list[JsonValue] = [entry]
    if kind.life is Life.ENTRY:
        choices.append({"type": "string"})
    properties: Schema = {
        KIND: {"const": kind.name},
        ITEMS: _items_or_part(kind, {"anyOf": choices}),
        LIFECYCLE: {"$ref": "#/$defs/Lifecycle"},
    }
    if kind.scope is not Scope.GLOBAL:
        properties[CAMPAIGN] = dict(_CAMPAIGN)
    return {
        "type": "object",
        "description": f"Several {kind.plural}.",
        "properties": properties,
        "required": [KIND, ITEMS],
        "additionalProperties": False,
    }


def _items_or_part(kind: Kind, entry: Schema) -> Schema:
    listed: Schema = {"type": "array", "items": entry}
    if kind.life is not Life.ENTRY:
        return listed
    named: Schema = {kind.identity: dict(_NAME)}
    if kind.scope is not Scope.GLOBAL:
        named[CAMPAIGN] = dict(_CAMPAIGN)
    if kind.qualifier is not None:
        namespaces: list[JsonValue] = list(kind.qualifier.values)
        named[kind.qualifier.key] = or_expression({"enum": namespaces})
    removed: Schema = {
        "type": "object",
        "properties": named,
        "required": [kind.identity],
        "additionalProperties": False,
    }
    part: Schema = {
        "type": "object",
        "minProperties": 1,
        "properties": {
            ADD: listed,
            REMOVE: {"type": "array", "items": {"anyOf": [{"type": "string"}, removed]}},
        },
        "additionalProperties": False,
    }
    return {"anyOf": [listed, part]}


def _list_of(kind: Kind) -> Schema:
    entry: Schema = {
        "anyOf": [
            {"$ref": f"#/$defs/{_name_of(kind, '', Placement.NESTED)}"},
            {"type": "string"},
        ]
    }
    return _complete_or_part(kind, entry, {})


def _ordered_list(definitions: Schema, kind: Kind) -> Schema:
    field = kind.list_field
    fields = object_at(body_schema(definitions, kind.bodies[""]), "properties")
    items = object_at(fields, field).get("anyOf")
    plain = items[0] if isinstance(items, list) else fields[field]
    entry = plain.get("items") if isinstance(plain, dict) else None
    copied: Schema = {COPY_FROM: {**_NAME, "description": "The campaign with the list to copy."}}
    return _complete_or_part(kind, {"anyOf": [entry, {"type": "string"}]}, copied)


def _complete_or_part(kind: Kind, entry: Schema, also: Schema) -> Schema:
    return {
        "description": f"All {kind.plural}, or the ones to add and to remove; left out, unmanaged.",
        "anyOf": [
            {"type": "array", "items": entry},
            {
                "type": "object",
                "minProperties": 1,
                "properties": {
                    **also,
                    "add": {"type": "array", "items": entry},
                    "remove": {"type": "array", "items": {"type": "string"}},
                },
                "additionalProperties": False,
            },
            dict(EXPRESSION_REF),
        ],
    }

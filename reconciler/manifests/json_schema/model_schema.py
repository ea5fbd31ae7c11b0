"""JSON Schemas of pydantic models, with expressions allowed in place of values."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, JsonValue

from reconciler.kinds.base import Body

Schema = dict[str, JsonValue]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXPRESSION: Schema = {
    "type": "string",
    "pattern": r"\$\{\{.*\}\}",
    "description": "An expression over the environment's variables.",
    "examples": ["${{ wa_account }}"],
}
EXPRESSION_REF: Schema = {"$ref": "#/$defs/Expression"}


def body_schema(definitions: Schema, body: type[Body]) -> Schema:
    """The schema of a body; its definitions are added to `definitions`."""
    schema: Schema = untitled(body.model_json_schema(ref_template="#/$defs/{model}"))
    for name, inner in object_at(schema, "$defs", pop=True).items():
        definitions[name] = _opened(inner)
    opened = _opened(schema)
    return opened if isinstance(opened, dict) else {}


def add_model(definitions: Schema, name: str, model: type[BaseModel]) -> None:
    """Add the schema of a model to `definitions`."""
    definitions[name] = _opened(untitled(model.model_json_schema()))


def _opened(node: JsonValue) -> JsonValue:
    """The schema with an expression allowed for every value except plain text."""
    if isinstance(node, list):
        return [_opened(item) for item in node]
    if not isinstance(node, dict):
        return node
    result: Schema = {}
    for key, value in node.items():
        if key == "properties" and isinstance(value, dict):
            result[key] = {name: or_expression(_opened(inner)) for name, inner in value.items()}
        else:
            result[key] = _opened(value)
    return result


def or_expression(schema: JsonValue) -> JsonValue:
    """The schema, with an expression as an alternative."""
    if not isinstance(schema, dict) or _is_text(schema):
        return schema
    head: Schema = {
        key: schema.pop(key) for key in ("description", "examples", "default") if key in schema
    }
    members = schema.get("anyOf")
    if isinstance(members, list) and len(schema) == 1:
        return {**head, "anyOf": [*members, dict(EXPRESSION_REF)]}
    return {**head, "anyOf": [schema, dict(EXPRESSION_REF)]}


def _is_text(schema: Schema) -> bool:
    return schema.get("type") == "string" and not schema.keys() & {"enum", "pattern", "format"}


def untitled(node: JsonValue) -> Schema:
    """The schema without the titles that pydantic makes from names."""
    cleaned = _without_titles(node, named=False)
    return cleaned if isinstance(cleaned, dict) else {}


def _without_titles(node: JsonValue, *, named: bool) -> JsonValue:
    if isinstance(node, list):
        return [_without_titles(item, named=False) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_titles(value, named=key in ("properties", "$defs"))
        for key, value in node.items()
        if named or key != "title"
    }


def object_at(node: Schema, key: str, *, pop: bool = False) -> Schema:
    """The object under a key of a schema; empty without one."""
    value = node.pop(key, {}) if pop else node.get(key, {})
    return value if isinstance(value, dict) else {}


def array_at(node: Schema, key: str) -> Iterable[JsonValue]:
    """The list under a key of a schema; empty without one."""
    value = node.get(key, [])
    return value if isinstance(value, list) else []

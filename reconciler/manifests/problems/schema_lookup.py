"""Follows a model's JSON Schema along a path, for hints about a field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from pydantic import BaseModel, JsonValue

from reconciler.manifests.yaml.nodes import Path

_Schema = Mapping[str, JsonValue]


@lru_cache(maxsize=64)
def _schema_of(model: type[BaseModel]) -> _Schema:
    return model.model_json_schema()


def schema_at(model: type[BaseModel], path: Path) -> _Schema:
    """The schema of the value at a path; empty where the schema does not reach."""
    root = _schema_of(model)
    node: _Schema = root
    for element in path:
        node = _step(root, node, element)
    return node


def _resolved(root: _Schema, node: _Schema) -> Iterator[_Schema]:
    """The node itself, its referenced definition, and the members of its unions."""
    yield node
    reference = node.get("$ref")
    definitions = root.get("$defs")
    if isinstance(reference, str) and isinstance(definitions, dict):
        target = definitions.get(reference.rpartition("/")[2])
        if isinstance(target, dict):
            yield from _resolved(root, target)
    members = node.get("anyOf")
    for member in members if isinstance(members, list) else ():
        if isinstance(member, dict):
            yield from _resolved(root, member)


def _step(root: _Schema, node: _Schema, element: str | int) -> _Schema:
    for schema in _resolved(root, node):
        if isinstance(element, int):
            inner = schema.get("items")
        else:
            properties = schema.get("properties")
            named = properties.get(element) if isinstance(properties, dict) else None
            inner = named or schema.get("additionalProperties")
        if isinstance(inner, dict):
            merged = dict(inner)
            for more in _resolved(root, inner):
                for key in ("properties", "items", "additionalProperties"):
                    if key in more:
                        merged.setdefault(key, more[key])
            return merged
    return {}


def properties_of(schema: _Schema) -> Iterable[str]:
    """The fields in a schema."""
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else ()


def allowed_values(schema: _Schema) -> str:
    """The values of an enumeration, as text for a hint."""
    values = schema.get("enum")
    return ", ".join(map(str, values)) if isinstance(values, list) else ""

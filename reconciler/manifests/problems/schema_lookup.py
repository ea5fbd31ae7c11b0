"""A model's own JSON Schema, followed along a path: what a field may be, for hints."""

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
    """What the schema says of the value at a path; nothing where it does not reach."""
    root = _schema_of(model)
    node: _Schema = root
    for element in path:
        node = _step(root, node, element)
    return node


def _resolved(root: _Schema, node: _Schema) -> Iterator[_Schema]:
    """The node itself, what it refers to, and the members of its unions."""
    yield node
    reference = node.get("$ref")
    definitions = root.get("$defs")
    if isinstance(reference, str) and isinstance(definitions, dict):
        target = definitions.get(reference.rpartition("/")[2])
        if isinstance(target, dict):
            yield from _resolved(root, target)
    members = node.get("anyOf")
    for one in members if isinstance(members, list) else ():
        if isinstance(one, dict):
            yield from _resolved(root, one)


def _step(root: _Schema, node: _Schema, element: str | int) -> _Schema:
    for one in _resolved(root, node):
        if isinstance(element, int):
            inner = one.get("items")
        else:
            properties = one.get("properties")
            named = properties.get(element) if isinstance(properties, dict) else None
            inner = named or one.get("additionalProperties")
        if isinstance(inner, dict):
            merged = dict(inner)
            for more in _resolved(root, inner):
                for key in ("properties", "items", "additionalProperties"):
                    if key in more:
                        merged.setdefault(key, more[key])
            return merged
    return {}


def properties_of(schema: _Schema) -> Iterable[str]:
    """The fields a schema knows."""
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else ()


def allowed_values(schema: _Schema) -> str:
    """The values of an enumeration, as a hint can show them."""
    values = schema.get("enum")
    return ", ".join(map(str, values)) if isinstance(values, list) else ""

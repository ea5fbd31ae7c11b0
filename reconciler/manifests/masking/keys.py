"""The keys that files of a project may have; none of them identifies a person.

Computed from the models, only when something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import get_args

from pydantic import BaseModel, JsonValue

from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.schedule import Weekday
from reconciler.manifests.config.approvals import ApprovalModel
from reconciler.manifests.config.models import EnvironmentModel, ProjectModel
from reconciler.manifests.declaration_keys import (
    COPY_FROM,
    ITEMS,
    LifecycleModel,
    Placement,
    keys_beside_fields,
)

_LIST_KEYS = ("add", "remove", COPY_FROM)
_SETTINGS = (ProjectModel, EnvironmentModel, ApprovalModel, LifecycleModel)


@cache
def known_keys() -> frozenset[str]:
    """Every key of the kinds that are not personal, and of the settings."""
    keys = {ITEMS, *_LIST_KEYS, *get_args(Weekday)}
    for kind in KINDS:
        if not kind.is_personal:
            keys.update(_keys_of(kind))
    for model in _SETTINGS:
        keys.update(_properties(_schema(model)))
    return frozenset(keys)


@cache
def keys_of_customers() -> tuple[str, ...]:
    """The keys that only customers have, and the names of their lists."""
    found: dict[str, None] = {}
    for kind in KINDS:
        if kind.is_personal:
            found.update(dict.fromkeys((kind.collection, kind.noun, *_keys_of(kind))))
    return tuple(key for key in found if key not in known_keys())


@cache
def all_keys() -> frozenset[str]:
    """Every key that a file of a project may have."""
    return known_keys().union(*(_keys_of(kind) for kind in KINDS))


def _keys_of(kind: Kind) -> Iterator[str]:
    for name, body in kind.bodies.items():
        if name:
            yield name
        for where in Placement:
            yield from keys_beside_fields(kind, body, where)
        yield from _properties(_schema(body))


def _schema(model: type[BaseModel]) -> JsonValue:
    return model.model_json_schema(by_alias=True)


def _properties(node: JsonValue) -> Iterator[str]:
    """The names of all fields in a schema."""
    if isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for inner in node.values():
            yield from _properties(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _properties(inner)

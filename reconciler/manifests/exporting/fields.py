"""The fields of a live resource as people write them: without defaults.

The result means the same: the model of the kind adds what is left out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from reconciler.kinds.base import Fields, Kind
from reconciler.manifests.variables.substitution import OPENING
from reconciler.manifests.yaml.writer import Document, Unquoted


@dataclass(frozen=True, slots=True)
class _Field:
    """How to write one field of a model; `default` is in normal form, if there is one."""

    required: bool
    default: JsonValue
    inner: type[BaseModel] | None
    """The model of the field's value, or of each of its items."""
    is_date: bool


@cache
def _fields_of(model: type[BaseModel]) -> Mapping[str, _Field]:
    return {name: _field_of(info) for name, info in model.model_fields.items()}


def _field_of(info: FieldInfo) -> _Field:
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    if isinstance(default, BaseModel):
        default = default.model_dump(mode="json")
    annotation: object = info.annotation
    if get_origin(annotation) is list:
        (annotation,) = get_args(annotation)
    inner = None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = annotation
    return _Field(info.is_required(), default, inner, annotation is datetime.date)


def without_defaults(kind: Kind, address: str, fields: Mapping[str, JsonValue]) -> Fields:
    """The fields worth writing, in the order of the model."""
    result = _tidy(kind.body_of(address), fields)
    for name in kind.replaced_whole & result.keys():
        value = result[name]
        if isinstance(value, dict):  # a week: days left out are closed
            result[name] = {day: ranges for day, ranges in value.items() if ranges}
    return result


def _tidy(model: type[BaseModel], fields: Mapping[str, JsonValue]) -> Fields:
    result: Fields = {}
    for name, field in _fields_of(model).items():
        if name not in fields:
            continue
        value = fields[name]
        if value == field.default and not field.required:
            continue
        if field.inner is not None:
            value = _tidy_inside(field.inner, value)
        elif field.is_date and isinstance(value, str):
            value = Unquoted(value)
        result[name] = value
    return result


def _tidy_inside(model: type[BaseModel], value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return _tidy(model, value)
    if isinstance(value, list):
        return [_tidy(model, item) if isinstance(item, dict) else item for item in value]
    return value


# Text that looks like an expression

_ESCAPES = {OPENING: "${{ '${{' }}", "\r": "${{ '\\r' }}", "\0": "${{ '\\0' }}"}
# Next to an expression Jinja2 reads the whole text: it knows only one line break, and statements
# begin with a null character.
_TO_ESCAPE = re.compile("|".join(re.escape(text) for text in _ESCAPES))


def escape_expressions(document: Document) -> Document:
    """A document that gives this one after variables are expanded."""
    return {key: _literally(value) for key, value in document.items()}


def _literally(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and OPENING in value:
        return _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], value)
    if isinstance(value, dict):
        return {key: _literally(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_literally(inner) for inner in value]
    return value

"""Validates a value of a document with a border model, and reports its problems."""

from __future__ import annotations

from typing import TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from reconciler.errors import Problem
from reconciler.manifests.problems.validation_messages import validation_problems
from reconciler.manifests.yaml.nodes import Document
from reconciler.message import Message


class Model(BaseModel):
    """The base of border models: refuses unknown keys and infinite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


_M = TypeVar("_M", bound=BaseModel)


def validated(
    model: type[_M],
    given: JsonValue,
    document: Document,
    problems: list[Problem],
    *,
    noun: str,
    path: tuple[str | int, ...] = (),
) -> _M | None:
    """The validated model; None after reporting problems."""
    if not isinstance(given, dict):
        problems.append(
            document.source(path).problem(Message.of("this must be a mapping: {noun}", noun=noun))
        )
        return None
    try:
        return model.model_validate_json(orjson.dumps(given), strict=True)
    except ValidationError as error:
        for found in validation_problems(error, model, given, noun=noun):
            place = document.source((*path, *found.path), of_key=found.of_key)
            problems.append(place.problem(found.message, found.hint))
        return None

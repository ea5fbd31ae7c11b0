"""Validates a value of a document against a border model, and notes its problems."""

from __future__ import annotations

from typing import TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from reconciler.errors import Problem
from reconciler.manifests.problems.validation_messages import validation_problems
from reconciler.manifests.yaml.nodes import Document


class Model(BaseModel):
    """The base of border models: unknown keys and infinite numbers are refused."""

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
    if not isinstance(given, dict):
        problems.append(document.source(path).problem(f"this must be a mapping: {noun}"))
        return None
    try:
        return model.model_validate_json(orjson.dumps(given), strict=True)
    except ValidationError as error:
        for one in validation_problems(error, model, given, noun=noun):
            place = document.source((*path, *one.path), of_key=one.of_key)
            problems.append(place.problem(one.message, one.hint))
        return None

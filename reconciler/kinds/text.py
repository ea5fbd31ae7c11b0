"""Texts of several lines, in one form whatever system they were written on.

The rule: a byte-order mark at the start is dropped, and every line ends in LF. CRLF and CR become
LF. It holds for manifests, for content files, and for what the platform holds, so that a checkout
on Windows and one on Linux ask for the same.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, get_args

from pydantic import AfterValidator, BaseModel, JsonValue

from reconciler.kinds.base import Body, Fields

_BYTE_ORDER_MARK = "\ufeff"


def clean_text(text: str) -> str:
    """The text without a byte-order mark at its start, its lines ended by LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.lstrip(_BYTE_ORDER_MARK)


_CLEANED = AfterValidator(clean_text)

Text = Annotated[str, _CLEANED]


def with_clean_texts(body: type[Body], fields: Fields) -> Fields:
    """Fields as the platform sent them, with the texts in them cleaned.

    Other strings are names and choices, in which neither character can be.
    """
    if not _holds_text(body):
        return fields
    return {name: _cleaned(value) for name, value in fields.items()}


def _cleaned(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    return value


@cache
def _holds_text(model: type[BaseModel]) -> bool:
    """Whether a text of several lines is anywhere in a model."""
    return any(
        _CLEANED in field.metadata or _names_text(field.annotation)
        for field in model.model_fields.values()
    )


def _names_text(annotation: object) -> bool:
    if annotation is _CLEANED:
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _holds_text(annotation)
    return any(map(_names_text, get_args(annotation)))

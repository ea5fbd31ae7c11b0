"""Names that the platform accepts."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from reconciler.kinds.values.characters import character_name, first_invisible
from reconciler.kinds.values.refusal import refusal
from reconciler.message import Message, Personal

_MAX_NAME = 128
_RESERVED_NAMES = frozenset({"-", ".", ".."})


def clean_name(name: str) -> str:
    """The name. Raises ValueError unless it has 1 to 128 visible characters and no outer blanks."""
    if not name or len(name) > _MAX_NAME:
        message = Message.of(
            "a name has 1 to {max_name} characters, this one has {length}",
            max_name=_MAX_NAME,
            length=len(name),
        )
        raise refusal("name-length", message)
    if name != name.strip():
        raise refusal("name-blanks", Message.of("a name cannot begin or end with a blank"))
    if name in _RESERVED_NAMES:
        raise refusal("name-reserved", Message.of("'{name}' cannot be a name", name=Personal(name)))
    if not name.isascii() or not name.isprintable():
        _refuse_control_characters(name)
        _refuse_invisible_characters(name)
    return name


def _refuse_control_characters(name: str) -> None:
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cs"):
            message = Message.of(
                "a name cannot contain the control character {character}", character=repr(character)
            )
            raise refusal("control-character", message)


def _refuse_invisible_characters(name: str) -> None:
    at = first_invisible(name)
    if at is not None:
        message = Message.of(
            "a name cannot contain invisible characters: character {position} of this one is "
            "{character}",
            position=at + 1,
            character=character_name(name[at]),
        )
        raise refusal("invisible-character", message, Message.of("write the name again by hand"))


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=_MAX_NAME), AfterValidator(clean_name)
]

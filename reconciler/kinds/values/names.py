"""Names that the platform accepts."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from reconciler.kinds.values.characters import character_name, first_invisible
from reconciler.kinds.values.refusal import refusal

_MAX_NAME = 128
_RESERVED_NAMES = frozenset({"-", ".", ".."})


def clean_name(name: str) -> str:
    """The name. Raises ValueError unless it has 1 to 128 visible characters and no outer blanks."""
    if not name or len(name) > _MAX_NAME:
        raise refusal(
            "name-length", f"a name has 1 to {_MAX_NAME} characters, this one has {len(name)}"
        )
    if name != name.strip():
        raise refusal("name-blanks", "a name cannot begin or end with a blank")
    if name in _RESERVED_NAMES:
        raise refusal("name-reserved", f"'{name}' cannot be a name")
    if not name.isascii() or not name.isprintable():
        _refuse_control_characters(name)
        _refuse_invisible_characters(name)
    return name


def _refuse_control_characters(name: str) -> None:
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise refusal(
                "control-character", f"a name cannot contain the control character {character!r}"
            )


def _refuse_invisible_characters(name: str) -> None:
    at = first_invisible(name)
    if at is not None:
        raise refusal(
            "invisible-character",
            f"a name cannot contain invisible characters: character {at + 1} of this one is "
            f"{character_name(name[at])}",
            "write the name again by hand",
        )


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=_MAX_NAME), AfterValidator(clean_name)
]

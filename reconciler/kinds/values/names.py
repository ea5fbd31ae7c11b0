"""Names, as the platform takes them."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from reconciler.kinds.values.characters import character_name, first_invisible

_MAX_NAME = 128
_RESERVED_NAMES = frozenset({"-", ".", ".."})


def clean_name(name: str) -> str:
    """A name as the platform takes it: 1-128 characters, trimmed, all of them visible."""
    if not name or len(name) > _MAX_NAME:
        raise ValueError(f"a name has 1 to {_MAX_NAME} characters, this one has {len(name)}")
    if name != name.strip():
        raise ValueError("a name has no blanks before or after it")
    if name in _RESERVED_NAMES:
        raise ValueError(f"'{name}' cannot be a name")
    if not name.isascii() or not name.isprintable():
        _refuse_control_characters(name)
        _refuse_what_is_not_seen(name)
    return name


def _refuse_control_characters(name: str) -> None:
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError(f"a name has no control characters, this one has {character!r}")


def _refuse_what_is_not_seen(name: str) -> None:
    at = first_invisible(name)
    if at is not None:
        raise ValueError(
            f"a name has no invisible characters, and character {at + 1} of this one is "
            f"{character_name(name[at])}: write the name again by hand"
        )


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=_MAX_NAME), AfterValidator(clean_name)
]

"""A value that is not there, as distinct from null."""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

from pydantic import JsonValue


class Absent(Enum):
    """The type of `ABSENT`, so that types tell it from JSON."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

OptionalValue: TypeAlias = JsonValue | Absent


def null_if_absent(value: OptionalValue) -> JsonValue:
    """The value; None for one that is not there."""
    return None if isinstance(value, Absent) else value

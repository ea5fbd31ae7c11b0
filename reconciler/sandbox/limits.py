"""The limits of one request. A seed may lower them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_OPERATIONS = 1000
MAX_BODY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The maximum operations of a batch and bytes of a body."""

    batch: int = MAX_OPERATIONS
    body_bytes: int = MAX_BODY_BYTES

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> Limits:
        """The limits of a seed. Raises ValueError for unknown, non-positive or raised limits."""
        return cls(**{name: _checked(name, value) for name, value in given.items()})


_MAXIMA = {"batch": MAX_OPERATIONS, "body_bytes": MAX_BODY_BYTES}


def _checked(name: str, value: object) -> int:
    if name in _MAXIMA and isinstance(value, int) and 0 < value <= _MAXIMA[name]:
        return value
    raise ValueError(f"the platform's limits: {name} cannot be {value!r}")

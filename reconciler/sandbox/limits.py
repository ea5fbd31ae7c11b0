"""What one request to a sandbox may carry. A seed's platform may take less than is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_OPERATIONS = 1000
MAX_BODY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The most operations of a batch, and bytes of a body."""

    batch: int = MAX_OPERATIONS
    body_bytes: int = MAX_BODY_BYTES

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Limits:
        """Those of a seed's platform. Raises ValueError for what is no limit, or too high."""
        return cls(**{name: _checked(name, value) for name, value in given.items()})


_USUAL = {"batch": MAX_OPERATIONS, "body_bytes": MAX_BODY_BYTES}


def _checked(name: str, value: object) -> int:
    if name in _USUAL and isinstance(value, int) and 0 < value <= _USUAL[name]:
        return value
    raise ValueError(f"the platform's limits: {name} cannot be {value!r}")

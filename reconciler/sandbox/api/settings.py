"""The settings of a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.sandbox.permissions import TokenSpec


def _silent(url: str) -> None:  # noqa: ARG001
    return None


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """How one sandbox runs.

    `data` is a directory, a SQLite file or a SQLAlchemy URL; None keeps the data in memory. `seed`
    is `empty`, `demo`, the path of a JSON file, or a seed document; it is loaded into new data
    only. `platform_id` overrides the id of the seed. `clock_start` stops the clock at that time
    until the test controls move it. `faults` is a faults file or its content (see `faults.faults`).
    `profiles` and `tokens` extend and override those of the seed.
    The server calls `announce` with the base URL when it accepts connections.
    """

    host: str = "127.0.0.1"
    port: int = 0
    data: str | Path | None = None
    seed: str | Path | Mapping[str, Any] = "empty"
    platform_id: str | None = None
    clock_start: datetime | None = None
    test_controls: bool = False
    faults: Mapping[str, Any] | Path | None = None
    profiles: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    tokens: Mapping[str, TokenSpec] = field(default_factory=dict)
    announce: Callable[[str], None] = _silent

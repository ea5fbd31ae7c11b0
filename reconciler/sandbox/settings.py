"""What a sandbox is started with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.sandbox.domain.permissions import TokenSpec


def _silent(url: str) -> None:  # noqa: ARG001
    return None


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """How one sandbox runs.

    `data` is a directory, a SQLite file or a SQLAlchemy URL; None is memory. `seed` is `empty`,
    `demo`, the path of a JSON file, or the seed document itself, and is planted in new data only.
    `platform_id` overrides the seed's. A `clock_start` makes the clock stand there until the test
    controls move it. `faults` is a faults file, or what stands in one (see `faults`). `profiles`
    and `tokens` are added to the seed's and win over them.
    `announce` is called with the base URL once connections are accepted.
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

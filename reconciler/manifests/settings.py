"""The project file, the environments and the approvals, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reconciler.manifests.freeze import Freeze
from reconciler.manifests.source import Source


@dataclass(frozen=True, slots=True)
class Approval:
    """A reviewed exception: this guard may be passed at this address, for this reason.

    `up_to` is the highest value of the headline count before the guard blocks again. `expires` is
    the last valid day. `source` is None for an approval from the command line.
    """

    guard: str
    address: str
    reason: str
    by: str = ""
    environment: str | None = None
    expires: date | None = None
    up_to: int | None = None
    source: Source | None = None


COUNTED_DAYS = 30
"""The days over which a platform counts recent use (DOMAIN, "In use")."""


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """The thresholds of guards: `guards:` of the project file."""

    mass_change_count: int = 20
    mass_change_percent: int = 30
    recent_days: int = COUNTED_DAYS
    """Of `delete-in-use`."""
    service_days: int = COUNTED_DAYS
    """The `recent_days` of `service-stops`."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the manifests are applied: `environments/NAME.yaml`.

    With `require_signature`, only plans signed with a key of `trust` can be applied. `trust` lists
    files of public keys, relative to the project.
    """

    name: str
    url: str
    platform_id: str
    variables: Mapping[str, object] = field(default_factory=dict)
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    require_signature: bool = False
    trust: tuple[str, ...] = ()
    freeze: Freeze | None = None
    file: str = ""
    """Its file, relative to the project."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The project file and the chosen environment."""

    project: str
    environment: Environment
    exclusive: frozenset[str] = frozenset()
    guards: GuardSettings = GuardSettings()

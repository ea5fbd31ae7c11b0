"""What an environment requires of a plan before it is applied, as the last apply recorded it.

The values are stored as JSON with the ledger and in every plan. `planning.planfile.safeguards`
checks plans against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FrozenDates:
    """One dated freeze window: local times, `YYYY-MM-DDTHH:MM`; `end` is excluded."""

    start: str
    end: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Safeguards:
    """Signatures and freeze windows of one environment.

    `keys` maps the fingerprint of each trusted key to the key itself, base64 of its DER; it is
    empty when no signature is required. The freeze windows are in `time_zone`, "" when there
    are none; `weekly` maps weekdays to `HH:MM-HH:MM`.
    """

    require_signature: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = ""
    weekly: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dated: tuple[FrozenDates, ...] = ()

"""Safeguards: what must hold before any plan of an environment is applied.

They are in the files under review, so the change they should stop could remove them. That is why
an apply records them with the ledger: what the last apply recorded holds until a plan that
changes it is applied, and that plan needs an approval (the guard `guard-weakened`) and must itself
satisfy what was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from reconciler.errors import ManifestError, UsageError
from reconciler.kinds.values.schedule import WEEKDAYS, Schedule
from reconciler.manifests.files.discovery import ENVIRONMENTS
from reconciler.manifests.freeze import DatedWindow, Freeze
from reconciler.manifests.settings import Environment
from reconciler.manifests.source import Source
from reconciler.planning.planfile import signing
from reconciler.state.safeguards import FrozenDates, Safeguards


def safeguards_of(environment: Environment, folder: Path) -> Safeguards:
    """The safeguards that an environment's file asks for, with the keys it names.

    Keys are read only where a signature is required: elsewhere they mean nothing. Raises
    ManifestError for one that cannot be read.
    """
    keys: dict[str, str] = {}
    if environment.require_signature:
        try:
            keys = signing.load_public_keys([folder / path for path in environment.trust])
        except UsageError as error:
            file = f"{ENVIRONMENTS}/{environment.name}.yaml"
            raise ManifestError([Source.of_file(file).problem(f"in `trust`: {error}")]) from error
    freeze = environment.freeze
    if freeze is None:
        return Safeguards(environment.require_signature, keys)
    return Safeguards(
        environment.require_signature,
        keys,
        freeze.zone,
        {
            day: tuple(str(one) for one in ranges)
            for day, ranges in zip(WEEKDAYS, freeze.weekly.days, strict=True)
            if ranges
        },
        tuple(
            FrozenDates(_written(one.start), _written(one.end), one.reason) for one in freeze.dated
        ),
    )


def freeze_of(safeguards: Safeguards) -> Freeze | None:
    """The freeze windows that were recorded, None where there are none."""
    if not safeguards.time_zone:
        return None
    return Freeze(
        safeguards.time_zone,
        Schedule.parse({day: list(safeguards.weekly.get(day, ())) for day in WEEKDAYS}),
        tuple(
            DatedWindow(_read(one.start), _read(one.end), one.reason) for one in safeguards.dated
        ),
    )


def freezes_in_force(own: Freeze | None, recorded: Sequence[Safeguards]) -> tuple[Freeze, ...]:
    """The freezes that stop an apply: that of the environment's file, and those recorded."""
    found = (own, *(freeze_of(one) for one in recorded))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _written(local: datetime) -> str:
    return local.isoformat(timespec="minutes")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)

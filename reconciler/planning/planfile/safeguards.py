"""Safeguards: the signature, keys and freeze windows that every apply to an environment respects.

They are in files that a reviewed change can edit. So an apply records them in the ledger, and the
recorded ones stay in force until a plan that changes them is applied. That plan needs an approval
(the guard `guard-weakened`) and must itself satisfy the recorded ones.
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
from reconciler.message import Message
from reconciler.planning.planfile import signing
from reconciler.state.safeguards import FrozenDates, Safeguards


def safeguards_of(environment: Environment, folder: Path) -> Safeguards:
    """The safeguards of an environment's file, with its keys.

    Keys are read only when a signature is required. Raises ManifestError for an unreadable key.
    """
    keys: dict[str, str] = {}
    if environment.require_signature:
        try:
            keys = signing.load_public_keys([folder / path for path in environment.trust])
        except UsageError as error:
            file = f"{ENVIRONMENTS}/{environment.name}.yaml"
            raise ManifestError(
                [Source.of_file(file).problem(Message.of("in `trust`: {error}", error=str(error)))]
            ) from error
    freeze = environment.freeze
    if freeze is None:
        return Safeguards(environment.require_signature, keys)
    return Safeguards(
        environment.require_signature,
        keys,
        freeze.zone,
        {
            day: tuple(str(hours) for hours in ranges)
            for day, ranges in zip(WEEKDAYS, freeze.weekly.days, strict=True)
            if ranges
        },
        tuple(FrozenDates(_written(d.start), _written(d.end), d.reason) for d in freeze.dated),
    )


def freeze_of(safeguards: Safeguards) -> Freeze | None:
    """The freeze windows of safeguards, None when there are none."""
    if not safeguards.time_zone:
        return None
    return Freeze(
        safeguards.time_zone,
        Schedule.parse({day: list(safeguards.weekly.get(day, ())) for day in WEEKDAYS}),
        tuple(DatedWindow(_read(d.start), _read(d.end), d.reason) for d in safeguards.dated),
    )


def freezes_in_force(own: Freeze | None, recorded: Sequence[Safeguards]) -> tuple[Freeze, ...]:
    """The freezes that stop an apply: the environment file's and the recorded ones."""
    found = (own, *(freeze_of(each) for each in recorded))
    return tuple(dict.fromkeys(freeze for freeze in found if freeze is not None))


def _written(local: datetime) -> str:
    return local.isoformat(timespec="minutes")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)

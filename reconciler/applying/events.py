"""What an apply tells while it runs, as values; views decide how it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.planning.change import Action


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run has its id; `steps` is how many changes it will make, tracking included."""

    run: str
    steps: int


@dataclass(frozen=True, slots=True)
class StepFinished:
    """One change came to an end: `state` is a journal state, `detail` says why it failed.

    `writes` is False for what only the ledger knows of, such as a resource now tracked.
    """

    address: str
    action: Action
    state: str
    detail: str = ""
    writes: bool = True


@dataclass(frozen=True, slots=True)
class CollateralFound:
    """Something outside the plan changed with a write: field, what was expected, what is there."""

    address: str
    field: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run waits, and for what."""

    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ClocksDiffer:
    """How far the platform's clock is ahead of this machine's, where that is too much."""

    ahead_seconds: int


Event: TypeAlias = ClocksDiffer | RunStarted | StepFinished | CollateralFound | Waiting
Listener: TypeAlias = Callable[[Event], None]


def silent(event: Event) -> None:
    """The listener of those who want none."""

"""Events that an apply emits while it runs; views render them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.message import NO_MESSAGE, Message
from reconciler.planning.change import Action


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run has begun or goes on; `steps` is the number of its changes, ledger-only ones too."""

    run: str
    steps: int


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A change has its outcome: `state` is a journal state, `detail` says why it failed.

    `writes` is False for a change of the ledger alone, such as an adoption.
    """

    address: str
    action: Action
    state: str
    detail: Message = NO_MESSAGE
    writes: bool = True


@dataclass(frozen=True, slots=True)
class CollateralFound:
    """A field that differs from the plan after a write: the expected value and the found one."""

    address: str
    field: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run waits at most `seconds` for `what`: requests, or the holder of the lease."""

    what: Message
    seconds: float


@dataclass(frozen=True, slots=True)
class ClocksDiffer:
    """The platform's clock is ahead of this machine's by more than is tolerated."""

    ahead_seconds: int


Event: TypeAlias = ClocksDiffer | RunStarted | StepFinished | CollateralFound | Waiting
Listener: TypeAlias = Callable[[Event], None]


def silent(event: Event) -> None:
    """A listener that ignores every event."""

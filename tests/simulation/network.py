"""What can happen to a request between its sender and the platform, as a scheduler decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from reconciler.errors import AccessDenied, PlatformError, Unreachable, Unsent
from reconciler.live.platform import Outcome, Request
from tests.simulation.simulated_platform import Platform


class Answer(Enum):
    """What the sender of a batch, or of a read, gets to see."""

    GIVEN = "given"
    LOST = "lost"
    """No answer: `Unreachable`."""
    UNAVAILABLE = "unavailable"
    """503, which says nothing about what took effect: `Unreachable`."""
    BUSY = "busy"
    """429, and nothing took effect: `Unsent`."""
    UNSENT = "unsent"
    """The connection was refused: `Unsent`."""
    DENIED = "denied"
    """401, and nothing took effect: `AccessDenied`."""
    STALE = "stale"
    """For reads of a list: what this reader saw there the last time."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to one attempt of a batch.

    The first `carried_out` operations take effect (None: all of them) as often as `deliveries`
    says; the answer is that of the last delivery. Where it is given although not all was carried
    out, the rest has the outcome 503. A `late` batch is in flight until `Network.deliver`.
    """

    carried_out: int | None = None
    answer: Answer = Answer.GIVEN
    deliveries: int = 1
    late: bool = False


DELIVERED = Fate()
LOST_REQUEST = Fate(carried_out=0, answer=Answer.LOST)
LOST_ANSWER = Fate(answer=Answer.LOST)
REPEATED = Fate(deliveries=2)
LATE = Fate(answer=Answer.LOST, late=True)
BUSY = Fate(carried_out=0, answer=Answer.BUSY)
UNSENT = Fate(carried_out=0, answer=Answer.UNSENT)
UNAVAILABLE = Fate(carried_out=0, answer=Answer.UNAVAILABLE)
DENIED = Fate(carried_out=0, answer=Answer.DENIED)


def cut_after(operations: int) -> Fate:
    """A batch of which a beginning took effect, and no answer came."""
    return Fate(carried_out=operations, answer=Answer.LOST)


def shed_after(operations: int) -> Fate:
    """A batch of which a beginning took effect; the rest is answered with 503."""
    return Fate(carried_out=operations)


@dataclass(frozen=True, slots=True)
class InFlight:
    """A batch whose sender has given up, and which may still arrive."""

    user: str
    batch: tuple[Request, ...]
    sent_at: datetime


class Network:
    """The way to the platform and back: this one is perfect, and never suspends anybody.

    Points are `read PATH`, `send` (before `may_send` is asked), `sent` (between `may_send` and
    the effect) and `answered` (between the effect and the answer).
    """

    def __init__(self) -> None:
        self.in_flight: list[InFlight] = []

    async def point(self, name: str) -> None:
        """A moment between two steps of a request: suspend here to let somebody else run."""

    def read_answer(self, path: str) -> Answer:  # noqa: ARG002
        """What becomes of a read of `platform`, `usage`, `audit`, or the path of a list."""
        return Answer.GIVEN

    def fate(self, batch: Sequence[Request]) -> Fate:  # noqa: ARG002
        """What becomes of one attempt of a batch."""
        return DELIVERED

    def deliver(self, platform: Platform, position: int = 0) -> tuple[Outcome, ...]:
        """Have a late batch take effect; nobody gets the answer."""
        late = self.in_flight.pop(position)
        return platform.send(late.user, late.batch)


def failure(answer: Answer) -> PlatformError:
    """What the sender gets in place of an answer."""
    if answer is Answer.DENIED:
        return AccessDenied("the platform does not know this token", status=401)
    if answer is Answer.BUSY:
        return Unsent("the platform has had too many requests", status=429)
    if answer is Answer.UNSENT:
        return Unsent("nothing answers there: the connection is refused")
    if answer is Answer.UNAVAILABLE:
        return Unreachable("the platform is not available", status=503)
    return Unreachable("no answer came")

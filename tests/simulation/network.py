"""The fates of a request between its sender and the platform, as a scheduler decides them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from reconciler.errors import AccessDenied, PlatformError, Unreachable, Unsent
from reconciler.live.platform import Outcome, Request
from tests.simulation.simulated_platform import Platform


class Answer(Enum):
    """The answer that the sender of a batch or read receives."""

    GIVEN = "given"
    LOST = "lost"
    """No answer: `Unreachable`."""
    UNAVAILABLE = "unavailable"
    """503, with or without an effect: `Unreachable`."""
    BUSY = "busy"
    """429, without effect: `Unsent`."""
    UNSENT = "unsent"
    """The connection was refused: `Unsent`."""
    DENIED = "denied"
    """401, without effect: `AccessDenied`."""
    STALE = "stale"
    """For reads of a list: the result of the previous read."""


@dataclass(frozen=True, slots=True)
class Fate:
    """The fate of one attempt of a batch.

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
    """The first operations take effect, and no answer arrives."""
    return Fate(carried_out=operations, answer=Answer.LOST)


def shed_after(operations: int) -> Fate:
    """The first operations take effect; the others get a 503."""
    return Fate(carried_out=operations)


@dataclass(frozen=True, slots=True)
class InFlight:
    """A batch that can still arrive after its sender gave up."""

    user: str
    batch: tuple[Request, ...]


class Network:
    """The network to the platform, without faults and suspensions.

    Points are `read PATH`, `send` (before `may_send` is asked), `sent` (between `may_send` and
    the effect) and `answered` (between the effect and the answer).
    """

    def __init__(self) -> None:
        self.in_flight: list[InFlight] = []

    async def point(self, name: str) -> None:
        """A point between two steps of a request, where other processes can run."""

    def read_answer(self, path: str) -> Answer:  # noqa: ARG002
        """The answer to a read of `platform`, `usage`, `audit`, or the path of a list."""
        return Answer.GIVEN

    def fate(self, batch: Sequence[Request]) -> Fate:  # noqa: ARG002
        """The fate of one attempt of a batch."""
        return DELIVERED

    def deliver(self, platform: Platform, position: int = 0) -> tuple[Outcome, ...]:
        """Deliver a late batch; its answer is lost."""
        late = self.in_flight.pop(position)
        return platform.send(late.user, late.batch)


def failure(answer: Answer) -> PlatformError:
    """The exception that the sender gets instead of an answer."""
    if answer is Answer.DENIED:
        return AccessDenied("the platform does not know this token", status=401)
    if answer is Answer.BUSY:
        return Unsent("the platform has had too many requests", status=429)
    if answer is Answer.UNSENT:
        return Unsent("nothing answers there: the connection is refused")
    if answer is Answer.UNAVAILABLE:
        return Unreachable("the platform is not available", status=503)
    return Unreachable("no answer came")

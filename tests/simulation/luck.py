"""The faults of one command: in the network, in the state, and in its process."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from reconciler.errors import StateError
from reconciler.live.platform import Request
from tests.simulation import network as fates
from tests.simulation.history import Sent
from tests.simulation.network import Answer, Fate, Network
from tests.simulation.ports import ATTEMPT_SECONDS
from tests.simulation.processes import Process
from tests.simulation.simulated_platform import Platform
from tests.simulation.story import NETWORK_FAULTS, Command

_COMMITS = frozenset(
    {"begin_run", "resume_run", "finish_run", "record_intents", "withdraw_intents"}
    | {"record_outcomes", "acquire", "release", "break_lease", "heartbeat", "change_ledger"}
)
_NO_POINT = frozenset({"heartbeat"})


@dataclass(slots=True)
class Luck:
    """The random faults and delays of one command, drawn from its own stream."""

    process: Process
    random: Random
    rates: dict[str, float]
    tally: Counter[str]
    command: Command | None = None
    stopped: bool = False
    points: int = 0
    read_position: int = 0
    at_sent: Callable[[], None] | None = None
    log: Callable[[str], None] = field(default=lambda _: None)

    def strikes(self, fault: str) -> bool:
        """Whether a fault happens now."""
        rate = self.rates.get(fault, 0.0)
        if not rate or self.random.random() >= rate:
            return False
        self.tally[f"fault: {fault}"] += 1
        return True

    def point(self) -> None:
        """A point where the command can crash, be interrupted, or pause."""
        self.process.check()
        self.points += 1
        command = self.command
        if command is None or not command.strike or self.points != command.strike_at:
            return
        self.tally[f"fault: {command.strike}"] += 1
        self.log(f"{command.strike} at point {self.points}")
        if command.strike == "crash":
            if self.at_sent is not None and self.random.random() < 0.5:
                self.at_sent()
            self.process.kill()
        elif command.strike == "interrupt":
            self.stopped = True
        else:
            self.process.pause(command.strike_seconds)

    def moment(self) -> float:
        """A random time, usually short."""
        return float(10 ** self.random.uniform(-3, 0.3))

    # ---- the state -----------------------------------------------------------------------

    def before(self, name: str) -> None:
        """The fault before a transaction."""
        self.process.check()
        writes = name in _COMMITS
        if writes and name not in _NO_POINT:
            self.point()
        if self.random.random() < (0.3 if writes else 0.12):
            self.process.pause(self.moment())
        if writes and self.strikes("commit refused"):
            self.log(f"commit refused: {name}")
            raise StateError("the state is not reachable: nothing was committed")
        if not writes and self.strikes("state unreadable"):
            raise StateError("the state is not reachable: it cannot be read")

    def after(self, name: str) -> None:
        """The fault after a committed transaction."""
        if name not in _COMMITS:
            return
        if name not in _NO_POINT:
            self.point()
        if self.strikes("commit unanswered"):
            self.log(f"commit unanswered: {name}")
            raise StateError("the state is not reachable: whether it committed is not known")
        self.process.check()


@dataclass(slots=True)
class _Attempt:
    """A batch in flight."""

    batch: tuple[Request, ...]
    allowed: float
    fate: Fate


class UnluckyNetwork(Network):
    """The network between one command and the platform."""

    def __init__(self, luck: Luck, platform: Platform, user: str, sent: dict[int, Sent]) -> None:
        super().__init__()
        self._luck, self._platform, self._user, self._sent = luck, platform, user, sent
        self._attempt: _Attempt | None = None
        self._before = 0

    async def point(self, name: str) -> None:
        luck = self._luck
        luck.process.check()
        if name.startswith("read "):
            if name == "read users":  # the first list of a snapshot
                self._luck.read_position = len(self._platform.log)
            if luck.random.random() < 0.1:
                await self._pass(luck.moment())
            return
        if name == "answered":
            self._note_arrival()
            luck.point()
            await self._answer()
            return
        luck.at_sent = self._arrive_later if name == "sent" else None
        luck.point()
        luck.at_sent = None
        await self._pass(min(luck.moment(), ATTEMPT_SECONDS - 1))
        self._before = self._platform.requests

    async def _pass(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._luck.process.check()

    async def _answer(self) -> None:
        attempt, luck = self._attempt, self._luck
        lost = attempt is not None and attempt.fate.answer is Answer.LOST
        if lost and luck.random.random() < 0.5:
            await self._pass(ATTEMPT_SECONDS)
        else:
            await self._pass(luck.moment())

    def read_answer(self, path: str) -> Answer:
        if self._luck.strikes("read fails"):
            return self._luck.random.choice((Answer.LOST, Answer.UNAVAILABLE, Answer.BUSY))
        if "/" in path and self._luck.strikes("stale list"):
            return Answer.STALE
        return Answer.GIVEN

    def fate(self, batch: Sequence[Request]) -> Fate:
        sent = tuple(batch)
        fate = self._drawn(sent)
        self._attempt = _Attempt(sent, self._luck.process.scheduler.seconds, fate)
        if fate is fates.LATE:
            self._arrive_later()
            fate = fates.LOST_REQUEST
            self._attempt.fate = fate
        return fate

    def _drawn(self, batch: tuple[Request, ...]) -> Fate:
        luck = self._luck
        found = next((fault for fault in NETWORK_FAULTS if luck.strikes(fault)), "")
        if not found:
            return fates.DELIVERED
        luck.log(f"network: {found}")
        if found == "second delivery":
            self._luck.process.scheduler.after(
                luck.random.uniform(1, ATTEMPT_SECONDS - 3), self._arrival(batch)
            )
            return fates.DELIVERED
        part = luck.random.randrange(len(batch) + 1)
        return {
            "lost request": fates.LOST_REQUEST,
            "lost answer": fates.LOST_ANSWER,
            "late request": fates.LATE,
            "repeated request": fates.REPEATED,
            "cut batch": fates.cut_after(part),
            "shed batch": fates.shed_after(part),
            "busy": fates.BUSY,
            "connection refused": fates.UNSENT,
            "unavailable": fates.UNAVAILABLE,
            "token refused": fates.DENIED,
        }[found]

    def _arrive_later(self) -> None:
        """Let the batch that was just allowed arrive later, within its time."""
        assert self._attempt is not None
        delay = self._luck.random.uniform(0.1, ATTEMPT_SECONDS - 3)
        self._luck.process.scheduler.after(delay, self._arrival(self._attempt.batch))

    def _arrival(self, batch: tuple[Request, ...]) -> Callable[[], None]:
        allowed, read = self._luck.process.scheduler.seconds, self._luck.read_position

        def arrive() -> None:
            self._platform.send(self._user, batch)
            passed = self._luck.process.scheduler.seconds - allowed
            self._sent[self._platform.requests] = Sent(passed, read)

        return arrive

    def _note_arrival(self) -> None:
        """Record which requests of the platform belong to this attempt."""
        assert self._attempt is not None
        passed = self._luck.process.scheduler.seconds - self._attempt.allowed
        for number in range(self._before + 1, self._platform.requests + 1):
            self._sent[number] = Sent(passed, self._luck.read_position)

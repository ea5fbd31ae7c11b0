"""Processes in virtual time, in one thread. The clock alone decides which runs next.

Each process is a greenlet with its own event loop. It lets others run only at `pause`, and when its
loop is idle. `pause` stops the whole process with all tasks, like a stopped or busy machine. When a
killed process runs again, `Killed` is raised at its current point.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

_Result = TypeVar("_Result")


class Killed(BaseException):
    """The process was killed: it does nothing more."""


class Stuck(Exception):
    """A process waits without a pending event, or a story does not end."""


class Scheduler:
    """Virtual time with its scheduled actions, in order of time and then of scheduling."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        """The current virtual time."""
        return START + timedelta(seconds=self.seconds)

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Schedule an action at a time."""
        heapq.heappush(self._queue, (seconds, next(self._numbers), act))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Schedule an action after a number of seconds."""
        self.at(self.seconds + seconds, act)

    def run(self, *, at_most: int = 1_000_000) -> None:
        """Run all scheduled actions. Raises Stuck."""
        for _ in range(at_most):
            if not self._queue:
                return
            moment, _, act = heapq.heappop(self._queue)
            self.seconds = max(self.seconds, moment)
            act()
        raise Stuck(f"{at_most} events and no end")


class Process:
    """One program that runs until its end or a kill."""

    def __init__(self, scheduler: Scheduler, name: str) -> None:
        self.scheduler, self.name = scheduler, name
        self.dead = False
        self.loop = VirtualLoop(self)
        self._hub: greenlet | None = None
        self._greenlet: greenlet | None = None

    def start(self, work: Callable[[], None], *, after: float = 0.0) -> None:
        """Start after a delay. Any exception except `Killed` ends the simulation."""

        def main() -> None:
            with suppress(Killed):
                work()

        self._greenlet = greenlet(main)
        self.scheduler.after(after, self._resume)

    def _resume(self) -> None:
        assert self._greenlet is not None
        self._hub = getcurrent()
        self._greenlet.parent = self._hub
        events._set_running_loop(self.loop if self.loop.running else None)
        try:
            self._greenlet.switch()
        finally:
            events._set_running_loop(None)

    def pause(self, seconds: float) -> None:
        """Stop for a number of seconds, while others run. Raises Killed."""
        self._sleep(seconds)
        self.check()

    def _sleep(self, seconds: float) -> None:
        assert self._hub is not None
        self.scheduler.after(seconds, self._resume)
        self._hub.switch()

    def idle(self, until: float) -> None:
        """Wait until a time; the caller handles a kill."""
        self._sleep(max(0.0, until - self.scheduler.seconds))

    def check(self) -> None:
        """Raise Killed if the process was killed."""
        if self.dead:
            raise Killed

    def kill(self) -> None:
        """Kill the process."""
        self.dead = True
        raise Killed

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine to its end, in the loop of this process."""
        return self.loop.run(work)


class VirtualLoop(asyncio.AbstractEventLoop):
    """An event loop for asyncio's tasks, sleeps and threads, in the time of a scheduler."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = itertools.count()
        self.running = False

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine to its end."""
        self.running = True
        events._set_running_loop(self)
        try:
            task = self.create_task(work)
            while not task.done():
                self._once(task)
            return task.result()
        except asyncio.CancelledError:
            self._process.check()
            raise
        finally:
            self.running = False
            events._set_running_loop(None)
            self._ready.clear()
            self._timers.clear()

    def _once(self, task: asyncio.Task[Any]) -> None:
        while self._timers and self._timers[0][2].cancelled():
            heapq.heappop(self._timers)
        if not self._ready:
            if not self._timers:
                raise Stuck(f"{self._process.name} waits for nothing")
            self._process.idle(self._timers[0][0])
            if self._process.dead:
                task.cancel()
        while self._timers and self._timers[0][0] <= self._process.scheduler.seconds:
            self._ready.append(heapq.heappop(self._timers)[2])
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle._run()

    # ---- the interface for asyncio ---------------------------------------------------------

    def time(self) -> float:
        return self._process.scheduler.seconds

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return self.running

    def is_closed(self) -> bool:
        return False

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> Any:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._numbers), handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled timers are dropped when they are due."""

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, work: Any, *, name: Any = None, context: Any = None) -> Any:
        return asyncio.Task(work, loop=self, name=name, context=context)

    def run_in_executor(self, _: Any, work: Any, *args: Any) -> asyncio.Future[Any]:
        """Run a thread's work at once."""
        future = self.create_future()

        def act() -> None:
            if future.cancelled():
                return
            try:
                result = work(*args)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        self.call_soon(act)
        return future

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Ignore exceptions of a killed process."""

"""One limiter for all requests: a width, and a pause everybody keeps when the platform asks.

httpx gets slower above a handful of concurrent requests, and a platform that says 429 to one
request means all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

WIDTH = 6
"""Requests at a time."""


class PauseTooLong(Exception):
    """The pause the platform asked for ends later than the caller would wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"paused for another {seconds:.0f} s")


class Limiter:
    """Lets `width` requests through at a time, and none while the platform asked for a pause.

    Share one between a reader and a writer: the platform counts them together. The clock and
    the sleep are given so that tests need not wait.
    """

    def __init__(
        self,
        width: int = WIDTH,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.width = width
        self.clock = clock
        self._sleep = sleep
        self._slots = asyncio.Semaphore(width)
        self._resumes_at = clock()

    def pause(self, seconds: float) -> None:
        """Let nobody through for so long; a longer pause already asked for stays."""
        self._resumes_at = max(self._resumes_at, self.clock() + seconds)

    @property
    def paused_for(self) -> float:
        """Seconds until requests go out again; 0 when they do now."""
        return max(0.0, self._resumes_at - self.clock())

    @asynccontextmanager
    async def admission(self, patience: float) -> AsyncIterator[None]:
        """Hold a slot. Raises PauseTooLong rather than sit out a pause longer than `patience`."""
        await self._enter(patience)
        try:
            yield
        finally:
            self._slots.release()

    async def _enter(self, patience: float) -> None:
        while True:
            await self._slots.acquire()
            wait = self.paused_for
            if not wait:
                return
            self._slots.release()
            if wait > patience:
                raise PauseTooLong(wait)
            await self._sleep(wait)
            patience -= wait

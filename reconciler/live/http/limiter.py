"""One limiter for all requests: a number of concurrent requests, and the platform's pauses.

httpx gets slower with more than a few concurrent requests. A 429 to one request is for all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

WIDTH = 6
"""The number of concurrent requests."""


class PauseTooLong(Exception):
    """The pause that the platform requested ends after the caller's deadline."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"paused for another {seconds:.0f} s")


class Limiter:
    """Admits `width` concurrent requests, and none during a pause that the platform requested.

    Share one between a reader and a writer, because the platform counts them together. Tests pass
    `clock` and `sleep`.
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

"""Readers and writers connected to the fake platform, with patience that costs no time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from reconciler.live.http.connect import connect_reader, connect_writer
from reconciler.live.http.limiter import Limiter
from reconciler.live.http.settings import HttpSettings
from reconciler.live.platform import Reader, Writer
from tests.live.fake_platform import TOKEN, URL, FakePlatform, FakeTime

Result = TypeVar("Result")

QUICK = HttpSettings(
    backoff_seconds=0.0,
    backoff_max_seconds=0.0,
    jitter_seconds=0.0,
    now=lambda: datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC),
)


class Connected:
    """Runs something with a reader or a writer connected to the fake platform."""

    def __init__(self, platform: FakePlatform, time: FakeTime) -> None:
        self._platform = platform
        self._time = time

    def _limiter(self) -> Limiter:
        return Limiter(clock=self._time.clock, sleep=self._time.sleep)

    def read(
        self,
        use: Callable[[Reader], Awaitable[Result]],
        *,
        cache_dir: Path | None = None,
        token: str | None = TOKEN,
        settings: HttpSettings = QUICK,
    ) -> Result:
        """What `use` makes of a reader."""

        async def run() -> Result:
            async with connect_reader(
                URL,
                token,
                cache_dir=cache_dir,
                limiter=self._limiter(),
                settings=settings,
                transport=self._platform.transport,
            ) as reader:
                return await use(reader)

        return asyncio.run(run())

    def write(
        self, use: Callable[[Writer], Awaitable[Result]], *, settings: HttpSettings = QUICK
    ) -> Result:
        """What `use` makes of a writer."""

        async def run() -> Result:
            async with connect_writer(
                URL,
                TOKEN,
                limiter=self._limiter(),
                settings=settings,
                transport=self._platform.transport,
            ) as writer:
                return await use(writer)

        return asyncio.run(run())

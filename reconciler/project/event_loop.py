"""How the Python API runs what waits: one event loop a call, work beside it, and its interruption.

Nothing here knows of plans or platforms.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TypeVar

_Result = TypeVar("_Result")
_Made = TypeVar("_Made")


def run(work: Coroutine[None, None, _Result]) -> _Result:
    """Run to the end. The result is handed over aside: asyncio.run makes a repr of what the
    coroutine returns, which takes seconds for a large snapshot or plan."""
    held: list[_Result] = []

    async def hold() -> None:
        held.append(await work)

    asyncio.run(hold())
    return held[0]


async def beside(
    make: Callable[[], _Made], reading: Coroutine[None, None, _Result]
) -> tuple[_Made, _Result]:
    """What a thread makes while something is awaited. Where both fail, the first failure told is
    always that of `make`, whichever came first: the same mistake reads the same every time."""
    task = asyncio.ensure_future(reading)
    try:
        made = await asyncio.to_thread(make)
    except BaseException:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task
        raise
    return made, await task


def interruption(loop: asyncio.AbstractEventLoop) -> Callable[[], bool]:
    """Whether Ctrl-C or a termination was asked for: what is in flight is finished first."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, asked.set)
        except (NotImplementedError, RuntimeError, ValueError):
            continue
    return asked.is_set

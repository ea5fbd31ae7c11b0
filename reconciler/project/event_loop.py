"""Run coroutines for a synchronous API: one event loop a call, a thread with it, Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TypeVar

_Result = TypeVar("_Result")
_Made = TypeVar("_Made")


def run(work: Coroutine[None, None, _Result]) -> _Result:
    """Run a coroutine to its end and return its result.

    The result does not go through asyncio.run, which makes a repr of it: that takes seconds for a
    large snapshot or plan.
    """
    results: list[_Result] = []

    async def keep_result() -> None:
        results.append(await work)

    asyncio.run(keep_result())
    return results[0]


async def run_together(
    make: Callable[[], _Made], reading: Coroutine[None, None, _Result]
) -> tuple[_Made, _Result]:
    """Call `make` in a thread while `reading` is awaited; returns both results.

    When both fail, the error of `make` is raised, whichever came first.
    """
    task = asyncio.ensure_future(reading)
    try:
        made = await asyncio.to_thread(make)
    except BaseException:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task
        raise
    return made, await task


def stop_requested(loop: asyncio.AbstractEventLoop) -> Callable[[], bool]:
    """A function that returns whether the process got SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError, ValueError):
            continue
    return stop.is_set

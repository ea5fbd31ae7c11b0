"""A relay on loopback that counts the statuses and bytes of a platform's answers.

It is between a command and the platform in runs without timing. A response starts with its status
line, because both sides take turns on a connection.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_CHUNK_BYTES = 1 << 16


@dataclass(slots=True)
class Answers:
    """The counted answers since the last `clear`."""

    url: str
    statuses: Counter[int] = field(default_factory=Counter)
    received: int = 0

    def clear(self) -> None:
        """Reset the counts."""
        self.statuses.clear()
        self.received = 0


@contextmanager
def counting(url: str) -> Iterator[Answers]:
    """A relay to the platform at `url`, closed on exit."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    answers = Answers("")
    server = asyncio.run_coroutine_threadsafe(_serve(url, answers), loop).result()
    try:
        yield answers
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _serve(url: str, answers: Answers) -> asyncio.Server:
    host, port = urlsplit(url).hostname, urlsplit(url).port

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, port)
        await asyncio.gather(_pass_on(reader, back, None), _pass_on(there, writer, answers))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    answers.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    return server


async def _pass_on(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, answers: Answers | None
) -> None:
    try:
        while data := await source.read(_CHUNK_BYTES):
            if answers is not None:
                answers.received += len(data)
                if match := _STATUS.match(data):
                    answers.statuses[int(match[1])] += 1
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()

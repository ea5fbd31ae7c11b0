"""What is sent, cut into requests the platform takes: so many operations, and so many bytes.

What a platform says of itself need not be all: a proxy before it may take less. A read that is
refused as too large is halved here; a write is halved by the executor, which has a journal to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reconciler.errors import RequestTooLarge
from reconciler.kinds.address import Address
from reconciler.live.platform import Outcome, PlatformInfo, Request, Writer
from reconciler.planning.order import steps_per_batch

_FRAME_BYTES = 32
"""What a batch's body has around its operations."""

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What one request may carry: writes, reads, and bytes."""

    steps: int
    reads: int
    body_bytes: int

    @classmethod
    def of(cls, info: PlatformInfo) -> RequestLimits:
        """Those a platform tells of itself."""
        return cls(steps_per_batch(info.batch_size), info.batch_size, info.body_bytes)


def cut(
    items: Iterable[tuple[_Item, int]], *, count: int, body_bytes: int
) -> Iterator[tuple[_Item, ...]]:
    """Items with their sizes, in order, so many and so large at a time. One that is too large
    stands alone."""
    room, batch = body_bytes - _FRAME_BYTES, list[_Item]()
    for item, size in items:
        if batch and (len(batch) == count or size > room):
            yield tuple(batch)
            room, batch = body_bytes - _FRAME_BYTES, []
        batch.append(item)
        room -= size
    if batch:
        yield tuple(batch)


def halves(items: Sequence[_Item]) -> tuple[Sequence[_Item], Sequence[_Item]]:
    """The first half, and the rest."""
    middle = len(items) // 2
    return items[:middle], items[middle:]


async def look(
    writer: Writer, addresses: Sequence[Address], limits: RequestLimits
) -> tuple[Outcome, ...]:
    """What is at each address now. Raises PlatformError."""
    gets = [Request("get", one) for one in addresses]
    sized = ((one, writer.size(one)) for one in gets)
    outcomes: list[Outcome] = []
    for batch in cut(sized, count=limits.reads, body_bytes=limits.body_bytes):
        outcomes.extend(await _read(writer, batch))
    return tuple(outcomes)


async def _read(writer: Writer, batch: Sequence[Request]) -> tuple[Outcome, ...]:
    try:
        return await writer.send(batch)
    except RequestTooLarge:
        if len(batch) == 1:
            raise
    first, rest = halves(batch)
    return (*await _read(writer, first), *await _read(writer, rest))

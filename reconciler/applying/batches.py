"""Split requests into batches that fit the platform's limits, and read addresses in batches.

A proxy may accept less than the platform reports. A read that is refused as too large is halved
here. The executor halves writes, because it must journal them.
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
"""The bytes of a batch's body around its operations."""

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """The most that one request may contain: writes, reads, and bytes."""

    steps: int
    reads: int
    body_bytes: int

    @classmethod
    def of(cls, info: PlatformInfo) -> RequestLimits:
        """The limits that a platform reports."""
        return cls(steps_per_batch(info.batch_size), info.batch_size, info.body_bytes)


def batched(
    sized_items: Iterable[tuple[_Item, int]], *, count: int, body_bytes: int
) -> Iterator[tuple[_Item, ...]]:
    """Batches of at most `count` items and `body_bytes` bytes, in order.

    Each item comes with its size. An item that is too large is a batch by itself.
    """
    room, batch = body_bytes - _FRAME_BYTES, list[_Item]()
    for item, size in sized_items:
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


async def read_all(
    writer: Writer, addresses: Sequence[Address], limits: RequestLimits
) -> tuple[Outcome, ...]:
    """Read each address now; one outcome each. Raises PlatformError."""
    gets = [Request("get", address) for address in addresses]
    sized = ((request, writer.size(request)) for request in gets)
    outcomes: list[Outcome] = []
    for batch in batched(sized, count=limits.reads, body_bytes=limits.body_bytes):
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

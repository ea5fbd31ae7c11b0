"""duplicate-number: two campaigns would have the same number on the same channel type.

It blocks, and no approval covers it: the platform would refuse the write halfway through the apply.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.address import Address, identity, name_of
from reconciler.kinds.base import Fields
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import counted

CODE = "duplicate-number"


def _analyze(review: Review) -> Iterator[Finding]:
    gained: dict[Address, list[str]] = {}
    touched: dict[str, tuple[Address, Fields | None]] = {}
    for change in review.plan.changes:
        if KINDS[change.kind].has_numbers and change.writes:
            touched[identity(change.address)] = (change.address, change.after)
            old = set(names_in((change.before or {}).get("numbers")))
            new = [n for n in names_in((change.after or {}).get("numbers")) if n not in old]
            if new:
                gained[change.address] = new
    if not gained:
        return
    channels = _channels_by_number(review, touched)
    for address, numbers in gained.items():
        channel_type = name_of(address)
        shared = [number for number in numbers if len(channels[channel_type, number]) > 1]
        others = {other for n in shared for other in channels[channel_type, n]} - {address}
        if others:
            yield Finding(
                code=CODE,
                severity="block",
                address=address,
                message=Message.of(
                    "{count} of this channel would also be on another campaign's {type} channel, "
                    "and a number serves one campaign for each channel type: {numbers}",
                    count=counted(len(shared), "number"),
                    type=channel_type,
                    numbers=", ".join(shared),
                ),
                evidence=Evidence(referrers=tuple(sorted(others)), counts={"numbers": len(shared)}),
                safer=Message.plain(
                    "remove the number from the other campaign's channel in the same plan, or use "
                    "another number"
                ),
            )


def _channels_by_number(
    review: Review, touched: dict[str, tuple[Address, Fields | None]]
) -> dict[tuple[str, str], list[Address]]:
    """The channels that have each number once the plan is done, by channel type and number."""
    live = {
        key: (resource.address, resource.fields)
        for key, resource in review.live.resources.items()
        if resource.kind.has_numbers
    }
    channels: dict[tuple[str, str], list[Address]] = {}
    for address, fields in {**live, **touched}.values():
        if fields is not None:
            for number in names_in(fields.get("numbers")):
                channels.setdefault((name_of(address), number), []).append(address)
    return channels


GUARD = Guard(
    CODE, "Two campaigns would have the same number on one channel type.", _analyze, __doc__
)

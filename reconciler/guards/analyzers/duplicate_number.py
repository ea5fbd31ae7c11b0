"""duplicate-number: two campaigns would have one number on one channel type.

The platform refuses that, halfway through an apply; so it is told before, and no approval helps.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.address import Address, identity, name_of
from reconciler.kinds.base import Fields
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import counted

CODE = "duplicate-number"


def _analyze(review: Review) -> Iterator[Finding]:
    gained: dict[Address, list[str]] = {}
    touched: dict[str, tuple[Address, Fields | None]] = {}
    for change in review.plan.changes:
        if KINDS[change.kind].has_numbers and change.writes:
            touched[identity(change.address)] = (change.address, change.after)
            had = set(names_in((change.before or {}).get("numbers")))
            new = [one for one in names_in((change.after or {}).get("numbers")) if one not in had]
            if new:
                gained[change.address] = new
    if not gained:
        return
    holders = _holders(review, touched)
    for address, numbers in gained.items():
        shared = [one for one in numbers if len(holders[name_of(address), one]) > 1]
        others = {other for one in shared for other in holders[name_of(address), one]} - {address}
        if others:
            yield Finding(
                code=CODE,
                severity="block",
                address=address,
                message=f"{counted(len(shared), 'number')} of this channel would serve another "
                f"campaign's {name_of(address)} too, and a number serves one campaign a channel "
                f"type: {', '.join(shared)}",
                evidence=Evidence(referrers=tuple(sorted(others)), counts={"numbers": len(shared)}),
                safer="take the number from the other campaign's channel in the same plan, or use "
                "another one",
            )


def _holders(
    review: Review, touched: dict[str, tuple[Address, Fields | None]]
) -> dict[tuple[str, str], list[Address]]:
    """Which channels have each number once the plan is done, by channel type and number."""
    channels = {
        key: (one.address, one.fields)
        for key, one in review.live.resources.items()
        if one.kind.has_numbers
    }
    holders: dict[tuple[str, str], list[Address]] = {}
    for address, fields in {**channels, **touched}.values():
        if fields is not None:
            for number in names_in(fields.get("numbers")):
                holders.setdefault((name_of(address), number), []).append(address)
    return holders


GUARD = Guard(CODE, "Two campaigns would have one number on one channel type.", _analyze)

"""blacklist-bypass: a channel stops honouring the blacklist, inbound or outbound."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.channel import CHANNEL
from reconciler.planning.change import Change
from reconciler.planning.findings import Finding
from reconciler.text import joined

CODE = "blacklist-bypass"
_DIRECTIONS = {
    "block_inbound": "customers on the blacklist could get through to it",
    "block_outbound": "agents could contact customers on the blacklist",
}


def _analyze(review: Review) -> Iterator[Finding]:
    for change in review.plan.changes:
        lifted = _lifted(change)
        if lifted:
            what = joined([_DIRECTIONS[name] for name in lifted])
            yield Finding(
                code=CODE,
                severity="block",
                address=change.address,
                message=f"this channel would stop honouring the blacklist: {what}",
                safer=f"keep {joined([f'`{name}: true`' for name in lifted])}",
                approval=change.address,
            )


def _lifted(change: Change) -> list[str]:
    if change.kind != CHANNEL.name or change.before is None or change.after is None:
        return []
    return [
        name
        for name in _DIRECTIONS
        if change.before.get(name) is True and change.after.get(name) is False
    ]


GUARD = Guard(CODE, "A channel would stop honouring the blacklist.", _analyze)

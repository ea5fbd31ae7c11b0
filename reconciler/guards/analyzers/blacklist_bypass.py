"""blacklist-bypass: a channel would stop applying the blacklist.

It blocks when `block_inbound` or `block_outbound` changes from true to false.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.kinds.channel import CHANNEL
from reconciler.message import Message
from reconciler.planning.change import Change
from reconciler.planning.findings import Finding
from reconciler.text import joined

CODE = "blacklist-bypass"
_DIRECTIONS = {
    "block_inbound": "customers on the blacklist could contact it",
    "block_outbound": "agents could contact customers on the blacklist",
}


def _analyze(review: Review) -> Iterator[Finding]:
    for change in review.plan.changes:
        lifted = _lifted_blocks(change)
        if lifted:
            effect = joined([_DIRECTIONS[name] for name in lifted])
            message = Message.of(
                "this channel would stop applying the blacklist: {effect}", effect=effect
            )
            safer = Message.of(
                "keep {fields}", fields=joined([f"`{name}: true`" for name in lifted])
            )
            yield finding(CODE, "block", change.address, message, safer)


def _lifted_blocks(change: Change) -> list[str]:
    if change.kind != CHANNEL.name or change.before is None or change.after is None:
        return []
    return [
        name
        for name in _DIRECTIONS
        if change.before.get(name) is True and change.after.get(name) is False
    ]


GUARD = Guard(CODE, "A channel would stop applying the blacklist.", _analyze, __doc__)

"""reverts-drift: an apply would revert or delete what people changed on the platform.

It warns. People may not know that git manages the field.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.people_edits import lost_edits, reverted_edits
from reconciler.message import Message
from reconciler.planning.change import Action, Change, Origin
from reconciler.planning.findings import Evidence, Finding

CODE = "reverts-drift"

_KEEP_EDIT = Message.plain(
    "copy the edit into the manifest to keep it, or leave the field to people: "
    "`lifecycle: {ignore: [field]}`"
)
_KEEP_RESOURCE = Message.plain(
    "ask whether it is still needed; `lifecycle: {on_remove: keep}` stops managing it and leaves "
    "it in place"
)


def _analyze(review: Review) -> Iterator[Finding]:
    for change in review.plan.changes:
        if change.action is Action.CREATE and review.ledger.find(change.address) is not None:
            message = Message.of(
                "it was deleted on the platform{by} and would be created again",
                by=f" by {change.by}" if change.by else "",
            )
            yield _finding(change, message, 0)
            continue
        drifted = [each for each in change.differences if each.origin is Origin.PLATFORM]
        if drifted and change.action is Action.DELETE:
            message = Message.of(
                "edits since the last apply would be lost with it: {edits}",
                edits=lost_edits(change, drifted),
            )
            yield _finding(change, message, len(drifted), safer=_KEEP_RESOURCE)
        elif drifted:
            message = Message.of(
                "people's edits would be reverted: {edits}",
                edits=reverted_edits(change, drifted),
            )
            yield _finding(change, message, len(drifted))


def _finding(
    change: Change, message: Message, fields: int, *, safer: Message = _KEEP_EDIT
) -> Finding:
    evidence = Evidence.of({"fields": fields})
    return finding(CODE, "warn", change.address, message, safer, evidence)


GUARD = Guard(CODE, "What people changed on the platform would be reverted.", _analyze, __doc__)

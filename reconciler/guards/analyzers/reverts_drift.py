"""reverts-drift: people changed something on the platform, and git would undo or delete it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action, Change, Difference, Origin
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import short_json, some

CODE = "reverts-drift"

_TAKE_IT = (
    "take what people did into the manifest if it is meant to stay, or leave such fields to them: "
    "`lifecycle: {ignore: [field]}`"
)
_KEEP_IT = (
    "ask them whether it is still needed; `lifecycle: {on_remove: keep}` lets go of it unharmed"
)


def _analyze(review: Review) -> Iterator[Finding]:
    for change in review.plan.changes:
        if change.action is Action.CREATE and review.ledger.find(change.address) is not None:
            who = change.by or "people"
            message = f"it was deleted on the platform by {who} and would be made anew"
            yield _finding(change, message, 0)
            continue
        drifted = [one for one in change.differences if one.origin is Origin.PLATFORM]
        if drifted and change.action is Action.DELETE:
            words = some(_lost(change, one) for one in drifted)
            message = f"people's edits since the last apply would be lost with it: {words}"
            yield _finding(change, message, len(drifted), safer=_KEEP_IT)
        elif drifted:
            words = some(_in_words(change, one) for one in drifted)
            yield _finding(change, f"people's edits would be reverted: {words}", len(drifted))


def _finding(change: Change, message: str, fields: int, *, safer: str = _TAKE_IT) -> Finding:
    return Finding(
        code=CODE,
        severity="warn",
        address=change.address,
        message=message,
        evidence=Evidence(counts={"fields": fields} if fields else {}),
        safer=safer,
        approval=change.address,
    )


def _in_words(change: Change, one: Difference) -> str:
    told = _told(one)
    if KINDS[change.kind].is_personal:
        return f"{one.path}{told}"
    return f"{one.path} from {short_json(one.before)} back to {short_json(one.after)}{told}"


def _lost(change: Change, one: Difference) -> str:
    if KINDS[change.kind].is_personal:
        return f"{one.path}{_told(one)}"
    return f"{one.path} {short_json(one.before)}, last applied {short_json(one.base)}{_told(one)}"


def _told(one: Difference) -> str:
    who = f" by {one.by}" if one.by else ""
    when = f" at {one.at}" if one.at else ""
    return f" (changed{who}{when})" if who or when else ""


GUARD = Guard(CODE, "What people changed on the platform would be put back.", _analyze)

"""reverts-drift: people changed something on the platform, and git would put it back."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.facts import kind_of
from reconciler.guards.review import Guard, Review
from reconciler.guards.wording import shown, some
from reconciler.planning.model import Action, Change, Difference, Evidence, Finding, Origin

CODE = "reverts-drift"


def _analyze(review: Review) -> Iterator[Finding]:
    for change in review.plan.changes:
        if change.action is Action.CREATE and review.ledger.find(change.address) is not None:
            who = change.by or "people"
            yield _finding(change, f"{who} deleted it on the platform: it would be made anew", 0)
            continue
        drifted = [one for one in change.differences if one.origin is Origin.PLATFORM]
        if drifted:
            words = some(_in_words(change, one) for one in drifted)
            yield _finding(change, f"people's edits would be reverted: {words}", len(drifted))


def _finding(change: Change, message: str, fields: int) -> Finding:
    return Finding(
        code=CODE,
        severity="warn",
        address=change.address,
        message=message,
        evidence=Evidence(counts={"fields": fields} if fields else {}),
        safer="take what people did into the manifest if it is meant to stay, or leave such fields "
        "to them: `lifecycle: {ignore: [field]}`",
        approval=change.address,
    )


def _in_words(change: Change, one: Difference) -> str:
    who = f" by {one.by}" if one.by else ""
    when = f" at {one.at}" if one.at else ""
    told = f" (changed{who}{when})" if who or when else ""
    if kind_of(change).personal:
        return f"{one.path}{told}"
    return f"{one.path} from {shown(one.before)} back to {shown(one.after)}{told}"


GUARD = Guard(CODE, "What people changed on the platform would be put back.", _analyze)

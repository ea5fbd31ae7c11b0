"""replace: a rename that the platform cannot make becomes a create and a delete.

The same plan changes the references that this project manages. It blocks while anything else
refers to the old name, agents are in it or interactions are open on it. Recent use only warns.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.remaining_use import RemainingUse, use_phrase
from reconciler.guards.usage import is_usage_unknown
from reconciler.kinds.address import identity, name_of
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding, Severity

CODE = "replace"


def _analyze(review: Review) -> Iterator[Finding]:
    changes = review.plan.changes
    replaces = [change for change in changes if change.action is Action.REPLACE]
    if not replaces:
        return
    use = RemainingUse.of(review)
    deletes = {identity(c.address): c for c in changes if c.action is Action.DELETE}
    for change in replaces:
        old = deletes.get(identity(change.previous_address or ""))
        if old is None:
            continue
        usage = change.usage or old.usage
        if usage is not None:
            evidence = use.remaining(usage)
            yield _finding(change, evidence, _severity(evidence), use_phrase(evidence))
        elif is_usage_unknown(review, old, use.names):
            yield _finding(change, Evidence(), "block", "its use could not be read")
        else:
            yield _finding(change, Evidence(), "warn", "")


def _severity(evidence: Evidence) -> Severity:
    now = evidence.counts.get("agents_now", 0) + evidence.counts.get("open_interactions", 0)
    return "block" if evidence.referrers or now else "warn"


def _finding(change: Change, evidence: Evidence, severity: Severity, words: str) -> Finding:
    noun, old = KINDS[change.kind].noun, name_of(change.previous_address or "")
    in_use = f"; '{old}' is still in use: {words}" if words else ""
    message = Message.of(
        "a {kind} cannot be renamed on the platform: this one would be created and '{old}' "
        "deleted{in_use}",
        kind=noun,
        old=old,
        in_use=in_use,
    )
    safer = Message.of(
        "create it and keep '{old}', change what uses '{old}', and delete '{old}' later", old=old
    )
    return finding(CODE, severity, change.address, message, safer, evidence)


GUARD = Guard(
    CODE, "A rename would be a create and a delete of a resource in use.", _analyze, __doc__
)

"""delete-in-use: a resource that is still in use would be deleted.

It blocks while other resources refer to it, agents are in it, interactions are open on it, or it
was used in the last `recent_days`. Referrers that the same plan deletes or changes do not count.
The guards `delete-campaign` and `replace` cover campaigns and replaces. For a resource that is
deleted with its campaign, only agents who are in it now count.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Option, Review, finding
from reconciler.guards.facts import deleted_campaigns, goes_with_its_campaign, replaced_names
from reconciler.guards.remaining_use import RemainingUse, use_phrase
from reconciler.guards.usage import is_usage_unknown
from reconciler.kinds.address import identity
from reconciler.kinds.base import Kind, Life
from reconciler.kinds.registry import KINDS
from reconciler.manifests.settings import COUNTED_DAYS
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding

CODE = "delete-in-use"
RECENT_DAYS = Option("delete-in-use.recent_days", COUNTED_DAYS)


def _analyze(review: Review) -> Iterator[Finding]:
    use = RemainingUse.of(review)
    deleted = deleted_campaigns(review.plan.changes)
    replaced = replaced_names(review.plan.changes)
    for change in review.plan.changes:
        if change.action is not Action.DELETE or identity(change.address) in replaced:
            continue
        kind = KINDS[change.kind]
        if kind.holds_resources or kind.life is not Life.ENTRY:
            continue
        if goes_with_its_campaign(change, deleted):
            yield from _in_deleted_campaign(change, kind)
        elif change.usage is not None:
            evidence = use.remaining(change.usage)
            if evidence.referrers or evidence.counts:
                yield _finding(change, kind, use_phrase(evidence), evidence)
        elif is_usage_unknown(review, change, use.names):
            yield _finding(change, kind, "its use could not be read", Evidence())


def _in_deleted_campaign(change: Change, kind: Kind) -> Iterator[Finding]:
    if change.usage is not None and change.usage.agents_now:
        counts = {"agents_now": len(change.usage.agents_now)}
        evidence = Evidence.of(counts, headline="agents_now")
        yield _finding(change, kind, use_phrase(evidence), evidence)


def _finding(change: Change, kind: Kind, phrase: str, evidence: Evidence) -> Finding:
    message = Message.of("this {kind} would be deleted: {use}", kind=kind.noun, use=phrase)
    return finding(CODE, "block", change.address, message, _safer(change, kind, evidence), evidence)


def _safer(change: Change, kind: Kind, evidence: Evidence) -> str:
    if evidence.referrers:
        return "change the resources that refer to it first, in this plan or an earlier one"
    if "enabled" in kind.field_names(change.address):
        return "set `enabled: false` to disable it, and delete it when nothing uses it"
    if evidence.headline == "agents_now":
        return f"wait until nobody is in it, or {_KEEP}"
    return _KEEP


_KEEP = "stop managing it: `lifecycle: {on_remove: keep}` leaves it in place"

GUARD = Guard(
    CODE,
    "A resource that is still in use would be deleted.",
    _analyze,
    __doc__,
    options=(RECENT_DAYS,),
)

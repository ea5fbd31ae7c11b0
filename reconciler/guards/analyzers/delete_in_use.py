"""delete-in-use: what is deleted is still referred to, used, or worked in.

Referrers that the same plan deletes or points elsewhere do not count. A campaign is
delete-campaign's and the old half of a replace is replace's; of what goes with its campaign only
agents who are in it now are told.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.guards.facts import deleted_campaigns, goes_with_its_campaign, replaced_names
from reconciler.guards.remaining_use import RemainingUse, use_phrase
from reconciler.guards.usage import is_usage_unknown
from reconciler.kinds.address import identity
from reconciler.kinds.base import Kind, Life
from reconciler.kinds.campaign import CAMPAIGN
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding

CODE = "delete-in-use"


def _analyze(review: Review) -> Iterator[Finding]:
    users = RemainingUse.of(review)
    deleted = deleted_campaigns(review.plan.changes)
    replaced = replaced_names(review.plan.changes)
    for change in review.plan.changes:
        if change.action is not Action.DELETE or identity(change.address) in replaced:
            continue
        kind = KINDS[change.kind]
        if kind is CAMPAIGN or kind.life is not Life.ENTRY:
            continue
        if goes_with_its_campaign(change, deleted):
            yield from _in_deleted_campaign(change, kind)
        elif change.usage is not None:
            evidence = users.remaining(change.usage)
            if evidence.referrers or evidence.counts:
                yield _finding(change, kind, use_phrase(evidence), evidence)
        elif is_usage_unknown(review, change, users.names):
            yield _finding(change, kind, "what uses it could not be read", Evidence())


def _in_deleted_campaign(change: Change, kind: Kind) -> Iterator[Finding]:
    agents = len(change.usage.agents_now) if change.usage is not None else 0
    if agents:
        evidence = Evidence(counts={"agents_now": agents}, headline="agents_now")
        yield _finding(change, kind, use_phrase(evidence), evidence)


def _finding(change: Change, kind: Kind, words: str, evidence: Evidence) -> Finding:
    return Finding(
        code=CODE,
        severity="block",
        address=change.address,
        message=f"this {kind.noun} would be deleted: {words}",
        evidence=evidence,
        safer=_safer(change, kind, evidence),
        approval=change.address,
    )


def _safer(change: Change, kind: Kind, evidence: Evidence) -> str:
    if evidence.referrers:
        return "point what refers to it at something else first, in this plan or before it"
    if "enabled" in kind.field_names(change.address):
        return "disable it: set `enabled: false` and keep it until nothing uses it"
    if evidence.headline == "agents_now":
        return (
            "keep it until nobody is in it: `lifecycle: {on_remove: keep}` lets go of it unharmed"
        )
    return "keep it on the platform: `lifecycle: {on_remove: keep}` lets go of it unharmed"


GUARD = Guard(CODE, "Something that is deleted is still referred to, used or worked in.", _analyze)

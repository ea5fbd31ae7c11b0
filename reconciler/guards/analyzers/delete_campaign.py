"""delete-campaign: a campaign's delete cannot be undone and takes its interactions along."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.guards.remaining_use import RemainingUse, referrers_phrase
from reconciler.kinds.address import campaign_of, identity
from reconciler.kinds.base import Life
from reconciler.kinds.keyed_lists import listed_names
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import counted, joined, verb

CODE = "delete-campaign"


def _analyze(review: Review) -> Iterator[Finding]:
    campaigns = [
        change
        for change in review.plan.changes
        if change.action is Action.DELETE and KINDS[change.kind].holds_resources
    ]
    if not campaigns:
        return
    users = RemainingUse.of(review)
    members = _members_lost(review)
    for change in campaigns:
        evidence = _evidence(change, users, members.get(identity(change.address), 0))
        yield Finding(
            code=CODE,
            severity="block",
            address=change.address,
            message=_message(evidence, is_read=change.usage is not None),
            evidence=evidence,
            safer="disable it: set `enabled: false` in its manifest; nothing is received any more "
            "and nothing is lost",
            approval=change.address,
        )


def _members_lost(review: Review) -> dict[str, int]:
    lost: dict[str, int] = {}
    for change in review.plan.changes:
        if change.cascaded and KINDS[change.kind].life is Life.ORDERED_LIST:
            campaign = identity(campaign_of(change.address) or "")
            lost[campaign] = len(listed_names(KINDS[change.kind], change.before))
    return lost


def _evidence(change: Change, users: RemainingUse, members: int) -> Evidence:
    usage = change.usage
    counts = {"members": members}
    if usage is not None:
        counts = {
            "interactions_total": usage.interactions_total,
            "open_interactions": usage.open_interactions,
            "members": members,
        }
    return Evidence(
        referrers=users.referrers(usage) if usage is not None else (),
        counts={name: count for name, count in counts.items() if count},
        headline="interactions_total" if counts.get("interactions_total") else "",
    )


def _message(evidence: Evidence, *, is_read: bool) -> str:
    counts = evidence.counts
    lost = [
        counted(counts.get("interactions_total", 0), "interaction")
        if is_read
        else "its interactions (how many could not be read)"
    ]
    if counts.get("members"):
        lost.append(counted(counts["members"], "member's place", "members' places"))
    more = ""
    opened = counts.get("open_interactions", 0)
    if opened:
        more += f"; {counted(opened, 'interaction')} {verb(opened, 'is', 'are')} open now"
    if evidence.referrers:
        more += f"; used by {referrers_phrase(evidence.referrers)}"
    return (
        f"deleting this campaign cannot be undone and loses {joined(lost)}, its channels and all "
        f"that is its own{more}"
    )


GUARD = Guard(CODE, "A campaign would be deleted, with its interactions and all its own.", _analyze)

"""delete-campaign: a campaign would be deleted, with its interactions and everything in it.

It blocks, because a deleted campaign cannot be restored. Disabling it keeps everything.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.remaining_use import RemainingUse, referrers_phrase
from reconciler.kinds.address import campaign_of, identity
from reconciler.kinds.base import Life
from reconciler.kinds.keyed_lists import listed_names
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
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
    use = RemainingUse.of(review)
    members = _members_lost(review)
    for change in campaigns:
        evidence = _evidence(change, use, members.get(identity(change.address), 0))
        message = _message(evidence, is_read=change.usage is not None)
        safer = (
            "set `enabled: false` in its manifest: it receives nothing more, and nothing is lost"
        )
        yield finding(CODE, "block", change.address, message, safer, evidence)


def _members_lost(review: Review) -> dict[str, int]:
    """How many members each deleted campaign has, by identity of its address."""
    lost: dict[str, int] = {}
    for change in review.plan.changes:
        kind = KINDS[change.kind]
        if change.cascaded and kind.life is Life.ORDERED_LIST:
            campaign = identity(campaign_of(change.address) or "")
            lost[campaign] = len(listed_names(kind, change.before))
    return lost


def _evidence(change: Change, use: RemainingUse, members: int) -> Evidence:
    usage = change.usage
    if usage is None:
        return Evidence.of({"members": members})
    counts = {
        "interactions_total": usage.interactions_total,
        "open_interactions": usage.open_interactions,
        "members": members,
    }
    return Evidence.of(counts, headline="interactions_total", referrers=use.referrers(usage))


def _message(evidence: Evidence, *, is_read: bool) -> Message:
    counts = evidence.counts
    lost = [
        counted(counts.get("interactions_total", 0), "interaction")
        if is_read
        else "its interactions (their number could not be read)"
    ]
    if counts.get("members"):
        lost.append(counted(counts["members"], "membership"))
    in_use = ""
    opened = counts.get("open_interactions", 0)
    if opened:
        in_use += f"; {counted(opened, 'interaction')} {verb(opened, 'is', 'are')} open now"
    if evidence.referrers:
        in_use += f"; used by {referrers_phrase(evidence.referrers)}"
    return Message.of(
        "deleting this campaign cannot be undone and loses {lost}{in_use}",
        lost=joined([*lost, "its channels", "everything else in it"]),
        in_use=in_use,
    )


GUARD = Guard(
    CODE,
    "A campaign would be deleted, with its interactions and everything in it.",
    _analyze,
    __doc__,
)

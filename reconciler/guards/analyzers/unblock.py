"""unblock: a blacklist entry would be deleted, so a customer can be contacted again.

It blocks. A campaign's entry lifts nothing while an entry for all campaigns stays, or when its
campaign is deleted too.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.kinds.address import identity, name_of
from reconciler.kinds.blacklist_entry import BLACKLIST_ENTRY
from reconciler.kinds.registry import parse_address
from reconciler.message import Message
from reconciler.planning.change import Action
from reconciler.planning.effects.blacklist_effect import CustomerEffect
from reconciler.planning.findings import Finding

CODE = "unblock"


def _analyze(review: Review) -> Iterator[Finding]:
    reachable = {
        identity(customer.customer): customer
        for customer in review.effects.blacklist.customers
        if customer.becomes == "reachable"
    }
    for change in review.plan.changes:
        if change.kind != BLACKLIST_ENTRY.name or change.action is not Action.DELETE:
            continue
        campaign = parse_address(change.address).campaign
        effect = reachable.get(identity(name_of(change.address)))
        if effect is None or not _is_in(effect, campaign):
            continue
        by = "all campaigns" if campaign is None else f"the campaign {campaign}"
        message = Message.of("this customer is blocked and could be contacted again by {by}", by=by)
        safer = (
            "keep the entry in the manifests; `lifecycle: {on_remove: keep}` stops managing it "
            "and keeps the block"
        )
        yield finding(CODE, "block", change.address, message, safer)


def _is_in(effect: CustomerEffect, campaign: str | None) -> bool:
    """Whether the customer becomes reachable where the entry was."""
    if campaign is None:
        return not effect.campaigns
    skipped = {identity(name) for name in effect.except_campaigns}
    named = {identity(name) for name in effect.campaigns}
    return identity(campaign) in named if named else identity(campaign) not in skipped


GUARD = Guard(CODE, "A customer on the blacklist could be contacted again.", _analyze, __doc__)

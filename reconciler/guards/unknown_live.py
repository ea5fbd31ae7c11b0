"""unknown-live: part of the platform could not be read whole, so nothing there is planned.

It blocks where the plan is then not the whole truth: where the ledger owns something there, and
where a campaign is deleted that takes along what it holds of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.guards.lists import DIRECTORY, listing_of
from reconciler.guards.review import Guard, Review
from reconciler.guards.wording import counted
from reconciler.kinds.address import name_of
from reconciler.kinds.registry import lists_below
from reconciler.planning.model import Action, Evidence, Finding, Unknown

CODE = "unknown-live"


def _analyze(review: Review) -> Iterator[Finding]:
    if not review.plan.unknowns:
        return
    owned = Counter(listing_of(entry.address) for entry in review.ledger.entries.values())
    holders = _deleted_with(review)
    for unknown in review.plan.unknowns:
        count, taken = owned[unknown.collection], holders.get(unknown.collection, [])
        yield Finding(
            code=CODE,
            severity="block" if count or taken else "warn",
            address=unknown.collection,
            message=_message(unknown, count, taken),
            evidence=Evidence(referrers=tuple(taken), counts={"owned": count} if count else {}),
            safer=_safer(taken),
            approval=unknown.collection,
        )


def _deleted_with(review: Review) -> dict[str, list[str]]:
    """What is deleted with a list below it, by the collection that list is read in."""
    found: dict[str, list[str]] = {}
    for change in review.plan.changes:
        if change.action is Action.DELETE:
            for listed in lists_below(change.address):
                found.setdefault(listing_of(listed), []).append(change.address)
    return found


def _message(unknown: Unknown, owned: int, taken: Sequence[str]) -> str:
    if unknown.collection in DIRECTORY:
        return f"not read whole ({unknown.reason}): names of {unknown.collection} are not checked"
    text = f"not read whole ({unknown.reason}): {_means(unknown, taken)}"
    if owned:
        text += f", although {counted(owned, 'resource')} of this project live in it"
    return text


def _means(unknown: Unknown, taken: Sequence[str]) -> str:
    if not taken:
        return "nothing in it is created, changed or deleted"
    holds = "what it holds" if len(taken) == 1 else "what they hold"
    return (
        f"this plan deletes {counted(len(taken), 'campaign')}, and {holds} of "
        f"{name_of(unknown.collection)} goes along unseen"
    )


def _safer(taken: Sequence[str]) -> str:
    if taken:
        return (
            "let the token's profile view it, so that the plan shows what would be lost; or keep "
            "the campaign and set `enabled: false`"
        )
    return "let the token's profile view it, or try again once the platform answers"


GUARD = Guard(CODE, "Part of the platform could not be read whole.", _analyze)

"""unknown-live: part of the platform could not be read whole, so nothing there is planned.

It blocks where the ledger owns something there, since the plan is then not the whole truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.lists import DIRECTORY, listing_of
from reconciler.guards.review import Guard, Review
from reconciler.guards.wording import counted
from reconciler.planning.model import Evidence, Finding, Unknown

CODE = "unknown-live"


def _analyze(review: Review) -> Iterator[Finding]:
    if not review.plan.unknowns:
        return
    owned: dict[str, int] = {}
    for entry in review.ledger.entries.values():
        listing = listing_of(entry.address)
        owned[listing] = owned.get(listing, 0) + 1
    for unknown in review.plan.unknowns:
        count = owned.get(unknown.collection, 0)
        yield Finding(
            code=CODE,
            severity="block" if count else "warn",
            address=unknown.collection,
            message=_message(unknown, count),
            evidence=Evidence(counts={"owned": count} if count else {}),
            safer="let the token's profile view it, or try again once the platform answers",
            approval=unknown.collection,
        )


def _message(unknown: Unknown, owned: int) -> str:
    if unknown.collection in DIRECTORY:
        return f"not read whole ({unknown.reason}): names of {unknown.collection} are not checked"
    text = f"not read whole ({unknown.reason}): nothing in it is created, changed or deleted"
    if owned:
        text += f", although {counted(owned, 'resource')} of this project live in it"
    return text


GUARD = Guard(CODE, "Part of the platform could not be read whole.", _analyze)

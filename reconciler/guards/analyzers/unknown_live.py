"""unknown-live: part of the platform could not be read, so nothing there is planned.

It blocks where the plan is then not the whole truth: where the ledger owns something there,
where a campaign is deleted that takes along what it holds of it, where a delete is left out
since it would take along a resource that cannot be read, and where a change comes to name
something there that may not exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from reconciler.guards.context import Guard, Review
from reconciler.guards.list_scopes import DIRECTORY
from reconciler.kinds.address import Address, collection_over_campaigns, identity, name_of
from reconciler.kinds.base import Reference
from reconciler.kinds.registry import KINDS, lists_below
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding
from reconciler.planning.plan import Unknown
from reconciler.planning.skipped import Skipped
from reconciler.text import counted, some, verb

CODE = "unknown-live"
_MAKES = (Action.CREATE, Action.REPLACE, Action.RENAME)


def _analyze(review: Review) -> Iterator[Finding]:
    if not review.plan.unknowns:
        return
    owned = Counter(
        collection_over_campaigns(entry.address) for entry in review.ledger.entries.values()
    )
    holders = _deleted_with(review)
    for unknown in review.plan.unknowns:
        if unknown.is_resource:
            yield _of_resource(unknown, review)
            continue
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
    yield from _relying(review)


def _of_resource(unknown: Unknown, review: Review) -> Finding:
    key = identity(unknown.collection)
    below = f"{key}/"
    owned = sum(1 for one in review.ledger.entries if one == key or one.startswith(below))
    counts = {"owned": owned, "deletes left out": len(unknown.kept)}
    text = f"{unknown.reason}: it stays as it is, and so does what depends on it"
    if unknown.kept:
        text += f"; {counted(len(unknown.kept), 'delete')} left out, since it would go along"
    return Finding(
        code=CODE,
        severity="block" if owned or unknown.kept else "warn",
        address=unknown.collection,
        message=text,
        evidence=Evidence(
            referrers=unknown.kept, counts={name: n for name, n in counts.items() if n}
        ),
        safer="correct the value on the platform, then plan again; approve this to go on without "
        "the resource",
        approval=unknown.collection,
    )


def _deleted_with(review: Review) -> dict[str, list[str]]:
    """What is deleted with a list below it, by the collection that list is read in."""
    found: dict[str, list[str]] = {}
    for change in review.plan.changes:
        if change.action is Action.DELETE:
            for listed in lists_below(change.address):
                found.setdefault(collection_over_campaigns(listed), []).append(change.address)
    return found


def _relying(review: Review) -> Iterator[Finding]:
    seen = Skipped(review.live)
    made = {identity(one.address) for one in review.plan.changes if one.action in _MAKES}

    def is_there(address: Address) -> bool:
        if identity(address) in made or seen.is_known(address):
            return True
        return review.ledger.find(address) is not None

    for change in review.plan.changes:
        doubtful = [one for one in _newly_named(change) if _is_doubtful(one, review, is_there)]
        if doubtful:
            named = some(f"the {one.noun} '{one.name}'" for one in doubtful)
            yield Finding(
                code=CODE,
                severity="block",
                address=change.address,
                message=f"it comes to name {named}, and whether that exists could not be read: "
                "if it does not, the apply stops halfway",
                evidence=Evidence(referrers=tuple(sorted(one.candidates[-1] for one in doubtful))),
                safer=_safer(()),
                approval=change.address,
            )


def _newly_named(change: Change) -> Iterator[Reference]:
    if not change.writes or change.after is None:
        return
    references = KINDS[change.kind].references
    were = {one.candidates for one in references(change.address, change.before or {})}
    for one in references(change.address, change.after):
        if one.candidates not in were:
            yield one


def _is_doubtful(one: Reference, review: Review, is_there: Callable[[Address], bool]) -> bool:
    """Whether it could only be something in a list that was not read whole."""
    if one.candidates[-1].split("/", 1)[0] in DIRECTORY or any(map(is_there, one.candidates)):
        return False
    return any(review.live.why_unknown(each) is not None for each in one.candidates)


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
    holds = verb(len(taken), "what it holds", "what they hold")
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


GUARD = Guard(CODE, "Part of the platform could not be read.", _analyze)

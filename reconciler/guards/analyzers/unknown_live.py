"""unknown-live: part of the platform could not be read, so nothing there is planned.

It warns, and blocks when the plan is incomplete because of it: the ledger has resources there, a
campaign is deleted with entries nobody could see, a delete is left out because it would also delete
an unreadable resource, or a change refers to a resource there that may not exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.list_scopes import DIRECTORY
from reconciler.kinds.address import Address, collection_over_campaigns, identity, name_of
from reconciler.kinds.base import Reference
from reconciler.kinds.registry import KINDS, lists_below
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding, Severity
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
    deleted_with = _deleted_with(review)
    for unknown in review.plan.unknowns:
        if unknown.is_resource:
            yield _about_resource(unknown, review)
        else:
            deleted = deleted_with.get(unknown.collection, [])
            yield _about_collection(unknown, owned[unknown.collection], deleted)
    yield from _doubtful_references(review)


def _about_collection(unknown: Unknown, owned: int, deleted: Sequence[str]) -> Finding:
    message = _message(unknown, owned, deleted)
    evidence = Evidence.of({"owned": owned}, referrers=deleted)
    severity: Severity = "block" if owned or deleted else "warn"
    return finding(CODE, severity, unknown.collection, message, _safer(deleted), evidence)


def _about_resource(unknown: Unknown, review: Review) -> Finding:
    key = identity(unknown.collection)
    below = f"{key}/"
    owned = sum(1 for each in review.ledger.entries if each == key or each.startswith(below))
    counts = {"owned": owned, "deletes left out": len(unknown.kept)}
    left_out = ""
    if unknown.kept:
        deletes = counted(len(unknown.kept), "delete")
        left_out = f"; {deletes} left out, because it would be deleted too"
    message = Message.of(
        "{reason}: it is left unchanged, and so is everything that depends on it{left_out}",
        reason=unknown.reason,
        left_out=left_out,
    )
    safer = (
        "correct the value on the platform, then plan again; approve this to continue without "
        "the resource"
    )
    evidence = Evidence.of(counts, referrers=unknown.kept)
    severity: Severity = "block" if owned or unknown.kept else "warn"
    return finding(CODE, severity, unknown.collection, message, safer, evidence)


def _deleted_with(review: Review) -> dict[str, list[str]]:
    """The resources that are deleted with a list below them, by the collection of that list."""
    found: dict[str, list[str]] = {}
    for change in review.plan.changes:
        if change.action is Action.DELETE:
            for listed in lists_below(change.address):
                found.setdefault(collection_over_campaigns(listed), []).append(change.address)
    return found


def _doubtful_references(review: Review) -> Iterator[Finding]:
    skipped = Skipped(review.live)
    made = {identity(change.address) for change in review.plan.changes if change.action in _MAKES}

    def exists(address: Address) -> bool:
        if identity(address) in made or skipped.is_known(address):
            return True
        return review.ledger.find(address) is not None

    for change in review.plan.changes:
        doubtful = [each for each in _new_references(change) if _is_doubtful(each, review, exists)]
        if doubtful:
            targets = some(f"the {each.noun} '{each.name}'" for each in doubtful)
            message = Message.of(
                "it would refer to {targets}, which could not be read: if it does not exist, "
                "the apply stops halfway",
                targets=targets,
            )
            evidence = Evidence.of({}, referrers=sorted(each.candidates[-1] for each in doubtful))
            yield finding(CODE, "block", change.address, message, _safer(()), evidence)


def _new_references(change: Change) -> Iterator[Reference]:
    if not change.writes or change.after is None:
        return
    references = KINDS[change.kind].references
    old = {each.candidates for each in references(change.address, change.before or {})}
    for reference in references(change.address, change.after):
        if reference.candidates not in old:
            yield reference


def _is_doubtful(reference: Reference, review: Review, exists: Callable[[Address], bool]) -> bool:
    """Whether the reference can only mean something in a list that was not read completely."""
    candidates = reference.candidates
    if candidates[-1].split("/", 1)[0] in DIRECTORY or any(map(exists, candidates)):
        return False
    return any(review.live.why_unknown(each) is not None for each in candidates)


def _message(unknown: Unknown, owned: int, deleted: Sequence[str]) -> Message:
    effect = _effect(unknown, deleted)
    if owned and unknown.collection not in DIRECTORY:
        effect += f", although this project manages {counted(owned, 'resource')} in it"
    return Message.of(
        "not read completely ({reason}): {effect}", reason=unknown.reason, effect=effect
    )


def _effect(unknown: Unknown, deleted: Sequence[str]) -> str:
    if unknown.collection in DIRECTORY:
        return f"names of {unknown.collection} are not checked"
    if not deleted:
        return "nothing in it is created, changed or deleted"
    their = verb(len(deleted), "its", "their")
    return (
        f"this plan deletes {counted(len(deleted), 'campaign')}, and {their} "
        f"{name_of(unknown.collection)} would be deleted unseen"
    )


def _safer(deleted: Sequence[str]) -> str:
    if deleted:
        return (
            "give the token's profile the right to view it, so that the plan shows what would be "
            "lost; or keep the campaign and set `enabled: false`"
        )
    return "give the token's profile the right to view it, or try again when the platform answers"


GUARD = Guard(CODE, "Part of the platform could not be read.", _analyze, __doc__)

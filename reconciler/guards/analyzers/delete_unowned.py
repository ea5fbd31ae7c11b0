"""delete-unowned: a complete list or an exclusive collection would take what nobody ever owned.

It blocks where losing it destroys something and warns where it does not (members). What a
`remove:` names is asked for by name and is no surprise.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review
from reconciler.guards.facts import members_removed, replaced_names
from reconciler.kinds.address import identity
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action, Change, Origin, Reason
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import counted, some, verb

CODE = "delete-unowned"
_NOBODYS = (Origin.UNOWNED, Origin.PLATFORM)


def _analyze(review: Review) -> Iterator[Finding]:
    replaced = replaced_names(review.plan.changes)
    for change in review.plan.changes:
        if change.action is Action.DELETE:
            if _is_swept_up(change) and identity(change.address) not in replaced:
                yield _deleted(change)
        elif change.writes:
            yield from _members(change)


def _is_swept_up(change: Change) -> bool:
    named = change.reason is Reason.REMOVE_LISTED
    return change.unowned and not (change.cascaded or change.owner or named)


def _deleted(change: Change) -> Finding:
    kind = KINDS[change.kind]
    return Finding(
        code=CODE,
        severity="block" if kind.loss_destroys else "warn",
        address=change.address,
        message=f"nobody ever owned this {kind.noun}: it would be deleted because its list in the "
        "manifests is complete and does not name it",
        safer="name it in the manifests to keep it, or manage part of the list with "
        "`{add: […], remove: […]}`",
        approval=change.address,
    )


def _members(change: Change) -> Iterator[Finding]:
    removed = members_removed(change)
    if not removed:
        return
    origins = {one.path: one.origin for one in change.differences}
    nobodys = [name for name in removed if origins.get(f"members[{name}]") in _NOBODYS]
    if nobodys:
        count = len(nobodys)
        yield Finding(
            code=CODE,
            severity="warn",
            address=change.address,
            message=f"{counted(count, 'member')} that people added on the platform "
            f"{verb(count, 'is', 'are')} taken out: {some(nobodys)}",
            evidence=Evidence(counts={"members": count}, headline="members"),
            safer="name them in the manifest to keep them, or write "
            "`members: {add: […], remove: […]}`",
            approval=change.address,
        )


GUARD = Guard(CODE, "A complete list would take away what nobody ever owned.", _analyze)

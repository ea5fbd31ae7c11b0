"""delete-unowned: a complete list or an exclusive collection would delete what nobody ever managed.

It blocks when the loss destroys something, and warns when it does not (members). An entry that
`remove:` names is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import members_removed, replaced_names
from reconciler.kinds.address import identity
from reconciler.kinds.field_path import Step
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.change import Action, Change, Origin, Reason
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import counted, some

CODE = "delete-unowned"
_NOT_MANAGED = (Origin.UNOWNED, Origin.PLATFORM)


def _analyze(review: Review) -> Iterator[Finding]:
    replaced = replaced_names(review.plan.changes)
    for change in review.plan.changes:
        if change.action is Action.DELETE:
            if _is_unlisted(change) and identity(change.address) not in replaced:
                yield _deleted(change)
        elif change.writes:
            yield from _members(change)


def _is_unlisted(change: Change) -> bool:
    """Whether it is deleted only because its list does not name it."""
    is_named = change.reason is Reason.REMOVE_LISTED
    return change.unowned and not (change.cascaded or change.owner or is_named)


def _deleted(change: Change) -> Finding:
    kind = KINDS[change.kind]
    message = Message.of(
        "no project ever managed this {kind}: it would be deleted because its list in the "
        "manifests is complete and does not name it",
        kind=kind.noun,
    )
    safer = (
        "name it in the manifests to keep it, or manage part of the list with "
        "`{add: […], remove: […]}`"
    )
    return finding(CODE, "block" if kind.loss_destroys else "warn", change.address, message, safer)


def _members(change: Change) -> Iterator[Finding]:
    removed = members_removed(change)
    if not removed:
        return
    origins = {each.path.steps[-1]: each.origin for each in change.differences}
    added_by_people = [
        user for user in removed if origins.get(Step(user, is_entry=True)) in _NOT_MANAGED
    ]
    if added_by_people:
        count = len(added_by_people)
        message = Message.of(
            "{members} that people added on the platform would be removed: {names}",
            members=counted(count, "member"),
            names=some(added_by_people),
        )
        safer = (
            "name them in the manifest to keep them, or write `members: {add: […], remove: […]}`"
        )
        evidence = Evidence.of({"members": count}, headline="members")
        yield finding(CODE, "warn", change.address, message, safer, evidence)


GUARD = Guard(CODE, "A complete list would delete what no project ever managed.", _analyze, __doc__)

"""no-ledger: there is no record of an earlier apply, and live resources would be changed.

Either RECONCILER_STATE names another store than the project's (a fresh runner, a lost state), or
this is the first apply and people's settings would be overwritten. The platform shows which: it
reports whether this token's user was the last to write the declared resources. One finding, at the
platform's id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.guards.context import Guard, Review, finding
from reconciler.message import Command, Message, joined_messages
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.text import counted

CODE = "no-ledger"
_FIRST_APPLY = Message.of(
    "point RECONCILER_STATE at the project's state store; for a first apply, adopt the live state "
    "unchanged ({export}), and change it afterwards",
    export=Command.of("export", "DIR"),
)
_STATE_LOST = Message.of(
    "point RECONCILER_STATE at the project's state store, or restore the store from a backup; "
    "approve this to start with a new state"
)


def _analyze(review: Review) -> Iterator[Finding]:
    if review.ledger.lineage:
        return
    adopted = [change for change in review.plan.changes if change.action is Action.ADOPT]
    changed = [change for change in adopted if change.differences]
    ours = [change for change in adopted if _was_written_by_us(change, review)]
    if not changed and not ours:
        return
    fields = sum(len(change.differences) for change in changed)
    counts = {"adoptions": len(changed), "fields": fields, "written by this user": len(ours)}
    message = _message(changed, fields, len(ours), review.live.info.user)
    safer = _STATE_LOST if ours else _FIRST_APPLY
    evidence = Evidence.of(
        counts,
        headline="adoptions" if changed else "written by this user",
        referrers=sorted({change.address for change in (*changed, *ours)}),
    )
    severity: Severity = "block" if review.plan.writes else "warn"
    yield finding(CODE, severity, review.plan.platform_id, message, safer, evidence)


def _was_written_by_us(change: Change, review: Review) -> bool:
    """Whether the platform reports that this token's user wrote it last."""
    user, live = review.live.info.user, review.live.find(change.address)
    return bool(user) and live is not None and live.updated_by == user


def _message(changed: Sequence[Change], fields: int, ours: int, user: str) -> Message:
    parts = [Message.plain("there is no record of an earlier apply")]
    if ours:
        message = Message.of(
            ", but the user of this token, '{user}', was the last to write {resources} that "
            "git declares: the state was lost or is another one, unless that user edited them "
            "by hand",
            user=user,
            resources=counted(ours, "resource"),
        )
        parts.append(message)
    if changed:
        message = Message.of(
            "; {resources} already on the platform would be changed ({fields})",
            resources=counted(len(changed), "resource"),
            fields=counted(fields, "field"),
        )
        parts.append(message)
    return joined_messages(parts, "")


GUARD = Guard(
    CODE, "Live resources would change without a record of an earlier apply.", _analyze, __doc__
)

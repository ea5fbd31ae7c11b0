"""no-ledger: nothing was ever applied from here, and what is already live would be changed.

Either the state store is not the one the project is kept with (a fresh runner, a state that was
lost), or this is the first apply, and what people set on the screens would be lost unseen. The
platform tells the two apart: where it names this token's own user as the one who last wrote what
git declares, that was managed before. One finding, at the platform.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.guards.context import Guard, Review
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import counted, verb

CODE = "no-ledger"
_FIRST = (
    "point RECONCILER_STATE at the project's state store; for a first apply, adopt "
    "what is there as it is (`reconciler export`) and change it afterwards"
)
_LOST = (
    "point RECONCILER_STATE at the project's state store, or restore that from a backup; approve "
    "this to start with a new state"
)


def _analyze(review: Review) -> Iterator[Finding]:
    if review.ledger.lineage:
        return
    adopted = [one for one in review.plan.changes if one.action is Action.ADOPT]
    changed = [one for one in adopted if one.differences]
    ours = [one for one in adopted if _was_ours(one, review)]
    if not changed and not ours:
        return
    fields = sum(len(change.differences) for change in changed)
    counts = {"adoptions": len(changed), "fields": fields, "written by this user": len(ours)}
    yield Finding(
        code=CODE,
        severity="block" if review.plan.writes else "warn",
        address=review.plan.platform_id,
        message=_message(changed, fields, len(ours), review.live.info.user),
        evidence=Evidence(
            referrers=tuple(sorted({change.address for change in (*changed, *ours)})),
            counts={name: count for name, count in counts.items() if count},
            headline="adoptions" if changed else "written by this user",
        ),
        safer=_LOST if ours else _FIRST,
        approval=review.plan.platform_id,
    )


def _was_ours(change: Change, review: Review) -> bool:
    """Whether the platform says that this token's user wrote it last."""
    user, live = review.live.info.user, review.live.find(change.address)
    return bool(user) and live is not None and live.updated_by == user


def _message(changed: Sequence[Change], fields: int, ours: int, user: str) -> str:
    text = "there is no record of what was last applied"
    if ours:
        text += (
            f", although {counted(ours, 'resource')} that git declares "
            f"{verb(ours, 'was', 'were')} last written by "
            f"'{user}', the user of this token: the state was lost or is another one, unless that "
            "user made them by hand"
        )
    if changed:
        text += (
            f"; {counted(len(changed), 'resource')} already on the platform would be changed "
            f"({counted(fields, 'field')})"
        )
    return text


GUARD = Guard(CODE, "Without a record of what was applied, live resources would change.", _analyze)

"""spent-rename: a `renamed_from` names nothing, while its list deletes something.

It blocks. The usual cause is a typing error: the plan would delete the resource under its old name,
with its history, and create a new one. A `renamed_from` whose rename was applied before is not
reported, and neither is one in a list that deletes nothing. In a tree, deletes anywhere in the
collection count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import replaced_names
from reconciler.kinds.address import collection_of, identity, name_of, parent_of, split
from reconciler.kinds.base import Kind, Renaming
from reconciler.kinds.registry import KINDS
from reconciler.manifests.yaml.writer import scalar_text
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding

CODE = "spent-rename"


def _analyze(review: Review) -> Iterator[Finding]:
    changes = review.plan.changes
    spent = [change for change in changes if change.spent_rename is not None]
    if not spent:
        return
    replaced = replaced_names(changes)
    deletes = [
        change
        for change in changes
        if change.action is Action.DELETE
        and not change.cascaded
        and identity(change.address) not in replaced
    ]
    for create in spent:
        siblings = [d for d in deletes if parent_of(d.address) == parent_of(create.address)]
        if siblings:
            yield _finding(create, _nearest(create, siblings))
            continue
        others = [d for d in deletes if collection_of(d.address) == collection_of(create.address)]
        if others:
            yield _elsewhere(create, _nearest(create, others))


def _nearest(create: Change, deletes: Sequence[Change]) -> Change:
    old = identity(name_of(create.spent_rename or ""))

    def likeness(delete: Change) -> float:
        path = "/".join(split(identity(delete.address)))
        if path.endswith(f"/{old}"):
            return 2.0
        return SequenceMatcher(None, old, identity(name_of(delete.address))).ratio()

    return max(deletes, key=likeness)


def _finding(create: Change, delete: Change) -> Finding:
    kind, right = KINDS[create.kind], name_of(delete.address)
    return _blocking(
        create,
        delete,
        Message.of(
            "`renamed_from: {old}` names nothing on the platform or in the ledger, and this list "
            "deletes '{right}': did you mean '{right}'? {loss}",
            old=name_of(create.spent_rename or ""),
            right=right,
            loss=_loss(kind),
        ),
        Message.of(
            "write `renamed_from: {right}`; if it is not a rename, remove `renamed_from`",
            right=scalar_text(right),
        ),
    )


def _elsewhere(create: Change, delete: Change) -> Finding:
    """The finding about a delete in another list of the same tree: a move."""
    kind = KINDS[create.kind]
    return _blocking(
        create,
        delete,
        Message.of(
            "`renamed_from: {old}` names nothing in this list, and '{deleted}' is deleted in "
            "another one: a {noun} cannot move to another parent. {loss}",
            old=name_of(create.spent_rename or ""),
            deleted=name_of(delete.address),
            noun=kind.noun,
            loss=_loss(kind),
        ),
        Message.of(
            "rename it under its present parent; to lose its history, remove `renamed_from`"
        ),
    )


def _loss(kind: Kind) -> str:
    if kind.renaming is Renaming.IN_PLACE:
        return "The plan would delete the old one with its history and create a new one"
    return "The plan would delete the old one and leave what uses it without it"


def _blocking(create: Change, delete: Change, message: Message, safer: Message) -> Finding:
    evidence = Evidence(referrers=(delete.address,))
    return finding(CODE, "block", create.address, message, safer, evidence)


GUARD = Guard(
    CODE, "A `renamed_from` names nothing while its list deletes something.", _analyze, __doc__
)

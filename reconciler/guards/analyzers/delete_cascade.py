"""delete-cascade: a delete would also delete what is below the resource.

It blocks when that includes something that no project ever managed, or that the manifests keep
with `on_remove: keep`. It warns about what the manifests removed together with the parent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import LiveNames
from reconciler.kinds.address import identity, parent_of
from reconciler.kinds.base import Life
from reconciler.kinds.registry import KINDS
from reconciler.message import Message, joined_messages
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.text import joined

CODE = "delete-cascade"


@dataclass(slots=True)
class _Cascade:
    """How many resources one delete also deletes, by the kind's name."""

    all: Counter[str] = field(default_factory=Counter)
    unowned: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)


def _analyze(review: Review) -> Iterator[Finding]:
    deletes = [change for change in review.plan.changes if change.action is Action.DELETE]
    roots = {identity(change.address): change for change in deletes if not change.cascaded}
    names = LiveNames.of(review.plan.changes)
    cascades: dict[str, _Cascade] = {}
    for change in deletes:
        if not change.cascaded or KINDS[change.kind].life is not Life.ENTRY:
            continue
        root = _root_of(change, roots)
        if root is None:
            continue
        cascade = cascades.setdefault(root, _Cascade())
        cascade.all[change.kind] += 1
        entry = review.ledger.find(names.before(change.address))
        if entry is not None and entry.on_remove == "keep":
            cascade.kept[change.kind] += 1
        elif change.unowned and not change.owner and KINDS[change.kind].loss_destroys:
            cascade.unowned[change.kind] += 1
    for root, cascade in cascades.items():
        yield _finding(roots[root], cascade)


def _root_of(change: Change, roots: dict[str, Change]) -> str | None:
    """The identity of the delete that a cascaded delete belongs to."""
    parent = parent_of(identity(change.address))
    while parent and parent not in roots:
        parent = parent_of(parent)
    return parent or None


def _finding(root: Change, cascade: _Cascade) -> Finding:
    parts = [
        Message.of(
            "deleting this {kind} also deletes {resources}",
            kind=KINDS[root.kind].noun,
            resources=joined(KINDS.counted(cascade.all)),
        )
    ]
    if cascade.unowned:
        unowned = joined(KINDS.counted(cascade.unowned))
        parts.append(
            Message.of("no project ever managed {resources} among them", resources=unowned)
        )
    if cascade.kept:
        kept = joined(KINDS.counted(cascade.kept))
        parts.append(
            Message.of("the manifests keep {resources} (`on_remove: keep`)", resources=kept)
        )
    counts = {
        "deletes": cascade.all.total(),
        "unowned": cascade.unowned.total(),
        "kept": cascade.kept.total(),
    }
    message = joined_messages(parts)
    severity: Severity = "block" if cascade.unowned or cascade.kept else "warn"
    evidence = Evidence.of(counts, headline="deletes")
    return finding(CODE, severity, root.address, message, _safer(root), evidence)


def _safer(root: Change) -> str:
    if "enabled" in KINDS[root.kind].field_names(root.address):
        return "set `enabled: false` to disable it and keep what is below it"
    return "delete or move what is below it first, each by name"


GUARD = Guard(CODE, "A delete would also delete what is below the resource.", _analyze, __doc__)

"""delete-cascade: a delete takes along what lives below it.

It blocks where something goes that nobody asked to lose: what nobody ever owned, or what the
manifests said to keep. What the manifests removed together with its parent is a warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.guards.context import Guard, Review
from reconciler.guards.facts import LiveNames
from reconciler.kinds.address import identity, parent_of
from reconciler.kinds.base import Life
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import joined

CODE = "delete-cascade"


@dataclass(slots=True)
class _Below:
    """What one delete takes along, by the kind's name."""

    all: Counter[str] = field(default_factory=Counter)
    unowned: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)


def _analyze(review: Review) -> Iterator[Finding]:
    deletes = [change for change in review.plan.changes if change.action is Action.DELETE]
    roots = {identity(change.address): change for change in deletes if not change.cascaded}
    names = LiveNames.of(review.plan.changes)
    found: dict[str, _Below] = {}
    for change in deletes:
        if not change.cascaded or KINDS[change.kind].life is not Life.ENTRY:
            continue
        root = _root_of(change, roots)
        if root is None:
            continue
        below = found.setdefault(root, _Below())
        below.all[change.kind] += 1
        entry = review.ledger.find(names.before(change.address))
        if entry is not None and entry.on_remove == "keep":
            below.kept[change.kind] += 1
        elif change.unowned and not change.owner and KINDS[change.kind].loss_destroys:
            below.unowned[change.kind] += 1
    for root, below in found.items():
        yield _finding(roots[root], below)


def _root_of(change: Change, roots: dict[str, Change]) -> str | None:
    parent = parent_of(identity(change.address))
    while parent and parent not in roots:
        parent = parent_of(parent)
    return parent or None


def _finding(root: Change, below: _Below) -> Finding:
    parts = [
        f"deleting this {KINDS[root.kind].noun} takes along {joined(KINDS.counted(below.all))}"
    ]
    if below.unowned:
        parts.append(f"nobody ever owned {joined(KINDS.counted(below.unowned))} of these")
    if below.kept:
        parts.append(
            f"the manifests said to keep {joined(KINDS.counted(below.kept))} (`on_remove: keep`)"
        )
    counts = {
        "deletes": below.all.total(),
        "unowned": below.unowned.total(),
        "kept": below.kept.total(),
    }
    return Finding(
        code=CODE,
        severity="block" if below.unowned or below.kept else "warn",
        address=root.address,
        message="; ".join(parts),
        evidence=Evidence(
            counts={name: count for name, count in counts.items() if count}, headline="deletes"
        ),
        safer=_safer(root),
        approval=root.address,
    )


def _safer(root: Change) -> str:
    if "enabled" in KINDS[root.kind].field_names(root.address):
        return "disable it: set `enabled: false`, and what lives below stays"
    return "delete or move what lives below first, each by its own name"


GUARD = Guard(CODE, "A delete takes along what lives below it.", _analyze)

"""likely-rename: a delete and a create look like a rename.

It warns. Names are compared within one parent, while there are at most 400 pairs. Fields are
always compared, unless they are all defaults. `spent-rename` reports a create that declares a
rename.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from pydantic import ValidationError

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import replaced_names
from reconciler.kinds.address import identity, name_of, parent_of
from reconciler.kinds.base import Renaming
from reconciler.kinds.registry import KINDS
from reconciler.manifests.yaml.writer import scalar_text
from reconciler.message import Message
from reconciler.planning.change import Action, Change, fingerprint
from reconciler.planning.findings import Evidence, Finding

CODE = "likely-rename"
_MOST_PAIRS = 400
_NEAR = 0.7
_SHORTEST_PART = 4


def _analyze(review: Review) -> Iterator[Finding]:
    replaced = replaced_names(review.plan.changes)
    leaving: dict[tuple[str, str], list[Change]] = {}
    arriving: dict[tuple[str, str], list[Change]] = {}
    for change in review.plan.changes:
        if change.cascaded or KINDS[change.kind].renaming is Renaming.NEVER:
            continue
        where = (change.kind, identity(parent_of(change.address)))
        if change.action is Action.CREATE and change.spent_rename is None:
            arriving.setdefault(where, []).append(change)
        elif change.action is Action.DELETE and identity(change.address) not in replaced:
            leaving.setdefault(where, []).append(change)
    for where, old in leaving.items():
        for delete, create in _pairs(old, arriving.get(where, [])):
            yield _finding(delete, create)


def _pairs(old: Sequence[Change], new: Sequence[Change]) -> Iterator[tuple[Change, Change]]:
    """Each delete with the create that it most likely is; no create is used twice."""
    if not new:
        return
    by_fields: dict[str, list[Change]] = {}
    for create in reversed(new):
        if create.after is not None and not _has_only_defaults(create):
            by_fields.setdefault(fingerprint(create.after), []).append(create)
    compares_names = len(old) * len(new) <= _MOST_PAIRS
    taken: set[str] = set()
    for delete in old:
        match: Change | None = None
        if compares_names:
            match = _nearest(delete, [create for create in new if create.key not in taken])
        twins = by_fields.get(fingerprint(delete.before or {}), [])
        while match is None and twins:
            twin = twins.pop()
            match = twin if twin.key not in taken else None
        if match is not None:
            taken.add(match.key)
            yield delete, match


def _has_only_defaults(create: Change) -> bool:
    try:
        return create.after == KINDS[create.kind].with_defaults(create.address, {})
    except ValidationError:
        return False


def _nearest(delete: Change, creates: Sequence[Change]) -> Change | None:
    old = identity(name_of(delete.address))
    best: tuple[float, Change | None] = (_NEAR, None)
    for create in creates:
        name = identity(name_of(create.address))
        shorter, longer = sorted((old, name), key=len)
        is_part = len(shorter) >= _SHORTEST_PART and shorter in longer
        nearness = 0.9 if is_part else SequenceMatcher(None, old, name).ratio()
        if nearness >= best[0] and (best[1] is None or nearness > best[0]):
            best = (nearness, create)
    return best[1]


def _finding(delete: Change, create: Change) -> Finding:
    kind = KINDS[delete.kind]
    old, new = name_of(delete.address), name_of(create.address)
    keeps = "its history stays" if kind.renaming is Renaming.IN_PLACE else "what uses it follows"
    message = Message.of(
        "'{old}' would be deleted and '{new}' created in the same list: is it a rename?",
        old=old,
        new=new,
    )
    safer = Message.of(
        "if so, add `renamed_from: {old}` to '{new}', and {keeps}",
        old=scalar_text(old),
        new=new,
        keeps=keeps,
    )
    evidence = Evidence(referrers=(create.address,))
    return finding(CODE, "warn", delete.address, message, safer, evidence)


GUARD = Guard(CODE, "A delete and a create look like a rename.", _analyze, __doc__)

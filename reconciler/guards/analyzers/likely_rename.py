"""likely-rename: a delete and a create beside each other that look like one thing renamed.

Names are compared within one parent only, and only while there are few pairs; equal fields that
are not just the defaults are found however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from pydantic import ValidationError

from reconciler.guards.context import Guard, Review
from reconciler.guards.facts import replaced_names
from reconciler.kinds.address import identity, name_of, parent_of
from reconciler.kinds.base import Renaming
from reconciler.kinds.registry import KINDS
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
        if change.action is Action.CREATE:
            arriving.setdefault(where, []).append(change)
        elif change.action is Action.DELETE and identity(change.address) not in replaced:
            leaving.setdefault(where, []).append(change)
    for where, old in leaving.items():
        for gone, made in _pairs(old, arriving.get(where, [])):
            yield _finding(gone, made)


def _pairs(old: Sequence[Change], new: Sequence[Change]) -> Iterator[tuple[Change, Change]]:
    """Each delete with the create it most likely is, each create taken once."""
    if not new:
        return
    by_fields: dict[str, list[Change]] = {}
    for one in reversed(new):
        if one.after is not None and not _is_plain(one):
            by_fields.setdefault(fingerprint(one.after), []).append(one)
    near = len(old) * len(new) <= _MOST_PAIRS
    taken: set[str] = set()
    for gone in old:
        made: Change | None = None
        if near:
            made = _nearest(gone, [one for one in new if one.key not in taken])
        twins = by_fields.get(fingerprint(gone.before or {}), [])
        while made is None and twins:
            twin = twins.pop()
            made = twin if twin.key not in taken else None
        if made is not None:
            taken.add(made.key)
            yield gone, made


def _is_plain(made: Change) -> bool:
    """Whether it is nothing but defaults, which any two may share."""
    try:
        return made.after == KINDS[made.kind].with_defaults(made.address, {})
    except ValidationError:
        return False


def _nearest(gone: Change, new: Sequence[Change]) -> Change | None:
    old = identity(name_of(gone.address))
    best: tuple[float, Change | None] = (_NEAR, None)
    for made in new:
        name = identity(name_of(made.address))
        shorter, longer = sorted((old, name), key=len)
        part = len(shorter) >= _SHORTEST_PART and shorter in longer
        nearness = 0.9 if part else SequenceMatcher(None, old, name).ratio()
        if nearness >= best[0] and (best[1] is None or nearness > best[0]):
            best = (nearness, made)
    return best[1]


def _finding(gone: Change, made: Change) -> Finding:
    kind = KINDS[gone.kind]
    old, new = name_of(gone.address), name_of(made.address)
    keeps = "its history stays" if kind.renaming is Renaming.IN_PLACE else "what uses it follows"
    return Finding(
        code=CODE,
        severity="warn",
        address=gone.address,
        message=f"'{old}' would be deleted and '{new}' created beside it: is it a rename?",
        evidence=Evidence(referrers=(made.address,)),
        safer=f"write `renamed_from: {old}` at '{new}', and {keeps}",
        approval=gone.address,
    )


GUARD = Guard(CODE, "A delete and a create look like one thing renamed.", _analyze)

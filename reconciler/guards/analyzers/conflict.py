"""conflict: git and people changed the same field since the last apply, to different values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.guards.context import Guard, Review
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Change, Difference, Origin
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import short_json

CODE = "conflict"


def _analyze(review: Review) -> Iterator[Finding]:
    words = _UNDOING if review.plan.undoes else _PLANNING
    for change in review.plan.changes:
        both = [one for one in change.differences if one.origin is Origin.BOTH]
        if both:
            told = "; ".join(_in_words(change, one, words) for one in both)
            yield Finding(
                code=CODE,
                severity="block",
                address=change.address,
                message=f"{words.what}: {told}",
                evidence=Evidence(counts={"fields": len(both)}),
                safer=words.safer,
                approval=change.address,
            )


@dataclass(frozen=True, slots=True)
class _Words:
    """What the three values are called: the wanted one, and the one both sides started from."""

    what: str
    wanted: str
    base: str
    safer: str


_PLANNING = _Words(
    "changed in git and on the platform since the last apply",
    "in git",
    "when last applied",
    "take the platform's value into the manifest, or put the platform back, and plan again",
)
_UNDOING = _Words(
    "changed again since the run that would be undone",
    "before the run",
    "after it",
    "leave what came since, or put the platform back by hand as far as it is meant",
)


def _in_words(change: Change, one: Difference, words: _Words) -> str:
    who = f", by {one.by}" if one.by else ""
    when = f" at {one.at}" if one.at else ""
    if KINDS[change.kind].is_personal:
        return f"{one.path}{who}{when}"
    return (
        f"{one.path} is {short_json(one.after)} {words.wanted}, {short_json(one.before)} on the "
        f"platform{who}{when}, and was {short_json(one.base)} {words.base}"
    )


GUARD = Guard(CODE, "Git and the platform changed one field to different values.", _analyze)

"""conflict: git and people changed the same field since the last apply, to different values.

It blocks: an apply would overwrite what people did. In an undo it compares with the run instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.people_edits import value_in_words
from reconciler.kinds.registry import KINDS
from reconciler.message import Message, joined_messages
from reconciler.planning.change import Change, Difference, Origin
from reconciler.planning.findings import Evidence, Finding

CODE = "conflict"


def _analyze(review: Review) -> Iterator[Finding]:
    words = _UNDOING if review.plan.undoes else _PLANNING
    for change in review.plan.changes:
        conflicts = [each for each in change.differences if each.origin is Origin.BOTH]
        if conflicts:
            fields = joined_messages(_describe(change, conflict, words) for conflict in conflicts)
            message = Message.of("{what}: {fields}", what=words.what, fields=fields)
            evidence = Evidence.of({"fields": len(conflicts)})
            yield finding(CODE, "block", change.address, message, words.safer, evidence)


@dataclass(frozen=True, slots=True)
class _Words:
    """How a message names the wanted value, and the value that both sides changed."""

    what: str
    wanted: str
    base: str
    safer: str


_PLANNING = _Words(
    "changed in git and on the platform since the last apply",
    "in git",
    "when last applied",
    "copy the platform's value into the manifest, or restore the platform, and plan again",
)
_UNDOING = _Words(
    "changed again since the run that would be undone",
    "before the run",
    "after it",
    "leave the later change, or restore by hand the part that you want",
)


def _describe(change: Change, conflict: Difference, words: _Words) -> Message:
    by = f", by {conflict.by}" if conflict.by else ""
    at = f" at {conflict.at}" if conflict.at else ""
    if KINDS[change.kind].is_personal:
        return Message.of("{path}{author}", path=conflict.path, author=f"{by}{at}")
    return Message.of(
        "{path} is {wanted} {where_wanted}, {live} on the platform{author}, "
        "and was {base} {where_base}",
        path=conflict.path,
        wanted=value_in_words(conflict, conflict.after),
        where_wanted=words.wanted,
        live=value_in_words(conflict, conflict.before),
        author=f"{by}{at}",
        base=value_in_words(conflict, conflict.base),
        where_base=words.base,
    )


GUARD = Guard(
    CODE, "Git and the platform changed one field to different values.", _analyze, __doc__
)

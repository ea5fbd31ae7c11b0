"""conflict: git and people changed the same field since the last apply, to different values."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.facts import kind_of
from reconciler.guards.review import Guard, Review
from reconciler.guards.wording import shown
from reconciler.planning.model import Change, Difference, Evidence, Finding, Origin

CODE = "conflict"


def _analyze(review: Review) -> Iterator[Finding]:
    for change in review.plan.changes:
        both = [one for one in change.differences if one.origin is Origin.BOTH]
        if both:
            yield Finding(
                code=CODE,
                severity="block",
                address=change.address,
                message="changed in git and on the platform since the last apply: "
                + "; ".join(_in_words(change, one) for one in both),
                evidence=Evidence(counts={"fields": len(both)}),
                safer="take the platform's value into the manifest, or put the platform back, "
                "and plan again",
                approval=change.address,
            )


def _in_words(change: Change, one: Difference) -> str:
    who = f", by {one.by}" if one.by else ""
    when = f" at {one.at}" if one.at else ""
    if kind_of(change).personal:
        return f"{one.path}{who}{when}"
    return (
        f"{one.path} is {shown(one.after)} in git, {shown(one.before)} on the platform{who}{when}, "
        f"and was {shown(one.base)} when last applied"
    )


GUARD = Guard(CODE, "Git and the platform changed one field to different values.", _analyze)

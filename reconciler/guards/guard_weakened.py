"""guard-weakened: the guards' numbers let more through than those of the last apply.

The numbers stand in the files under review, so a change that needs them weaker could weaken
them on its way; that takes an approval, named by the setting.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.review import Guard, Review
from reconciler.manifests.desired import COUNTED_DAYS
from reconciler.planning.model import Evidence, Finding

CODE = "guard-weakened"
_STRICTEST = {"delete-in-use.recent_days": COUNTED_DAYS}
"""The settings that are weaker when they are smaller, with where more makes no difference."""


def _analyze(review: Review) -> Iterator[Finding]:
    applied = review.ledger.guard_settings
    for name, value in sorted(review.plan.guard_settings.items()):
        was = applied.get(name)
        if was is None or not _is_weaker(name, value, was):
            continue
        yield Finding(
            code=CODE,
            severity="block",
            address=name,
            message=f"the guards would let more through: {name} was {was} at the last apply and "
            f"is {value} now",
            evidence=Evidence(counts={"was": was, "now": value}),
            safer=f"put {name} back to {was}, and approve the one finding that needs more",
            approval=name,
        )


def _is_weaker(name: str, value: int, was: int) -> bool:
    strictest = _STRICTEST.get(name)
    return value > was if strictest is None else value < min(was, strictest)


GUARD = Guard(CODE, "The guards' settings are weaker than those last applied.", _analyze)

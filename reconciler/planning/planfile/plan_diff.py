"""Two plans side by side, change by change: what was approved, and what would be done now."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reconciler.errors import PlanStale, UsageError
from reconciler.kinds.address import Address
from reconciler.planning.change import Action, Change
from reconciler.planning.digests import change_content, consequence_content
from reconciler.planning.plan import Consequence, Plan
from reconciler.text import first_of

_DIGEST = re.compile("[0-9a-f]{16,64}")
_MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """The changes that only the later plan has, only the earlier, and both but not alike.

    `referrers` are the addresses that the platform would not change alike as a result of both.
    """

    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    altered: tuple[Change, ...]
    referrers: tuple[Address, ...] = ()

    def sentences(self, named: Callable[[str], str]) -> tuple[str, ...]:
        """What differs, in words; `named` is how an address is shown."""
        told = (("added", self.added), ("no longer in it", self.removed), ("other", self.altered))
        said = [f"{word}: {_listed(those, named)}" for word, those in told if those]
        if self.referrers:
            shown = first_of((named(one) for one in self.referrers), _MAX_SHOWN)
            said.append(f"changed by the platform as a result: {shown}")
        return tuple(said)


def compare_plans(earlier: Plan, later: Plan) -> PlanComparison:
    """How the later plan differs from the earlier in what it would do."""
    were = {change.key: change for change in earlier.changes}
    will = {change.key: change for change in later.changes}
    return PlanComparison(
        added=tuple(one for key, one in will.items() if key not in were),
        removed=tuple(one for key, one in were.items() if key not in will),
        altered=tuple(
            one
            for key, one in will.items()
            if key in were and change_content(one) != change_content(were[key])
        ),
        referrers=_unlike(earlier.consequences, later.consequences),
    )


def _unlike(earlier: Sequence[Consequence], later: Sequence[Consequence]) -> tuple[Address, ...]:
    """The referrers of what only one of them has, or has otherwise."""
    both = (
        [consequence_content(one) for one in earlier],
        [consequence_content(one) for one in later],
    )
    differing = [one.address for one in earlier if consequence_content(one) not in both[1]]
    differing += [one.address for one in later if consequence_content(one) not in both[0]]
    return tuple(sorted(set(differing)))


def has_content_digest(plan: Plan, digest: str) -> bool:
    """Whether a plan's content is what a digest, maybe shortened, was given for.

    Raises UsageError for what is shorter than plans show it: a digest that was cut on its way
    would approve plans nobody has seen.
    """
    if not _DIGEST.fullmatch(digest):
        raise UsageError(
            f"'{digest}' is no content digest: `reconciler plan` shows its first 16 digits"
        )
    return plan.content_digest.startswith(digest)


def check_approved_digest(plan: Plan, digest: str) -> None:
    """Raises UsageError for a plan that is not the one the digest was given for."""
    if not has_content_digest(plan, digest):
        raise UsageError(
            f"the plan to compare with has content digest {plan.content_digest[:16]}: it is not "
            f"the one that was approved, {digest}"
        )


def unexpected_plan(
    plan: Plan, digest: str, approved: Plan | None, *, named: Callable[[str], str]
) -> PlanStale:
    """That the plan made now is not the approved one; and what differs, where that is at hand."""
    said = (
        f"the plan made now has content digest {plan.content_digest[:16]} ({action_counts(plan)}), "
        f"and {digest} was approved"
    )
    if approved is not None:
        differs = compare_plans(approved, plan).sentences(named)
        same = "same changes, in a different order"
        said += f" ({action_counts(approved)}); {'; '.join(differs) or same}"
    return PlanStale(f"{said}: review it again with `reconciler plan`")


def action_counts(plan: Plan) -> str:
    """How many changes of each action a plan has: `2 create, 1 delete`."""
    found = [f"{count} {action.value}" for action in Action if (count := plan.count(action))]
    return ", ".join(found) or "no changes"


def _listed(changes: tuple[Change, ...], named: Callable[[str], str]) -> str:
    return first_of((f"{one.action.value} {named(one.address)}" for one in changes), _MAX_SHOWN)

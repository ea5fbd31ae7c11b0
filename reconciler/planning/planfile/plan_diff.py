"""The difference between two plans: what was approved, and what would be done now."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reconciler.errors import PlanStale, UsageError
from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.message import Command, Message, searched
from reconciler.planning.change import Action, Change
from reconciler.planning.deep_differences import keyed_lists_of, value_differences
from reconciler.planning.digests import change_content, consequence_content
from reconciler.planning.plan import Consequence, Plan
from reconciler.text import first_of

_DIGEST = re.compile("[0-9a-f]{16,64}")
_MAX_SHOWN = 10
_MAX_PATHS = 5
_IMAGES = ("before", "after", "tracking.fields")


@dataclass(frozen=True, slots=True)
class AlteredChange:
    """A change of both plans with different content."""

    change: Change
    """As in the later plan."""
    paths: tuple[str, ...]
    """The places that differ: `after.schedule.mon`, `depends_on`."""


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """How a later plan differs from an earlier one."""

    added: tuple[Change, ...]
    """Only in the later plan."""
    removed: tuple[Change, ...]
    """Only in the earlier plan."""
    altered: tuple[AlteredChange, ...]
    """In both plans with different content."""
    referrers: tuple[Address, ...] = ()
    """The resources that the platform would change differently as a result."""

    def sentences(self, named: Callable[[str], str]) -> tuple[str, ...]:
        """What differs, one phrase each; `named` renders an address."""
        groups = (("added", self.added), ("removed", self.removed))
        phrases = [f"{word}: {_listed(changes, named)}" for word, changes in groups if changes]
        if self.altered:
            phrases.append(f"different: {_listed_with_paths(self.altered, named)}")
        if self.referrers:
            shown = first_of((named(address) for address in self.referrers), _MAX_SHOWN)
            phrases.append(f"changed by the platform as a result: {shown}")
        return tuple(phrases)


def compare_content(earlier: Plan, later: Plan) -> PlanComparison:
    """How the later plan differs from the earlier one in what it would do."""
    old = {change.key: change for change in earlier.changes}
    new = {change.key: change for change in later.changes}
    return PlanComparison(
        added=tuple(change for key, change in new.items() if key not in old),
        removed=tuple(change for key, change in old.items() if key not in new),
        altered=tuple(
            AlteredChange(change, _differing_paths(old[key], change))
            for key, change in new.items()
            if key in old and change_content(change) != change_content(old[key])
        ),
        referrers=_different_referrers(earlier.consequences, later.consequences),
    )


def _differing_paths(earlier: Change, later: Change) -> tuple[str, ...]:
    keyed_lists = keyed_lists_of(later.kind, _IMAGES)
    found = value_differences(_compared(earlier), _compared(later), keyed_lists)
    return tuple(difference.path for difference in found)


def _compared(change: Change) -> Fields:
    """The parts of a change that its content is made of, by name."""
    tracking = change.tracking
    return {
        "before": change.before,
        "after": change.after,
        "previous_address": change.previous_address,
        "depends_on": list(change.depends_on),
        "cascaded": change.cascaded,
        "tracking": None
        if tracking is None
        else {
            "form": tracking.form,
            "fields": tracking.fields,
            "protect": tracking.protect,
            "on_remove": tracking.on_remove,
        },
    }


def _different_referrers(
    earlier: Sequence[Consequence], later: Sequence[Consequence]
) -> tuple[Address, ...]:
    old = [(each.address, consequence_content(each)) for each in earlier]
    new = [(each.address, consequence_content(each)) for each in later]
    only_old = {address for address, content in old if (address, content) not in new}
    only_new = {address for address, content in new if (address, content) not in old}
    return tuple(sorted(only_old | only_new))


def has_content_digest(plan: Plan, digest: str) -> bool:
    """Whether a plan has a content digest, which may be shortened to 16 digits.

    Raises UsageError for a shorter one: it could match plans that nobody has seen.
    """
    if not _DIGEST.fullmatch(digest):
        raise UsageError(
            Message.of(
                "'{digest}' is not a content digest: copy the 16 digits that {plan} shows",
                digest=digest,
                plan=Command.of("plan"),
            )
        )
    return plan.content_digest.startswith(digest)


def check_approved_digest(plan: Plan, digest: str) -> None:
    """Raises UsageError when the plan does not have the digest."""
    if not has_content_digest(plan, digest):
        raise UsageError(
            f"the plan to compare with has content digest {plan.content_digest[:16]}, and {digest} "
            "was approved: give the approved plan's file"
        )


def unexpected_plan(
    plan: Plan, digest: str, approved: Plan | None, *, named: Callable[[str], str]
) -> PlanStale:
    """The error for a plan that is not the approved one; with the differences when it is given."""
    message = (
        f"the plan made now has content digest {plan.content_digest[:16]} ({action_counts(plan)}), "
        f"and {digest} was approved"
    )
    if approved is not None:
        differs = compare_content(approved, plan).sentences(named)
        same = "same changes, in a different order"
        message += f" ({action_counts(approved)}); {'; '.join(differs) or same}"
    return PlanStale(
        Message.of(
            "{message}: review it again with {again}",
            message=searched(message),
            again=plan.command_to_review,
        )
    )


def action_counts(plan: Plan) -> str:
    """The number of changes by action: `2 create, 1 delete`."""
    counts = [f"{count} {action.value}" for action in Action if (count := plan.count(action))]
    return ", ".join(counts) or "no changes"


def _listed(changes: tuple[Change, ...], named: Callable[[str], str]) -> str:
    return first_of((f"{each.action.value} {named(each.address)}" for each in changes), _MAX_SHOWN)


def _listed_with_paths(altered: tuple[AlteredChange, ...], named: Callable[[str], str]) -> str:
    return first_of(
        (
            f"{each.change.action.value} {named(each.change.address)} "
            f"({first_of(each.paths, _MAX_PATHS)})"
            for each in altered
        ),
        _MAX_SHOWN,
    )

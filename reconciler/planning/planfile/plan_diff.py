"""The difference between two plans: what was approved, and what would be done now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.errors import PlanStale, UsageError
from reconciler.kinds.address import Address
from reconciler.kinds.base import Fields
from reconciler.kinds.registry import place
from reconciler.message import NO_MESSAGE, Command, Message, first_messages, joined_messages
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

    def messages(self) -> Iterator[Message]:
        """What differs, one phrase each."""
        groups = {
            "added": [_named(change) for change in self.added],
            "removed": [_named(change) for change in self.removed],
            "different": [_with_paths(altered) for altered in self.altered],
            "changed by the platform as a result": [
                Message.of("{referrer}", referrer=place(address)) for address in self.referrers
            ],
        }
        for words, phrases in groups.items():
            if phrases:
                shown = first_messages(phrases, _MAX_SHOWN)
                yield Message.of("{words}: {shown}", words=words, shown=shown)


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
            f"'{digest}' is not a content digest",
            next_step=Message.of(
                "copy the 16 digits that {plan} shows", plan=plan.command_to_review
            ),
        )
    return plan.content_digest.startswith(digest)


def check_approved_digest(plan: Plan, digest: str) -> None:
    """Raises UsageError when the plan does not have the digest."""
    if not has_content_digest(plan, digest):
        raise UsageError(
            f"the plan to compare with has content digest {plan.content_digest[:16]}, and {digest} "
            "was approved: give the approved plan's file"
        )


def unexpected_plan(plan: Plan, digest: str, approved: Plan | None) -> PlanStale:
    """The error for a plan that is not the approved one; with the differences when it is given."""
    differences = NO_MESSAGE
    if approved is not None:
        differences = Message.of(
            " ({counts}); {differences}",
            counts=action_counts(approved),
            differences=joined_messages(compare_content(approved, plan).messages())
            or Message.plain("same changes, in a different order"),
        )
    message = Message.of(
        "the plan made now has content digest {now} ({counts}), and {digest} was approved"
        "{differences}",
        now=plan.content_digest[:16],
        counts=action_counts(plan),
        digest=digest,
        differences=differences,
    )
    again = Message.of("review it again with {again}", again=plan.command_to_review)
    if approved is not None and approved.only != plan.only:
        apply = Command.of("apply", "--expect", digest, *approved.selection)
        again = Message.of("give the selection of the approved plan: {apply}", apply=apply)
    return PlanStale(message, next_step=again)


def action_counts(plan: Plan) -> str:
    """The number of changes by action: `2 create, 1 delete`."""
    counts = [f"{count} {action.value}" for action in Action if (count := plan.count(action))]
    return ", ".join(counts) or "no changes"


def _named(change: Change) -> Message:
    return Message.of(
        "{action} {address}", action=change.action.value, address=place(change.address)
    )


def _with_paths(altered: AlteredChange) -> Message:
    paths = first_of(altered.paths, _MAX_PATHS)
    return Message.of("{change} ({paths})", change=_named(altered.change), paths=paths)

"""The plan's consequences for referrers, compared with what the platform would do to them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from reconciler.applying.rechecks.change_state import ChangeState, gone_message, unreadable_message
from reconciler.applying.rechecks.edits import edit_text
from reconciler.applying.rechecks.plan_state import PlanState
from reconciler.kinds.address import identity
from reconciler.kinds.registry import place
from reconciler.live.platform import Snapshot
from reconciler.message import Message
from reconciler.planning.effects.consequences import field_after, find_consequences
from reconciler.planning.plan import Consequence


@dataclass(frozen=True, slots=True)
class ChangedConsequences:
    """Where the platform would now change other fields of referrers than the plan shows.

    Both hold messages by the key of a change that causes it. `changed` is about fields that the
    plan shows. `unplanned` is about fields that it does not show: guards explain most of them
    better, so run the guards first.
    """

    changed: Mapping[str, Message]
    unplanned: Mapping[str, Message]


def changed_consequences(state: PlanState) -> ChangedConsequences:
    """Compare the consequences of the changes that are still to do."""
    done = state.made | state.keys(ChangeState.DONE)
    pending = state.keys(ChangeState.TO_DO)
    to_do = [change for change in state.plan.changes if change.key in pending]
    fresh = _by_field(find_consequences(to_do, state.live.resources))
    remaining = (_remaining(one, done, pending) for one in state.plan.consequences)
    planned = _by_field(one for one in remaining if one.references)
    changed: dict[str, Message] = {}
    for key, consequence in planned.items():
        if key not in fresh or _result(fresh[key]) != _result(consequence):
            message = _changed_message(consequence, state.live)
            changed |= dict.fromkeys(causes(consequence) & pending, message)
    unplanned: dict[str, Message] = {}
    for key, consequence in fresh.items():
        if key not in planned:
            unplanned |= dict.fromkeys(causes(consequence), _unplanned_message(consequence))
    return ChangedConsequences(changed, unplanned)


def causes(consequence: Consequence) -> set[str]:
    """The keys of the changes that cause it."""
    return {key for reference in consequence.references for key in reference.changes}


def _remaining(
    consequence: Consequence, done: frozenset[str], pending: frozenset[str]
) -> Consequence:
    """The rest of a consequence once some of its changes are made."""
    can_be_made = done | pending
    return replace(
        consequence,
        before=field_after(consequence, done.__contains__),
        after=field_after(consequence, can_be_made.__contains__),
        references=tuple(
            reference
            for reference in consequence.references
            if can_be_made.issuperset(reference.changes) and not done.issuperset(reference.changes)
        ),
    )


def _by_field(found: Iterable[Consequence]) -> dict[tuple[str, str], Consequence]:
    """Consequences by the identity of their referrer and its field."""
    return {(identity(one.address), one.field): one for one in found}


def _result(consequence: Consequence) -> tuple[JsonValue, JsonValue, dict[str, str]]:
    targets = {
        identity(reference.name): identity(reference.means or "")
        for reference in consequence.references
    }
    return consequence.before, consequence.after, targets


def _changed_message(consequence: Consequence, live: Snapshot) -> Message:
    address, field = consequence.address, consequence.field
    why = live.why_unknown(address)
    if why is not None:
        return unreadable_message(address, why)
    resource = live.find(address)
    if resource is None:
        return gone_message(address)
    if resource.fields.get(field) == consequence.before:
        what = f"its {field} would refer to something other than the plan shows"
    else:
        what = edit_text({**resource.fields, field: consequence.before}, resource)
    return Message.of("{address}: {what}", address=place(address), what=what)


def _unplanned_message(consequence: Consequence) -> Message:
    return Message.of(
        "{address}: its {field} refers to a resource that this plan deletes or renames, which the "
        "plan does not show",
        address=place(consequence.address),
        field=consequence.field,
    )

"""The plan's consequences for referrers, compared with what the platform would do to them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from reconciler.applying.rechecks.change_state import ChangeState
from reconciler.applying.rechecks.edits import edit_text
from reconciler.applying.rechecks.plan_state import PlanState
from reconciler.kinds.address import identity
from reconciler.live.platform import Snapshot
from reconciler.planning.effects.consequences import field_after, find_consequences
from reconciler.planning.plan import Consequence


@dataclass(frozen=True, slots=True)
class ChangedConsequences:
    """Where the platform would now change other fields of referrers than the plan shows.

    Both hold sentences by the key of a change that causes it. `changed` is about fields that the
    plan shows. `unplanned` is about fields that it does not show: guards explain most of them
    better, so run the guards first.
    """

    changed: Mapping[str, str]
    unplanned: Mapping[str, str]


def changed_consequences(state: PlanState) -> ChangedConsequences:
    """Compare the consequences of the changes that are still to do."""
    done = state.made | state.keys(ChangeState.DONE)
    pending = state.keys(ChangeState.TO_DO)
    to_do = [change for change in state.plan.changes if change.key in pending]
    fresh = _by_field(find_consequences(to_do, state.live.resources))
    remaining = (_remaining(one, done, pending) for one in state.plan.consequences)
    planned = _by_field(one for one in remaining if one.references)
    changed: dict[str, str] = {}
    for key, consequence in planned.items():
        if key not in fresh or _result(fresh[key]) != _result(consequence):
            text = _changed_text(consequence, state.live)
            changed |= dict.fromkeys(causes(consequence) & pending, text)
    unplanned: dict[str, str] = {}
    for key, consequence in fresh.items():
        if key not in planned:
            unplanned |= dict.fromkeys(causes(consequence), _unplanned_text(consequence))
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


def _changed_text(consequence: Consequence, live: Snapshot) -> str:
    address, field = consequence.address, consequence.field
    why = live.why_unknown(address)
    if why is not None:
        return f"{address} cannot be checked: {why.unmasked()}"
    resource = live.find(address)
    if resource is None:
        return f"{address} is gone from the platform"
    if resource.fields.get(field) == consequence.before:
        return f"{address}: its {field} would refer to something other than the plan shows"
    return f"{address}: {edit_text({**resource.fields, field: consequence.before}, resource)}"


def _unplanned_text(consequence: Consequence) -> str:
    return (
        f"{consequence.address}: its {consequence.field} refers to a resource that this plan "
        "deletes or renames, which the plan does not show"
    )

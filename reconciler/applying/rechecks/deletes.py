"""What a delete would take along that its plan does not show."""

from __future__ import annotations

from reconciler.applying.rechecks.change_state import ChangeState
from reconciler.applying.rechecks.plan_state import PlanState
from reconciler.kinds.address import Address, ancestors, identity
from reconciler.kinds.base import Life
from reconciler.kinds.registry import place
from reconciler.live.platform import LiveResource
from reconciler.message import Message
from reconciler.planning.change import Action


def created_below_deletes(state: PlanState) -> tuple[Address, ...]:
    """The live resources below a deleted parent that the plan does not show.

    A plan forgets only what was already gone below a delete, so a forget does not count as shown.
    """
    known: set[str] = set()
    parents: set[str] = set()
    for change in state.plan.changes:
        if change.action is not Action.FORGET:
            known.add(identity(state.names.of(change.address)))
        if change.action is Action.DELETE:
            parents.add(identity(state.names.of(change.address)))
    if not parents:
        return ()
    return tuple(
        resource.address
        for key, resource in state.live.resources.items()
        if key not in known
        and not _is_as_created(resource)
        and not parents.isdisjoint(ancestors(key))
    )


def unsafe_deletes(state: PlanState) -> dict[str, Message]:
    """Why deletes to do must not be made, by key: something below them is new or was edited."""
    deletes = {
        identity(state.names.of(change.address)): change
        for change in state.plan.changes
        if change.action is Action.DELETE
        and change.key in state.checked
        and state.checked[change.key].state is ChangeState.TO_DO
    }
    if not deletes:
        return {}
    lost = {
        identity(address): Message.of("{address} was created below it", address=place(address))
        for address in created_below_deletes(state)
    }
    for change in state.plan.changes:
        found = state.checked.get(change.key)
        if change.cascaded and found is not None and found.state is ChangeState.STALE:
            lost[identity(state.names.of(change.address))] = found.why
    return {
        deletes[parent].key: Message.of(
            "{address} was not deleted: {why}", address=place(deletes[parent].address), why=why
        )
        for key, why in lost.items()
        for parent in ancestors(key)
        if parent in deletes
    }


def _is_as_created(resource: LiveResource) -> bool:
    """Whether it always exists with its campaign, and nobody has edited it."""
    kind = resource.kind
    return kind.life is not Life.ENTRY and resource.fields == kind.with_defaults(
        resource.address, {}
    )

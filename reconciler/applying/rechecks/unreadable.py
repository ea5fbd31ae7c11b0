"""What a run touches and cannot read on the platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.applying.rechecks.change_state import unreadable_message
from reconciler.applying.rechecks.plan_state import PlanState
from reconciler.kinds.address import identity
from reconciler.kinds.registry import KINDS, lists_below
from reconciler.live.platform import Snapshot
from reconciler.message import Message
from reconciler.planning.change import Action, Change


def unreadable(state: PlanState, changes: Sequence[Change]) -> list[Message]:
    """What cannot be compared: what the changes touch, take along, or begin to refer to.

    A list below a delete that the plan could not read either is left out: the `unknown-live`
    guard blocked the plan for it, or was approved.
    """
    live = state.live
    if live.is_whole:
        return []
    known = {unknown.collection for unknown in state.plan.unknowns}
    newly = replace(live, unknown={k: why for k, why in live.unknown.items() if k not in known})
    found: dict[str, Message | None] = {}
    for change in changes:
        if change.writes:
            address = state.names.of(change.address)
            places = (change.address, address, *_unread_targets(change, live))
            found |= {touched: live.why_unknown(touched) for touched in places}
            if change.action in (Action.DELETE, Action.RENAME):
                found |= {below.address: below.why for below in live.unreadable_below(address)}
        if change.action is Action.DELETE:
            found |= {below: newly.why_unknown(below) for below in lists_below(change.address)}
    return [unreadable_message(address, why) for address, why in sorted(found.items()) if why]


def _unread_targets(change: Change, live: Snapshot) -> Iterator[str]:
    """The unreadable resources that a change begins to refer to."""
    kind = KINDS.named(change.kind)
    if kind is None or change.after is None or not live.unreadable:
        return
    old = {ref.candidates for ref in kind.references(change.address, change.before or {})}
    for reference in kind.references(change.address, change.after):
        existing = (
            address
            for address in reference.candidates
            if live.find(address) or identity(address) in live.unreadable
        )
        target = next(existing, "")
        if reference.candidates not in old and identity(target) in live.unreadable:
            yield target

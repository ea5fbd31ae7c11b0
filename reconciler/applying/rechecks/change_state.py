"""One change compared with what the platform has now: to do, done already, or stale.

A resource equal to the change's `after` needs nothing. A resource equal to its `before` can be
written. A resource equal to neither makes the change stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.applying.rechecks.edits import edit_text, last_edit
from reconciler.kinds.base import Fields
from reconciler.kinds.registry import place
from reconciler.live.platform import LiveResource
from reconciler.message import NO_MESSAGE, Message
from reconciler.planning.change import Action, Change


class ChangeState(Enum):
    """The result of comparing a change with the platform."""

    TO_DO = "to-do"
    DONE = "done"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class CheckedChange:
    """The state of one change, the live resource it starts from, and why it is stale."""

    state: ChangeState
    live: LiveResource | None = None
    why: Message = NO_MESSAGE


def check_write(
    change: Change, live: LiveResource | None, *, if_missing: Fields | None
) -> CheckedChange:
    """Compare any change but a rename or forget with its live resource.

    `if_missing` is None when the change can be made although the resource does not exist.
    """
    if live is None:
        if if_missing is None:
            return CheckedChange(ChangeState.TO_DO)
        return CheckedChange(ChangeState.STALE, None, gone_message(change.address))
    if change.action is not Action.DELETE and live.fields == change.after:
        return CheckedChange(ChangeState.DONE, live)
    if change.before is not None and live.fields == change.before:
        return CheckedChange(ChangeState.TO_DO, live)
    return CheckedChange(ChangeState.STALE, live, _stale_message(change, live))


def check_rename(
    change: Change, old: LiveResource | None, new: LiveResource | None
) -> CheckedChange:
    """Compare a rename with the resources at its old and its new address."""
    if old is not None and (new is None or new is old):
        if new is old and old.address == change.address:
            return CheckedChange(ChangeState.DONE, old)
        if old.fields == change.before:
            return CheckedChange(ChangeState.TO_DO, old)
        return CheckedChange(ChangeState.STALE, old, _stale_message(change, old))
    if old is None and new is not None:
        return CheckedChange(ChangeState.DONE, new)
    if old is None:
        return CheckedChange(ChangeState.STALE, None, gone_message(change.previous_address or ""))
    why = Message.of(
        "{address} was created on the platform{author}, so {old} cannot be renamed to it",
        address=place(change.address),
        author=last_edit(new),
        old=place(change.previous_address or ""),
    )
    return CheckedChange(ChangeState.STALE, new, why)


def gone_message(address: str) -> Message:
    """That a resource does not exist any more."""
    return Message.of("{address} is gone from the platform", address=place(address))


def unreadable_message(address: str, why: Message) -> Message:
    """Why a resource or a collection cannot be compared."""
    return Message.of("{address} cannot be checked: {why}", address=place(address), why=why)


def _stale_message(change: Change, live: LiveResource) -> Message:
    if change.before is None:
        return Message.of(
            "{address} was created{author}, with values other than the plan's",
            address=place(change.address),
            author=last_edit(live),
        )
    edit = edit_text(change.before, live)
    return Message.of("{address}: {edit}", address=place(change.address), edit=edit)

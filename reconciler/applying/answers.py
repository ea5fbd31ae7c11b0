"""What an answer, or a read of the platform, means for one change."""

from __future__ import annotations

from reconciler.applying.rechecks.edits import edit_text
from reconciler.errors import PlatformError, RequestTooLarge
from reconciler.kinds.address import Address, identity
from reconciler.kinds.registry import quote
from reconciler.live.platform import Answer, LiveResource, Outcome
from reconciler.message import Command, Message
from reconciler.planning.change import Action, Change


def resume_when_readable(run_id: str) -> Message:
    """The next step when a run stops because something could not be read."""
    return Message.of(
        "when it can be read, run {resume}", resume=Command.of("apply", "--resume", run_id)
    )


def addresses_of(change: Change) -> tuple[Address, ...]:
    """The addresses to read for a change: its own, and the old one of a rename."""
    if change.action is Action.RENAME and change.previous_address is not None:
        return (change.address, change.previous_address)
    return (change.address,)


def is_made(change: Change, new: LiveResource | None, old: LiveResource | None) -> bool:
    """Whether the platform is as the change would leave it; `old` is at a rename's old address."""
    if change.action is Action.DELETE:
        return new is None
    if change.action is Action.RENAME:
        moved = old is None or identity(change.address) == identity(change.previous_address or "")
        return new is not None and moved and new.address == change.address
    return new is not None and new.fields == change.after


def is_unmade(change: Change, new: LiveResource | None, old: LiveResource | None) -> bool:
    """Whether the platform is as before the change, so that the change may be sent again."""
    if change.action is Action.RENAME:
        return old is not None and old.fields == change.before
    if change.before is None:
        return new is None
    return new is not None and new.fields == change.before


def refusal_message(change: Change, outcome: Outcome, edited: LiveResource | None) -> Message:
    """Why the platform refused a write; `edited` is the resource as somebody changed it."""
    if outcome.answer is Answer.CHANGED:
        edit = "somebody changed it"
        if edited is not None and change.before is not None:
            edit = edit_text(change.before, edited)
        return Message.of("{edit} since the plan was verified; nothing was overwritten", edit=edit)
    if not outcome.detail:
        return Message.of("the platform refused it ({answer})", answer=outcome.status_and_code)
    return Message.of(
        "the platform refused it ({answer}): {detail}",
        answer=outcome.status_and_code,
        detail=quote(outcome.detail, change.address),
    )


def batch_refusal_message(error: PlatformError) -> Message:
    """Why the platform refused a whole batch. A batch that is too large had a single step."""
    message = error.message_and_next_step
    if isinstance(error, RequestTooLarge):
        return Message.of(
            "too large for the platform, even as the only step of a request: {error}", error=message
        )
    return message

"""What an answer, or a look at the platform, says of a step: pure, and decides nothing."""

from __future__ import annotations

from reconciler.applying.rechecks.live import edit_in_words
from reconciler.errors import PlatformError, RequestTooLarge, quoted
from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields
from reconciler.live.platform import Answer, LiveResource, Outcome
from reconciler.planning.change import Action, Change

KEPT = "nothing was overwritten"


def refused_whole(error: PlatformError) -> str:
    """Why a batch was refused as such, in words; one that is too large was a single step."""
    if isinstance(error, RequestTooLarge):
        return f"too large for the platform, even alone in a request: {error}"
    return str(error)


def places(change: Change) -> tuple[Address, ...]:
    """Where to look for a change: its address, and a rename's old one too."""
    if change.action is Action.RENAME and change.previous_address is not None:
        return (change.address, change.previous_address)
    return (change.address,)


def is_made(change: Change, new: LiveResource | None, old: LiveResource | None) -> bool:
    """Whether what is at its address now, and at a rename's old one, is what it would make."""
    if change.action is Action.DELETE:
        return new is None
    if change.action is Action.RENAME:
        moved = old is None or identity(change.address) == identity(change.previous_address or "")
        return new is not None and moved and new.address == change.address
    return new is not None and new.fields == change.after


def is_unmade(change: Change, new: LiveResource | None, old: LiveResource | None) -> bool:
    """Whether all there is as it was before, so that it may be sent again."""
    if change.action is Action.RENAME:
        return old is not None and old.fields == change.before
    if change.before is None:
        return new is None
    return new is not None and new.fields == change.before


def unequal(after: Fields | None, fields: Fields | None) -> list[str]:
    """The names of the fields that differ from what was planned; a phrase where all does."""
    if after is None:
        return ["it is still there"] if fields is not None else []
    if fields is None:
        return ["it is not there"]
    return [name for name in {**after, **fields} if after.get(name) != fields.get(name)]


def shown(fields: Fields | None, name: str) -> str:
    """A field's value, for a sentence."""
    return "nothing" if fields is None or name not in fields else repr(fields[name])


def refusal(change: Change, outcome: Outcome, edited: LiveResource | None) -> str:
    """Why the platform refused a write, in words; `edited` is what somebody made of it since."""
    if outcome.answer is Answer.CHANGED:
        what = "somebody changed it"
        if edited is not None and change.before is not None:
            what = edit_in_words(change.before, edited)
        return f"{what} since the plan was verified; {KEPT}"
    said = f": {quoted(outcome.detail)}" if outcome.detail else ""
    return f"the platform refused it ({outcome.status_and_code}){said}"

"""Words that views share: moments, counts, actions and reasons in plain English."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from reconciler.planning.change import Action, Reason
from reconciler.views.style.escaping import visible

_RFC_3339 = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")

VERBS = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.RENAME: "rename",
    Action.REPLACE: "replace",
    Action.ADOPT: "start tracking",
    Action.DELETE: "delete",
    Action.FORGET: "stop tracking",
    Action.NONE: "leave",
}

PARTICIPLES = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.RENAME: "renamed",
    Action.REPLACE: "replaced",
    Action.ADOPT: "now tracked",
    Action.DELETE: "deleted",
    Action.FORGET: "no longer tracked",
    Action.NONE: "left",
}

REASON_PHRASES = {
    Reason.NEW: "new in git",
    Reason.CHANGED: "changed in git",
    Reason.DRIFTED: "changed on the platform",
    Reason.RESET: "put back to its defaults",
    Reason.RENAMED: "renamed in git",
    Reason.FOUND_UNOWNED: "found on the platform, unowned",
    Reason.TRACKING: "already as git has it",
    Reason.REMOVED_FROM_GIT: "removed from git",
    Reason.NOT_IN_COMPLETE_LIST: "not in the list, which git holds complete",
    Reason.NOT_IN_EXCLUSIVE_COLLECTION: "not in git, which owns the whole collection",
    Reason.REMOVE_LISTED: "named under `remove:`",
    Reason.PARENT_DELETED: "goes with what it is in",
    Reason.REPLACED: "replaced by another name",
    Reason.RELEASED: "its list is no longer in git; it stays on the platform",
    Reason.KEPT: "no longer in git, and marked to be kept; it stays on the platform",
    Reason.PLATFORMS_OWN: "no longer in git; it is the platform's own, and stays as it is",
    Reason.GONE: "no longer in git, and already gone from the platform",
    Reason.UNDONE: "as it was before the run that is undone",
}


def moment(when: datetime | str) -> str:
    """`2026-11-20 14:03 UTC`; a text that is no moment as it is."""
    if isinstance(when, str):
        text = when
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            return visible(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    try:
        return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except OverflowError:  # the first or the last day there is, in a zone that crosses it
        return visible(when.isoformat())


def with_readable_moments(text: str) -> str:
    """The text with every RFC 3339 moment as people read it."""
    return _RFC_3339.sub(lambda found: moment(found[0]), text)


def sentence(text: str) -> str:
    """With a capital first letter and a full stop."""
    if not text:
        return text
    end = "" if text[-1] in ".!?:`" else "."
    return f"{text[0].upper()}{text[1:]}{end}"

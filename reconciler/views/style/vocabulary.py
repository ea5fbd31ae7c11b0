"""Words that views share: actions, reasons, times and sentences."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from reconciler.planning.change import Action, Reason
from reconciler.text import day_text, visible

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
    Action.NONE: "left unchanged",
}

REASON_PHRASES = {
    Reason.NEW: "new in git",
    Reason.CHANGED: "changed in git",
    Reason.DRIFTED: "changed on the platform",
    Reason.RENAMED: "renamed in git",
    Reason.FOUND_UNOWNED: "on the platform, not managed yet",
    Reason.TRACKING: "already matches git",
    Reason.REMOVED_FROM_GIT: "removed from git",
    Reason.APPLIED_ELSEWHERE: "not in this checkout; a run of another commit applied it",
    Reason.NOT_IN_COMPLETE_LIST: "not in the complete list in git",
    Reason.NOT_IN_EXCLUSIVE_COLLECTION: "not in git; this collection is `exclusive`",
    Reason.REMOVE_LISTED: "listed under `remove:`",
    Reason.PARENT_DELETED: "deleted with its parent",
    Reason.REPLACED: "replaced by another name",
    Reason.RELEASED: "its list is no longer in git; it stays on the platform",
    Reason.KEPT: "no longer in git; `on_remove: keep` leaves it on the platform",
    Reason.PLATFORMS_OWN: "no longer in git; it is a system default and stays on the platform",
    Reason.GONE: "no longer in git and no longer on the platform",
    Reason.UNDONE: "restored to its state before the undone run",
}


def moment(when: datetime | str) -> str:
    """`2026-11-20 14:03 UTC`. A text that is not a time stays unchanged."""
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
    except OverflowError:  # the first or last representable day, in a zone that crosses it
        return visible(when.isoformat())


def day(text: str) -> str:
    """`Mon 2026-11-23`. A text that is not a date stays unchanged."""
    try:
        return day_text(date.fromisoformat(text))
    except ValueError:
        return visible(text)


def with_readable_moments(text: str) -> str:
    """The text with each RFC 3339 time in the form of `moment`."""
    return _RFC_3339.sub(lambda found: moment(found[0]), text)


def sentence(text: str) -> str:
    """The text with a capital first letter and a full stop."""
    if not text:
        return text
    end = "" if text[-1] in ".!?:`" else "."
    return f"{text[0].upper()}{text[1:]}{end}"

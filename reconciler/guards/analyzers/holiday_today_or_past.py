"""holiday-today-or-past: a holiday would be changed on its day or after it.

It warns. Today is any date that a clock somewhere in the world shows now. It is silent when the
holiday closes or opens campaigns: `open-hours`, `scope-widens` and `opens-more` report that.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.kinds.address import identity
from reconciler.kinds.holiday import HOLIDAY, closure_of
from reconciler.kinds.values.schedule import Closure
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.findings import Finding

CODE = "holiday-today-or-past"
_LATEST_ZONE_HOURS = 14
_EARLIEST_ZONE_HOURS = -12
_VERBS = {Action.CREATE: "created", Action.DELETE: "deleted", Action.REPLACE: "replaced"}


def _analyze(review: Review) -> Iterator[Finding]:
    utc = review.now.astimezone(datetime.UTC)
    days = sorted(
        {
            (utc + datetime.timedelta(hours=hours)).date()
            for hours in (_EARLIEST_ZONE_HOURS, 0, _LATEST_ZONE_HOURS)
        }
    )
    reported = {identity(holiday.address) for holiday in review.effects.holidays}
    for change in review.plan.changes:
        if change.kind == HOLIDAY.name and change.writes:
            if identity(change.address) in reported:
                continue
            when = _when(change, days)
            verb = _VERBS.get(change.action, "changed")
            if when:
                message = Message.of(
                    "this holiday {when} and would be {verb}", when=when, verb=verb
                )
                yield finding(CODE, "warn", change.address, message, "check its date")


def _when(change: Change, days: list[datetime.date]) -> str:
    holidays = [
        closure_of(change.address, fields)
        for fields in (change.after, change.before)
        if fields is not None
    ]
    if any(holiday.falls_on(day) for holiday in holidays for day in days):
        return "is today somewhere in the world"
    if any(_is_past(holiday, days[0]) for holiday in holidays):
        return "is in the past"
    return ""


def _is_past(holiday: Closure, first: datetime.date) -> bool:
    return not holiday.recurring and holiday.day < first


GUARD = Guard(CODE, "A holiday would be changed on its day or after it.", _analyze, __doc__)

"""opens-more: campaigns would open when they are closed today.

It warns about a holiday that is deleted, moved or narrowed, and about a schedule or time zone that
opens more: customers can call, and only the people on duty can answer. A schedule or zone that also
closes hours is reported by `scope-widens` or `open-hours`.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.opening import (
    address_of,
    days_phrase,
    edited_hours,
    hours_count,
    hours_phrase,
)
from reconciler.kinds.address import join
from reconciler.message import Message
from reconciler.planning.effects.effects import HORIZON_DAYS, HolidayEffect, HoursEffect
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import day_text

CODE = "opens-more"


def _analyze(review: Review) -> Iterator[Finding]:
    for holiday in review.effects.holidays:
        if holiday.opens:
            yield _holiday(holiday)
    for hours, _ in edited_hours(review):
        if hours.gained and not hours.lost:
            yield _campaign(hours)


def _holiday(holiday: HolidayEffect) -> Finding:
    days = holiday.opens
    message = Message.of(
        "without this holiday, {day} opens {campaigns}, with the people on duty",
        day=day_text(days[0].day),
        campaigns=days_phrase(days),
    )
    evidence = Evidence.of(
        {"campaigns": len(days), "hours_gained": hours_count(sum(day.seconds for day in days))},
        headline="campaigns",
        referrers=tuple(join("campaigns", day.campaign) for day in days),
    )
    safer = "make sure that people work that day, or keep the holiday"
    return finding(CODE, "warn", holiday.address, message, safer, evidence)


def _campaign(hours: HoursEffect) -> Finding:
    message = Message.of(
        "this campaign opens more than before: in {days} days it {changes}",
        days=str(HORIZON_DAYS),
        changes=hours_phrase(hours),
    )
    counts = {"hours_gained": hours_count(hours.gained_seconds)}
    evidence = Evidence.of(counts, headline="hours_gained")
    safer = "make sure that members work at these hours"
    return finding(CODE, "warn", address_of(hours), message, safer, evidence)


GUARD = Guard(CODE, "Campaigns would open when they are closed today.", _analyze, __doc__)

"""scope-widens: campaigns would close more than before, later than now.

It blocks for a holiday that closes open hours within 48 hours, for an existing holiday that starts
to apply to all campaigns or to every year, for a schedule that does not open again, and for a time
zone that moves opening hours. It warns about a holiday with a later date, about a campaign that is
disabled, and about shorter hours. `open-hours` reports what closes now.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import is_disabled
from reconciler.guards.opening import (
    address_of,
    closes_now,
    days_phrase,
    edited_hours,
    hours_count,
    hours_phrase,
)
from reconciler.kinds.address import identity, join
from reconciler.kinds.base import Fields
from reconciler.kinds.holiday import HOLIDAY
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.effects.effects import HORIZON_DAYS, HolidayEffect, HoursEffect
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.text import day_text, joined

CODE = "scope-widens"
_NOTICE = timedelta(hours=48)


def _analyze(review: Review) -> Iterator[Finding]:
    yield from _holidays(review)
    for hours, change in edited_hours(review):
        if hours.lost:
            yield from _campaign(hours, change)


# ---- holidays ------------------------------------------------------------------------------


def _holidays(review: Review) -> Iterator[Finding]:
    effects = {identity(holiday.address): holiday for holiday in review.effects.holidays}
    deleted = {
        identity(change.address): change.before
        for change in review.plan.changes
        if change.action is Action.DELETE and change.kind == HOLIDAY.name
    }
    for change in review.plan.changes:
        if change.kind != HOLIDAY.name or change.after is None or not change.writes:
            continue
        effect = effects.get(identity(change.address))
        if effect is not None and closes_now(effect, review):
            continue
        before = change.before
        if change.action is Action.REPLACE:
            before = deleted.get(identity(change.previous_address or ""))
        wider = _wider(before, change.after)
        if wider or (effect is not None and effect.closes):
            yield _holiday(review, change, wider, effect)


def _wider(before: Fields | None, after: Fields) -> list[str]:
    """What an existing holiday starts to close, whatever its next date does."""
    if before is None:
        return []
    wider: list[str] = []
    if after["campaigns"] == "all" and before["campaigns"] != "all":
        wider.append("closes all campaigns")
    if after["recurring"] is True and before["recurring"] is not True:
        wider.append("recurs every year")
    return wider


def _holiday(
    review: Review, change: Change, wider: list[str], effect: HolidayEffect | None
) -> Finding:
    days = effect.closes if effect is not None else ()
    is_soon = any(day.start < review.effects.now + _NOTICE for day in days)
    severity: Severity = "block" if wider or is_soon else "warn"
    closed = [f"on {day_text(days[0].day)} it closes {days_phrase(days)}"] if days else []
    rest = [f"it {joined(wider)}"] if wider else []
    message = Message.of(
        "this holiday closes more than before: {effect}", effect="; ".join((*rest, *closed))
    )
    safer = (
        "name its campaigns, and declare another holiday for the others"
        if wider
        else "check its date and its campaigns; tell the people who work that day"
    )
    evidence = Evidence.of(
        {"campaigns": len(days), "hours_lost": hours_count(sum(day.seconds for day in days))},
        headline="campaigns",
        referrers=tuple(join("campaigns", day.campaign) for day in days),
    )
    return finding(CODE, severity, change.address, message, safer, evidence)


# ---- campaigns -----------------------------------------------------------------------------


def _campaign(hours: HoursEffect, change: Change) -> Iterator[Finding]:
    if is_disabled(change) and change.usage is not None and change.usage.open_interactions:
        return  # `open-hours` reports it
    severity, why, safer = _judged(hours, change)
    message = Message.of(
        "{why}: in {days} days it {changes}",
        why=why,
        days=str(HORIZON_DAYS),
        changes=hours_phrase(hours),
    )
    counts = {
        "hours_lost": hours_count(hours.lost_seconds),
        "hours_gained": hours_count(hours.gained_seconds),
    }
    evidence = Evidence.of(counts, headline="hours_lost")
    yield finding(CODE, severity, address_of(hours), message, safer, evidence)


def _judged(hours: HoursEffect, change: Change) -> tuple[Severity, str, str]:
    before, after = change.before or {}, change.after or {}
    if is_disabled(change):
        return "warn", "this campaign would be disabled", "apply when it should close permanently"
    if hours.opens_again is None:
        safer = "set `enabled: false` to stop it for a while and keep its hours"
        return "block", "its schedule never opens again", safer
    if before["time_zone"] != after["time_zone"]:
        old, new = before["time_zone"], after["time_zone"]
        why = f"its time zone changes from {old} to {new}, so its hours move"
        return "block", why, "change the schedule too, so that it is open at the right hours"
    safer = "check the hours of each day; a day that is not listed is closed"
    return "warn", "its schedule closes more than before", safer


GUARD = Guard(CODE, "A holiday, schedule or time zone would close more later.", _analyze, __doc__)

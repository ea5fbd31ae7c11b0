"""scope-widens: a holiday or a schedule would close more than before.

It blocks when a holiday starts to apply to all campaigns or to every year, and when a schedule
never opens. It warns about campaigns added by name and about shorter hours.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.guards.context import Guard, Review, finding
from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields
from reconciler.kinds.holiday import HOLIDAY
from reconciler.kinds.name_lists import names_in
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.effects.opening_hours import schedule_of
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.text import counted, joined, some

CODE = "scope-widens"


def _analyze(review: Review) -> Iterator[Finding]:
    deleted = {
        identity(change.address): change.before
        for change in review.plan.changes
        if change.action is Action.DELETE and change.kind == HOLIDAY.name
    }
    for change in review.plan.changes:
        before = change.before
        if change.action is Action.REPLACE:
            before = deleted.get(identity(change.previous_address or ""))
        if before is None or change.after is None or before == change.after:
            continue
        if change.kind == HOLIDAY.name:
            yield from _holiday(change, before, change.after)
        elif KINDS[change.kind].holds_resources:
            yield from _schedule(change, before, change.after)


def _holiday(change: Change, before: Fields, after: Fields) -> Iterator[Finding]:
    wider: list[str] = []
    gained = _gained(before, after)
    if after["campaigns"] == "all" and before["campaigns"] != "all":
        wider.append("closes all campaigns")
    if after["recurring"] is True and before["recurring"] is not True:
        wider.append("recurs every year")
    severity: Severity = "block" if wider else "warn"
    if gained:
        wider.append(f"closes {counted(len(gained), 'more campaign')} ({some(gained)})")
    if wider:
        message = Message.of(
            "this holiday closes more than before: it {effect}", effect=joined(wider)
        )
        safer = "name its campaigns, and declare another holiday for the others"
        evidence = Evidence.of({"campaigns": len(gained)})
        yield finding(CODE, severity, change.address, message, safer, evidence)


def _gained(before: Fields, after: Fields) -> list[str]:
    if before["campaigns"] == "all":
        return []
    old = {identity(name) for name in names_in(before["campaigns"])}
    return [name for name in names_in(after["campaigns"]) if identity(name) not in old]


def _schedule(change: Change, before: Fields, after: Fields) -> Iterator[Finding]:
    if before["schedule"] == after["schedule"]:
        return
    old, new = schedule_of(before), schedule_of(after)
    minutes = new.closed_minutes(old)
    if not minutes:
        return
    never = not any(new.days)
    effect = "never opens again" if never else f"closes for {_hours(minutes)} more a week"
    message = Message.of("its schedule closes more than before: it {effect}", effect=effect)
    safer = (
        "set `enabled: false` to stop it for a while and keep its hours"
        if never
        else "check the hours of each day; a day that is not listed is closed"
    )
    evidence = Evidence.of({"minutes_a_week": minutes}, headline="minutes_a_week")
    yield finding(CODE, "block" if never else "warn", change.address, message, safer, evidence)


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [counted(hours, "hour")] if hours else []
    if rest:
        parts.append(counted(rest, "minute"))
    return joined(parts)


GUARD = Guard(CODE, "A holiday or a schedule would close more than before.", _analyze, __doc__)

"""open-hours: work that is going on now would stop.

It blocks for an open campaign that would close (deleted, disabled, rescheduled, or closed by a
holiday), for a campaign or channel with open interactions that would be disabled, for a channel
that loses a number or its connector with open interactions, and for a member who is removed with
open interactions. It warns about a deleted status that agents are in: the guards `delete-in-use`
and `replace` block that.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import (
    LiveNames,
    is_disabled,
    loses_connection,
    members_removed,
    numbers_lost,
)
from reconciler.guards.usage import is_usage_unknown
from reconciler.kinds.address import CAMPAIGNS, Address, identity, join, name_of
from reconciler.kinds.holiday import HOLIDAY
from reconciler.kinds.registry import KINDS
from reconciler.kinds.values.schedule import Calendar
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.effects.opening_hours import OpeningHours
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import counted, some, verb

CODE = "open-hours"
_DAY_MINUTES = 24 * 60


def _analyze(review: Review) -> Iterator[Finding]:
    closing: frozenset[str] = frozenset()
    if review.hours is not None:
        names = review.hours.closing(review.now)
        closing = frozenset(identity(join(CAMPAIGNS, name)) for name in names)
        yield from _closing(review, review.hours, names)
    live_names = LiveNames.of(review.plan.changes)
    for change in review.plan.changes:
        if change.action is Action.DELETE:
            yield from _status(change)
        elif is_disabled(change) and identity(change.address) not in closing:
            yield from _stopped(review, change, live_names, "be disabled")
        elif loses_connection(change):
            yield from _stopped(review, change, live_names, _connection_loss(change))
        elif members_removed(change):
            yield from _members(review, change, live_names)


# ---- campaigns that would close ----------------------------------------------------------


def _closing(review: Review, hours: OpeningHours, names: tuple[str, ...]) -> Iterator[Finding]:
    changes = {
        identity(change.address): change
        for change in review.plan.changes
        if KINDS[change.kind].holds_resources and change.writes
    }
    by_holiday: dict[str, list[Address]] = {}
    for name in names:
        address = join(CAMPAIGNS, name)
        before = hours.before.by_campaign[identity(name)]
        after = hours.after.by_campaign.get(identity(name))
        holiday = "" if after is None else _holiday_that_closes(before, after, review.now)
        if holiday:
            by_holiday.setdefault(holiday, []).append(address)
        else:
            change = changes.get(identity(address))
            yield _campaign(address, change, before, after, review.now)
    for holiday, campaigns in sorted(by_holiday.items()):
        yield _holiday(holiday, tuple(campaigns))


def _holiday_that_closes(before: Calendar, after: Calendar, now: datetime) -> str:
    """The new holiday that closes it today, "" when its own fields close it."""
    if not dataclasses.replace(after, closures=before.closures).open_at(now):
        return ""
    today = now.astimezone(ZoneInfo(after.zone)).date()
    return next(
        (
            closure.name
            for closure in after.closures
            if closure not in before.closures and closure.falls_on(today)
        ),
        "",
    )


def _campaign(
    address: Address, change: Change | None, before: Calendar, after: Calendar | None, now: datetime
) -> Finding:
    usage = change.usage if change is not None else None
    opened = usage.open_interactions if usage is not None else 0
    at_work = (
        f"; {counted(opened, 'interaction')} {verb(opened, 'is', 'are')} open" if opened else ""
    )
    message = Message.of(
        "this campaign is open now and would close at once: {why}{at_work}",
        why=_why(before, after),
        at_work=at_work,
    )
    return finding(CODE, "block", address, message, _later(before, now), _opened(opened))


def _why(before: Calendar, after: Calendar | None) -> str:
    if after is None:
        return "it would be deleted"
    if not after.enabled:
        return "it would be disabled"
    if before.schedule != after.schedule:
        return "its schedule changes"
    return "its time zone changes"


def _later(calendar: Calendar, now: datetime) -> str:
    local = now.astimezone(ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    for hours in calendar.today(now):
        if hours.start <= minute < hours.end < _DAY_MINUTES:
            closing = f"{hours.end // 60:02}:{hours.end % 60:02}"
            return f"apply after it closes today, at {closing} ({calendar.zone})"
    return "apply when nobody works in it"


def _holiday(name: str, campaigns: tuple[Address, ...]) -> Finding:
    address = join(HOLIDAY.collection, name)
    count = len(campaigns)
    message = Message.of(
        "this holiday is today: {campaigns} that {are} open now would close at once: {names}",
        campaigns=counted(count, "campaign"),
        are=verb(count, "is", "are"),
        names=some(name_of(campaign) for campaign in campaigns),
    )
    safer = "apply after closing time, or give the holiday a later date"
    evidence = Evidence.of({"campaigns": count}, headline="campaigns", referrers=campaigns)
    return finding(CODE, "block", address, message, safer, evidence)


# ---- work in resources that stop ----------------------------------------------------------


def _connection_loss(change: Change) -> str:
    """The end of a sentence that begins "this channel would"."""
    before, after = change.before or {}, change.after or {}
    old, new = before.get("connector"), after.get("connector")
    if old is not None and old != new:
        return f"change from the connector '{old}' to " + (f"'{new}'" if new else "none")
    return f"lose {some(numbers_lost(change))}"


def _stopped(review: Review, change: Change, names: LiveNames, would: str) -> Iterator[Finding]:
    kind = KINDS[change.kind]
    if not (kind.holds_resources or kind.has_numbers):
        return
    if change.usage is not None:
        opened = change.usage.open_interactions
        words = f"{counted(opened, 'interaction')} {verb(opened, 'is', 'are')} open on it"
        if not opened:
            return
    elif is_usage_unknown(review, change, names):
        opened, words = 0, "its open interactions could not be read"
    else:
        return
    message = Message.of(
        "this {kind} would {would} now: {words}", kind=kind.noun, would=would, words=words
    )
    safer = "apply once its interactions are closed"
    yield finding(CODE, "block", change.address, message, safer, _opened(opened))


def _members(review: Review, change: Change, names: LiveNames) -> Iterator[Finding]:
    removed = members_removed(change)
    if change.usage is None:
        if is_usage_unknown(review, change, names):
            yield _members_finding(
                change, Evidence(), "their open interactions could not be read", removed
            )
        return
    busy = _busy(removed, change.usage.open_by_user)
    if busy:
        opened = sum(busy.values())
        words = f"they have {counted(opened, 'open interaction')}"
        yield _members_finding(change, _opened(opened, members=len(busy)), words, tuple(busy))


def _busy(removed: tuple[str, ...], open_by_user: Mapping[str, int]) -> dict[str, int]:
    opened = {identity(user): count for user, count in open_by_user.items()}
    return {user: opened[identity(user)] for user in removed if opened.get(identity(user))}


def _members_finding(
    change: Change, evidence: Evidence, words: str, users: tuple[str, ...]
) -> Finding:
    count = len(users)
    message = Message.of(
        "{members} would be removed now ({names}): {words}",
        members=counted(count, "member"),
        names=some(users),
        words=words,
    )
    safer = "apply once their interactions are closed"
    return finding(CODE, "block", change.address, message, safer, evidence)


def _status(change: Change) -> Iterator[Finding]:
    agents = 0 if change.usage is None else len(change.usage.agents_now)
    if agents:
        message = Message.of(
            "{agents} {are} in it now and would be without a status",
            agents=counted(agents, "agent"),
            are=verb(agents, "is", "are"),
        )
        safer = "apply when nobody is in it"
        evidence = Evidence.of({"agents_now": agents}, headline="agents_now")
        yield finding(CODE, "warn", change.address, message, safer, evidence)


def _opened(count: int, **others: int) -> Evidence:
    return Evidence.of({"open_interactions": count, **others}, headline="open_interactions")


def interrupted_work(findings: Iterable[Finding]) -> tuple[int, int]:
    """The agents who lose their status, and the open interactions that stop, by these findings."""
    counts: Counter[str] = Counter()
    for found in findings:
        if found.code == CODE:
            counts.update(found.evidence.counts)
    return counts["agents_now"], counts["open_interactions"]


GUARD = Guard(CODE, "Work that is going on now would stop.", _analyze, __doc__)

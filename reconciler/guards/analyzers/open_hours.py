"""open-hours: work that is going on now would stop.

It blocks for an open campaign that would close (deleted, disabled, rescheduled, or closed by a
holiday), for a campaign with open interactions that would be disabled, for a channel that loses a
number or its connector with open interactions, and for a member who is removed with open
interactions. It warns about a deleted status that agents are in: the guards `delete-in-use` and
`replace` block that. The guard `service-stops` is about channels that stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import (
    LiveNames,
    is_disabled,
    loses_connection,
    members_removed,
    numbers_lost,
)
from reconciler.guards.opening import (
    ClosingNow,
    address_of,
    days_phrase,
    hours_count,
    hours_phrase,
    own_changes,
)
from reconciler.guards.usage import is_usage_unknown
from reconciler.kinds.address import Address, identity
from reconciler.kinds.registry import KINDS
from reconciler.message import Message
from reconciler.planning.change import Action, Change
from reconciler.planning.effects.effects import HORIZON_DAYS, HoursEffect
from reconciler.planning.findings import Evidence, Finding
from reconciler.text import counted, some, verb

CODE = "open-hours"
_SOON = timedelta(hours=24)


def _analyze(review: Review) -> Iterator[Finding]:
    closing = ClosingNow.of(review)
    changes = own_changes(review)
    for hours in closing.by_own_change:
        yield _campaign(review, hours, changes.get(identity(address_of(hours))))
    for holiday, campaigns in sorted(closing.by_holiday.items()):
        yield _holiday(review, holiday, campaigns)
    closed = {identity(address_of(hours)) for hours in closing.by_own_change}
    live_names = LiveNames.of(review.plan.changes)
    for change in review.plan.changes:
        if change.action is Action.DELETE:
            yield from _status(change)
        elif is_disabled(change):
            if identity(change.address) not in closed and not _stops(review, change):
                yield from _stopped(review, change, live_names, "be disabled")
        elif loses_connection(change) and not _stops(review, change):
            yield from _stopped(review, change, live_names, _connection_loss(change))
        elif members_removed(change):
            yield from _members(review, change, live_names)


# ---- campaigns that would close ----------------------------------------------------------


def _campaign(review: Review, hours: HoursEffect, change: Change | None) -> Finding:
    usage = change.usage if change is not None else None
    opened = usage.open_interactions if usage is not None else 0
    is_deleted = change is None or change.after is None
    lost = (
        ""
        if is_deleted
        else f"; in {HORIZON_DAYS} days it {hours_phrase(hours)}"
        + (" and does not open again" if hours.opens_again is None else "")
    )
    at_work = (
        f"; {counted(opened, 'interaction')} {verb(opened, 'is', 'are')} open" if opened else ""
    )
    message = Message.of(
        "this campaign is open now and would close at once: {why}{lost}{at_work}",
        why=_why(change),
        lost=lost,
        at_work=at_work,
    )
    counts = {
        "open_interactions": opened,
        "hours_lost": 0 if is_deleted else hours_count(hours.lost_seconds),
    }
    evidence = Evidence.of(counts, headline="open_interactions")
    return finding(CODE, "block", address_of(hours), message, _later(review, hours), evidence)


def _why(change: Change | None) -> str:
    if change is None or change.after is None:
        return "it would be deleted"
    if change.after["enabled"] is not True:
        return "it would be disabled"
    before = change.before or {}
    if before.get("schedule") != change.after["schedule"]:
        return "its schedule changes"
    return "its time zone changes"


def _later(review: Review, hours: HoursEffect) -> str:
    ends = hours.lost[0].end
    if ends - review.effects.now > _SOON:
        return "apply when nobody works in it"
    campaign = review.live.find(address_of(hours))
    zone = hours.time_zone if campaign is None else str(campaign.fields["time_zone"])
    return f"apply after {ends.astimezone(ZoneInfo(zone)):%H:%M} ({zone}), when it closes nothing"


def _holiday(review: Review, address: Address, campaigns: list[HoursEffect]) -> Finding:
    count = len(campaigns)
    days = [
        day
        for holiday in review.effects.holidays
        if holiday.address == address
        for day in holiday.closes
    ]
    message = Message.of(
        "this holiday is today: {campaigns} that {are} open now would close at once: {names}; "
        "today it closes {all}",
        campaigns=counted(count, "campaign"),
        are=verb(count, "is", "are"),
        names=some(hours.campaign for hours in campaigns),
        all=days_phrase(days),
    )
    safer = "apply after closing time, or give the holiday a later date"
    evidence = Evidence.of(
        {"campaigns": count, "hours_lost": hours_count(sum(day.seconds for day in days))},
        headline="campaigns",
        referrers=tuple(address_of(hours) for hours in campaigns),
    )
    return finding(CODE, "block", address, message, safer, evidence)


# ---- work in resources that stop ----------------------------------------------------------


def _stops(review: Review, change: Change) -> bool:
    """Whether the channel stops, so that `service-stops` reports it."""
    where = identity(change.address)
    return any(
        service.stops and identity(service.address) == where for service in review.effects.services
    )


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


GUARD = Guard(CODE, "Work that is going on now would stop.", _analyze, __doc__)

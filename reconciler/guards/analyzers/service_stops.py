"""service-stops: a channel would stop, or lose its last member who may receive or create.

It blocks when interactions are open on the channel, when the campaign is open now and the channel
was used in the last `recent_days`, and when its use could not be read. Otherwise it warns. A
channel that stops because its campaign is disabled or deleted is part of `open-hours`,
`scope-widens` or `delete-campaign`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.guards.context import Guard, Option, Review, finding
from reconciler.guards.remaining_use import recent_count
from reconciler.kinds.address import Address, child, identity, join
from reconciler.manifests.settings import COUNTED_DAYS
from reconciler.message import Message
from reconciler.planning.effects.effects import Obstacle, ServiceEffect
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.text import counted, joined, moment_text

CODE = "service-stops"
RECENT_DAYS = Option("service-stops.recent_days", COUNTED_DAYS)

_UNREAD = "its use could not be read"
_WITH_CAMPAIGN = frozenset({"no-campaign", "campaign-disabled"})
_ENDS = {"inbound": "customers could not reach it", "outbound": "agents could start nothing on it"}
_WHY: dict[Obstacle, str] = {
    "channel-disabled": "it would be disabled",
    "no-connector": "it would have no connector",
    "no-number": "it would have no number",
    "no-receiver": "no member could receive",
    "no-creator": "no member could create",
}


def _analyze(review: Review) -> Iterator[Finding]:
    written = {identity(change.address) for change in review.plan.writes}
    stopped: dict[Address, dict[str, list[ServiceEffect]]] = {}
    for service in review.effects.services:
        if service.stops and _WITH_CAMPAIGN.isdisjoint(service.reasons):
            cause = service.address
            if identity(cause) not in written:
                cause = child(join("campaigns", service.campaign), "members")
            channels = stopped.setdefault(cause, {})
            channels.setdefault(service.channel, []).append(service)
    for cause, found in stopped.items():
        yield _finding(review, cause, list(found.values()))


def _finding(review: Review, cause: Address, channels: list[list[ServiceEffect]]) -> Finding:
    first = [directions[0] for directions in channels]
    days = review.plan.guard_settings.get(RECENT_DAYS.name, COUNTED_DAYS)
    is_unknown = any(service.recent is None for service in first)
    recent = sum(recent_count(service.recent or (), days, review.now) for service in first)
    opened = sum(service.open_interactions or 0 for service in first)
    is_open = first[0].is_open_now
    blocks = bool(opened) or (is_open and (bool(recent) or is_unknown))
    severity: Severity = "block" if blocks else "warn"
    state = "the campaign is open now" if is_open else "the campaign is closed now"
    message = Message.of(
        "{what}; {use}; {state}",
        what=_what(channels, is_channel=cause == first[0].address),
        use=_UNREAD if is_unknown else _use(review, first, recent, opened, days),
        state=state,
    )
    evidence = Evidence.of(
        {"open_interactions": opened, "recent_interactions": recent},
        headline="recent_interactions",
        referrers=tuple(service.address for service in first if service.address != cause),
    )
    return finding(CODE, severity, cause, message, _safer(is_open=is_open), evidence)


def _what(channels: list[list[ServiceEffect]], *, is_channel: bool) -> str:
    """`this channel stops: it would be disabled, so customers could not reach it …`"""
    services = [service for directions in channels for service in directions]
    reasons = dict.fromkeys(_WHY[reason] for service in services for reason in _known(service))
    ends = dict.fromkeys(_ENDS[service.direction] for service in services)
    if is_channel:
        return f"this channel stops: {joined([*reasons])}, so {joined([*ends])}"
    names = joined([directions[0].channel for directions in channels])
    return f"{names} would stop: {joined([*reasons])}, so {joined([*ends])}"


def _known(service: ServiceEffect) -> Iterator[Obstacle]:
    """The reasons that begin with this plan. Who may receive says nothing of a disabled channel."""
    yield service.reasons[0]


def _use(review: Review, services: list[ServiceEffect], recent: int, opened: int, days: int) -> str:
    if not recent and not opened:
        return f"it had no interaction in {days} days"
    uses = [use for service in services for use in service.recent or ()]
    last = max((use.last_at for use in uses), default="")
    when = f", the last at {_moment(review, services[0], last)}" if last else ""
    use = f"{counted(recent, 'interaction')} in {days} days{when}"
    return f"{use}, {opened:,} open now" if opened else use


def _moment(review: Review, service: ServiceEffect, moment: str) -> str:
    campaign = review.live.find(join("campaigns", service.campaign))
    zone = "UTC" if campaign is None else str(campaign.fields["time_zone"])
    return moment_text(datetime.fromisoformat(moment), zone)


def _safer(*, is_open: bool) -> str:
    if is_open:
        return "apply when the campaign is closed, or move its customers to another channel first"
    return "make sure that customers have another channel before the campaign opens"


GUARD = Guard(
    CODE,
    "A channel would stop, or lose its last member who may receive or create.",
    _analyze,
    __doc__,
    options=(RECENT_DAYS,),
)

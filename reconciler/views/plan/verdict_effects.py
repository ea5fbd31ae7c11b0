"""The sentences of the verdict about opening hours, channels, customers and shared resources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Literal

from reconciler.kinds.address import CAMPAIGNS, identity, join, name_of
from reconciler.kinds.registry import KINDS
from reconciler.planning.change import Action
from reconciler.planning.effects.effects import HORIZON_DAYS
from reconciler.planning.impact import HolidayImpact, HoursImpact, ServiceImpact, SharedImpact
from reconciler.planning.plan import Plan
from reconciler.text import (
    counted,
    day_text,
    duration,
    joined,
    moment_text,
    some,
    verb,
    visible,
)

_HOLIDAYS_SHOWN = 1


def created_and_deleted(plan: Plan) -> dict[str, Action]:
    """The action of each create and delete, by identity of its address."""
    return {
        identity(change.address): change.action
        for change in plan.changes
        if change.action in (Action.CREATE, Action.DELETE)
    }


def closing_sentence(plan: Plan) -> str:
    """`Nobody closes now.`"""
    closing = plan.impact.closing_now
    if not closing:
        return "Nobody closes now."
    return f"{some(map(visible, closing))} {verb(len(closing), 'closes', 'close')} now."


def shared_sentence(plan: Plan) -> str:
    """Which campaigns the edits and deletes of shared resources reach; "" when none."""
    reaching = [shared for shared in plan.impact.shared if shared.campaigns]
    deleted = [shared for shared in reaching if shared.edit == "deleted"]
    edited = [shared for shared in reaching if shared.edit != "deleted"]
    parts = (_reach("change", edited), _reach("delete", deleted))
    return " ".join(filter(None, parts))


def _reach(what: str, listed: list[SharedImpact]) -> str:
    if not listed:
        return ""
    kinds = joined(KINDS.counted(Counter(shared.kind for shared in listed)))
    campaigns = {name for shared in listed for name in shared.campaigns}
    uses = sum(shared.interactions or 0 for shared in listed)
    use = f", {counted(uses, 'interaction')} in 30 days" if uses else ""
    return f"The {what} of {kinds} reaches {counted(len(campaigns), 'campaign')}{use}."


def hours_sentences(plan: Plan) -> Iterator[str]:
    """What closes and opens later: by holidays, and by the fields of campaigns."""
    yield from _holidays(plan.impact.holidays)
    yield from _hours(plan)


def _holidays(holidays: Iterable[HolidayImpact]) -> Iterator[str]:
    for becomes, verbs in (("closed", ("closes", "close")), ("open", ("opens", "open"))):
        listed = [holiday for holiday in holidays if holiday.becomes == becomes]
        shown = listed if len(listed) <= _HOLIDAYS_SHOWN else []
        for holiday in shown:
            yield f"{_day(holiday)} {verbs[0]} {_scope(holiday)}."
        if len(listed) > len(shown):
            time = duration(sum(holiday.minutes for holiday in listed) * 60)
            first = min(listed, key=lambda holiday: holiday.date)
            what = "holidays close" if becomes == "closed" else "former holidays open"
            yield f"{len(listed):,} {what} campaigns for {time} in all, first {_day(first)}."


def _day(holiday: HolidayImpact) -> str:
    name = visible(name_of(holiday.address))
    return f"{name} ({day_text(date.fromisoformat(holiday.date))})"


def _scope(holiday: HolidayImpact) -> str:
    time = duration(holiday.minutes * 60)
    if len(holiday.campaigns) == 1:
        return f"{visible(holiday.campaigns[0])} for {time}"
    return f"{counted(len(holiday.campaigns), 'campaign')} for {time} in all"


def _hours(plan: Plan) -> Iterator[str]:
    whole = created_and_deleted(plan)
    listed = [
        hours
        for hours in plan.impact.hours
        if not hours.is_by_holiday and identity(join(CAMPAIGNS, hours.campaign)) not in whole
    ]
    losing = [hours for hours in listed if hours.lost_from]
    gaining = [hours for hours in listed if hours.gained_from]
    if losing == gaining:
        yield _difference(losing, ("lose", "gain"))
    else:
        yield _difference(losing, ("lose",))
        yield _difference(gaining, ("gain",))


def _difference(listed: list[HoursImpact], verbs: tuple[str, ...]) -> str:
    """`2 campaigns lose 80 hours in 28 days, first Mon …`; "" when there are none."""
    if not listed:
        return ""
    count = len(listed)
    who = visible(listed[0].campaign) if count == 1 else counted(count, "campaign")
    minutes = {
        "lose": sum(hours.lost_minutes for hours in listed),
        "gain": sum(hours.gained_minutes for hours in listed),
    }
    does = joined(
        [f"{verb(count, f'{each}s', each)} {duration(minutes[each] * 60)}" for each in verbs]
    )
    start, zone = min(moment for hours in listed for moment in _starts(hours, verbs))
    when = moment_text(datetime.fromisoformat(start), zone)
    return f"{who} {does} in {HORIZON_DAYS} days, first {when}."


def _starts(hours: HoursImpact, verbs: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The first moments that are lost and gained, each with the zone in which people know it."""
    if "lose" in verbs:
        yield hours.lost_from, hours.previous_time_zone
    if "gain" in verbs:
        yield hours.gained_from, hours.time_zone


def services_sentence(plan: Plan, becomes: Literal["stopped", "started"]) -> str:
    """The channels that stop or start; "" when none does.

    A campaign that is created, deleted or disabled is counted by itself.
    """
    verbs = ("stops", "stop") if becomes == "stopped" else ("starts", "start")
    whole = created_and_deleted(plan)
    names = dict.fromkeys(
        _channel(service)
        for service in plan.impact.services
        if service.becomes == becomes
        and identity(join(CAMPAIGNS, service.campaign)) not in whole
        and "campaign-disabled" not in service.reasons
    )
    return f"{some(names, 2)} {verb(len(names), *verbs)}." if names else ""


def _channel(service: ServiceImpact) -> str:
    return f"{service.channel} of {visible(service.campaign)}"


def customers_sentence(plan: Plan) -> str:
    """`2 customers unblocked, 1 blocked.`"""
    blocked = f", {plan.impact.blocked:,} blocked" if plan.impact.blocked else ""
    return f"{counted(plan.impact.unblocked, 'customer')} unblocked{blocked}."


def toggle_sentences(plan: Plan) -> Iterator[str]:
    """The channels that stop or start applying the blacklist."""
    for becomes, verbs in (("reachable", ("stops", "stop")), ("blocked", ("starts", "start"))):
        channels = {
            (toggle.campaign, toggle.channel)
            for toggle in plan.impact.toggles
            if toggle.becomes == becomes
        }
        if channels:
            count = len(channels)
            yield f"{counted(count, 'channel')} {verb(count, *verbs)} applying the blacklist."

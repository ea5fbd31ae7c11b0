"""The computed fields of a campaign: open now, today's hours, member and interaction counts.

They are computed on every read and are not part of an ETag.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import func, select

from reconciler.kinds.address import identity, name_of
from reconciler.kinds.holiday import closure_of
from reconciler.kinds.values.schedule import Calendar, Closure, Schedule
from reconciler.sandbox.clock import moment_of
from reconciler.sandbox.store.session import Session, Stored
from reconciler.sandbox.store.tables import INTERACTIONS, RESOURCES


def rendered(session: Session, stored: Stored) -> bytes:
    """A resource's JSON for an answer, with computed fields."""
    if stored.collection != "campaigns":
        return stored.body
    return rendered_campaigns(session, [stored])[0]


def rendered_campaigns(session: Session, rows: Sequence[Stored]) -> list[bytes]:
    """The JSON of campaigns, with computed fields."""
    moment = moment_of(session.now)
    closures = _holidays_around(session, moment)
    members = _counted(session, rows, members=True)
    interactions = _counted(session, rows, members=False)
    answers = []
    for campaign in rows:
        name = name_of(campaign.address)
        outputs = {
            **_hours(campaign, moment, closures),
            "member_count": members.get(name, 0),
            "interaction_count": interactions.get(name, 0),
        }
        answers.append(campaign.body[:-1] + b"," + orjson.dumps(outputs)[1:])
    return answers


def _hours(stored: Stored, moment: datetime, closures: Sequence[Closure]) -> dict[str, Any]:
    calendar = _calendar(stored, closures)
    today = calendar.today(moment)
    return {"open_now": calendar.open_at(moment), "today": [str(hours) for hours in today]}


def is_open(session: Session, campaign: Stored, moment: datetime) -> bool:
    """Whether a campaign is open at a moment, with the schedule and holidays it has now."""
    return _calendar(campaign, _holidays_around(session, moment)).open_at(moment)


def _calendar(stored: Stored, closures: Sequence[Closure]) -> Calendar:
    document = stored.document()
    own = identity(document["name"])
    return Calendar(
        enabled=document["enabled"],
        zone=document["time_zone"],
        schedule=Schedule.parse(document["schedule"]),
        closures=tuple(closure for closure in closures if closure.concerns(own)),
    )


def _holidays_around(session: Session, moment: datetime) -> list[Closure]:
    """The holidays that are today in any time zone."""
    days = [(moment + timedelta(days=offset)).date() for offset in (-1, 0, 1)]
    holidays = [
        closure_of(stored.address, stored.document())
        for stored in session.rows(RESOURCES.c.collection == "holidays")
    ]
    return [holiday for holiday in holidays if any(holiday.falls_on(day) for day in days)]


def _counted(session: Session, rows: Sequence[Stored], *, members: bool) -> dict[str, int]:
    if members:
        query = select(RESOURCES.c.campaign, RESOURCES.c.size).where(
            RESOURCES.c.collection == "campaigns/-/members"
        )
        campaign = RESOURCES.c.campaign
    else:
        query = select(INTERACTIONS.c.campaign, func.count()).group_by(INTERACTIONS.c.campaign)
        campaign = INTERACTIONS.c.campaign
    if len(rows) == 1:
        query = query.where(campaign == name_of(rows[0].address))
    return {row[0]: row[1] for row in session.connection.execute(query)}

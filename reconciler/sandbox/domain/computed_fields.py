"""What a campaign shows and nobody writes: open now, today's hours, and how much it holds.

It is computed as it is read and never part of an ETag.
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
    """A resource's JSON as it is answered."""
    if stored.collection != "campaigns":
        return stored.body
    return rendered_campaigns(session, [stored])[0]


def rendered_campaigns(session: Session, rows: Sequence[Stored]) -> list[bytes]:
    """Campaigns' JSON with what is computed."""
    moment = moment_of(session.now)
    closures = _closures_about(session, moment)
    members = _counted(session, rows, members=True)
    interactions = _counted(session, rows, members=False)
    answers = []
    for one in rows:
        name = name_of(one.address)
        outputs = {
            **_hours(one, moment, closures),
            "member_count": members.get(name, 0),
            "interaction_count": interactions.get(name, 0),
        }
        answers.append(one.body[:-1] + b"," + orjson.dumps(outputs)[1:])
    return answers


def _hours(stored: Stored, moment: datetime, closures: Sequence[Closure]) -> dict[str, Any]:
    document = stored.document()
    own = identity(document["name"])
    calendar = Calendar(
        enabled=document["enabled"],
        zone=document["time_zone"],
        schedule=Schedule.parse(document["schedule"]),
        closures=tuple(one for one in closures if one.concerns(own)),
    )
    today = calendar.today(moment)
    return {"open_now": calendar.open_at(moment), "today": [str(one) for one in today]}


def _closures_about(session: Session, moment: datetime) -> list[Closure]:
    """The holidays that are today somewhere on earth."""
    days = [(moment + timedelta(days=offset)).date() for offset in (-1, 0, 1)]
    holidays = [
        closure_of(one.address, one.document())
        for one in session.rows(RESOURCES.c.collection == "holidays")
    ]
    return [one for one in holidays if any(one.falls_on(day) for day in days)]


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

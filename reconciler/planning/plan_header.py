"""The parts that every plan has: its identity, consequences and request counts.

`effects.summary` adds what the plan means for people.
"""

from __future__ import annotations

from datetime import UTC, datetime

from reconciler.kinds.address import campaign_name
from reconciler.live.platform import Snapshot
from reconciler.manifests.settings import GuardSettings, ProjectSettings
from reconciler.planning.change import Change, Origin
from reconciler.planning.effects.consequences import find_consequences
from reconciler.planning.impact import Impact
from reconciler.planning.order import predicted_requests
from reconciler.planning.plan import Consequence, Plan, Unknown
from reconciler.state.ledger import Ledger


def draft_plan(
    changes: tuple[Change, ...],
    live: Snapshot,
    ledger: Ledger,
    *,
    settings: ProjectSettings,
    now: datetime,
) -> Plan:
    """A plan of these changes, which are in order, without digests.

    `now` is this machine's time, when the plan was made.
    """
    moment = live.info.time(now)
    referrers = find_consequences(changes, live.resources, ledger.foreign)
    return Plan(
        project=settings.project,
        environment=settings.environment.name,
        platform_id=live.info.id,
        lineage=ledger.lineage,
        manifests_digest="",
        created_at=_stamp(now),
        changes=changes,
        consequences=referrers,
        unknowns=tuple(Unknown(part, why) for part, why in live.unread()),
        impact=_impact(changes, referrers),
        guard_settings=guard_settings(settings.guards),
        requests_spent=live.requests,
        requests_predicted=live.requests
        + predicted_requests(changes, batch_size=live.info.batch_size),
        platform_time="" if live.info.ahead is None else _stamp(moment),
    )


def _impact(changes: tuple[Change, ...], consequences: tuple[Consequence, ...]) -> Impact:
    """The part of the impact that needs no effects."""
    touched = [change.address for change in changes if change.writes]
    touched += [consequence.address for consequence in consequences]
    people = {
        difference.by
        for change in changes
        for difference in change.differences
        if difference.by and difference.origin in (Origin.PLATFORM, Origin.BOTH)
    }
    return Impact(
        campaigns=tuple(sorted({campaign_name(address) for address in touched} - {""})),
        reverted_people=tuple(sorted(people)),
    )


def guard_settings(guards: GuardSettings) -> dict[str, int]:
    """The settings of the project file by the names of the guards' options."""
    return {
        "mass-change.count": guards.mass_change_count,
        "mass-change.percent": guards.mass_change_percent,
        "delete-in-use.recent_days": guards.recent_days,
        "service-stops.recent_days": guards.service_days,
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")

"""The parts that every plan has: its identity, consequences, impact and request counts."""

from __future__ import annotations

from datetime import UTC, datetime

from reconciler.live.platform import Snapshot
from reconciler.manifests.settings import GuardSettings, ProjectSettings
from reconciler.planning.change import Change
from reconciler.planning.effects.consequences import find_consequences
from reconciler.planning.effects.opening_hours import impact, opening_hours
from reconciler.planning.order import predicted_requests
from reconciler.planning.plan import Plan, Unknown
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

    `now` is this machine's time, when the plan was made. Opening hours use the platform's time.
    """
    moment = live.info.time(now)
    hours = opening_hours(live.resources.values(), changes, moment)
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
        impact=impact(changes, referrers, live, hours, moment),
        guard_settings=guard_settings(settings.guards),
        requests_spent=live.requests,
        requests_predicted=live.requests
        + predicted_requests(changes, batch_size=live.info.batch_size),
        platform_time="" if live.info.ahead is None else _stamp(moment),
    )


def guard_settings(guards: GuardSettings) -> dict[str, int]:
    """The settings of the project file by the names of the guards' options."""
    return {
        "mass-change.count": guards.mass_change_count,
        "mass-change.percent": guards.mass_change_percent,
        "delete-in-use.recent_days": guards.recent_days,
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")

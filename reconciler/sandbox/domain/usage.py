"""Usage: what uses resources now or used them in the last 30 days.

Queries select a range of sequence numbers, so a page needs as many queries as one resource.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, select

from reconciler.kinds.address import Address, name_of, split
from reconciler.sandbox.clock import moment_of, stamp
from reconciler.sandbox.store.session import Session, Stored
from reconciler.sandbox.store.tables import AGENTS, INTERACTIONS, LINKS, RESOURCES, USES

_RECENT = timedelta(days=30)
_CAMPAIGN_COLLECTIONS = ("campaigns", "campaigns/-/channels", "campaigns/-/members")


def usage_of(session: Session, rows: Sequence[Stored]) -> dict[Address, dict[str, Any]]:
    """The usage of each resource by address; all kinds have the same keys."""
    usage = {stored.seq: _empty(stored.address) for stored in rows}
    if not rows:
        return {}
    span = (min(usage), max(usage))
    since = stamp(moment_of(session.now) - _RECENT)
    _add_uses(session, usage, span, since)
    _add_agents(session, usage, span)
    _add_referrers(session, usage, span)
    if any(stored.collection in _CAMPAIGN_COLLECTIONS for stored in rows):
        _add_traffic(session, usage, rows, since)
    for facts in usage.values():
        facts["recent_campaigns"].sort(key=lambda recent: (-recent["count"], recent["campaign"]))
        facts["recent_interactions"] = sum(recent["count"] for recent in facts["recent_campaigns"])
    return {stored.address: usage[stored.seq] for stored in rows}


def _empty(address: Address) -> dict[str, Any]:
    return {
        "address": address,
        "referrers": [],
        "recent_interactions": 0,
        "recent_campaigns": [],
        "agents_now": [],
        "open_interactions": 0,
        "open_by_user": {},
        "interactions_total": 0,
        "members_now": 0,
    }


_Usage = Mapping[int, dict[str, Any]]


def _add_uses(session: Session, usage: _Usage, span: tuple[int, int], since: str) -> None:
    recent = case((USES.c.at >= since, 1), else_=0)
    query = (
        select(
            USES.c.resource,
            USES.c.campaign,
            func.sum(recent),
            func.max(USES.c.at),
            func.sum(cast(USES.c.open, Integer)),
        )
        .where(USES.c.resource.between(*span))
        .group_by(USES.c.resource, USES.c.campaign)
    )
    for resource, campaign, count, last_at, still_open in session.connection.execute(query):
        facts = usage.get(resource)
        if facts is not None:
            facts["open_interactions"] += still_open
            _add_recent(facts, campaign, count, last_at)


def _add_recent(facts: dict[str, Any], campaign: str, count: int, last_at: str) -> None:
    if count:
        recent = {"campaign": campaign, "count": count, "last_at": last_at}
        facts["recent_campaigns"].append(recent)


def _add_agents(session: Session, usage: _Usage, span: tuple[int, int]) -> None:
    query = select(AGENTS.c.status, AGENTS.c.user).where(AGENTS.c.status.between(*span))
    for status, user in session.connection.execute(query.order_by(AGENTS.c.user)):
        if status in usage:
            usage[status]["agents_now"].append(user)


def _add_referrers(session: Session, usage: _Usage, span: tuple[int, int]) -> None:
    target, source = RESOURCES.alias("target"), RESOURCES.alias("source")
    query = (
        select(target.c.seq, source.c.address, LINKS.c.field, LINKS.c.source, LINKS.c.rank)
        .join(LINKS, LINKS.c.target == target.c.identity)
        .join(source, source.c.seq == LINKS.c.source)
        .where(target.c.seq.between(*span))
        .order_by(LINKS.c.source, LINKS.c.id)
    )
    found = [tuple(row) for row in session.connection.execute(query) if row[0] in usage]
    existing = _existing_ranks(session, [row[3] for row in found if row[4]])
    for seq, address, field, source_seq, rank in found:
        if not any(preferred < rank for preferred in existing.get((source_seq, field), ())):
            usage[seq]["referrers"].append({"address": address, "field": field})


def _existing_ranks(session: Session, sources: Sequence[int]) -> dict[tuple[int, str], list[int]]:
    ranks: dict[tuple[int, str], list[int]] = defaultdict(list)
    if sources:
        query = (
            select(LINKS.c.source, LINKS.c.field, LINKS.c.rank)
            .join(RESOURCES, RESOURCES.c.identity == LINKS.c.target)
            .where(LINKS.c.source.in_(sorted(set(sources))))
        )
        for source, field, rank in session.connection.execute(query):
            ranks[source, field].append(rank)
    return ranks


def _add_traffic(session: Session, usage: _Usage, rows: Sequence[Stored], since: str) -> None:
    """Add the interactions of campaigns, channels and member lists, which need no reference."""
    names = {_campaign_of(stored) for stored in rows}
    where = [INTERACTIONS.c.campaign == next(iter(names))] if len(names) == 1 else []
    by_channel = _counts(session, INTERACTIONS.c.channel, where, since)
    for stored in rows:
        counts = by_channel.get(_campaign_of(stored), [])
        if stored.collection == "campaigns":
            _add_counts(usage[stored.seq], counts)
            usage[stored.seq]["interactions_total"] = sum(count.total for count in counts)
        elif stored.collection == "campaigns/-/channels":
            channel = name_of(stored.address)
            _add_counts(usage[stored.seq], [count for count in counts if count.by == channel])
    _add_member_counts(session, usage, rows)
    member_lists = [stored for stored in rows if stored.collection == "campaigns/-/members"]
    if member_lists:
        by_user = _counts(session, INTERACTIONS.c.user, where, since)
        for stored in member_lists:
            _add_open_by_user(usage[stored.seq], by_user.get(_campaign_of(stored), []))


def _campaign_of(stored: Stored) -> str:
    return stored.campaign or name_of(stored.address)


@dataclass(frozen=True, slots=True)
class _Count:
    """Interaction counts of one campaign and one channel or user (`by`)."""

    by: str | None
    total: int
    recent: int
    last_at: str
    open: int


def _counts(
    session: Session, by: ColumnElement[Any], where: Sequence[ColumnElement[bool]], since: str
) -> dict[str, list[_Count]]:
    query = (
        select(
            INTERACTIONS.c.campaign,
            by,
            func.count(),
            func.sum(case((INTERACTIONS.c.at >= since, 1), else_=0)),
            func.max(INTERACTIONS.c.at),
            func.sum(cast(INTERACTIONS.c.open, Integer)),
        )
        .where(*where)
        .group_by(INTERACTIONS.c.campaign, by)
        .order_by(INTERACTIONS.c.campaign, by)
    )
    counts: dict[str, list[_Count]] = defaultdict(list)
    for campaign, *rest in session.connection.execute(query):
        counts[campaign].append(_Count(*rest))
    return counts


def _add_counts(facts: dict[str, Any], counts: Sequence[_Count]) -> None:
    if not counts:
        return
    facts["open_interactions"] += sum(count.open for count in counts)
    recent = sum(count.recent for count in counts)
    campaign = split(facts["address"])[1]
    _add_recent(facts, campaign, recent, max(count.last_at for count in counts))


def _add_open_by_user(facts: dict[str, Any], counts: Sequence[_Count]) -> None:
    open_by_user = {count.by: count.open for count in counts if count.by is not None and count.open}
    facts["open_by_user"] = open_by_user
    facts["open_interactions"] = sum(open_by_user.values())


def _add_member_counts(session: Session, usage: _Usage, rows: Sequence[Stored]) -> None:
    query = select(RESOURCES.c.campaign, RESOURCES.c.size).where(
        RESOURCES.c.collection == "campaigns/-/members"
    )
    campaigns = {_campaign_of(stored) for stored in rows}
    if len(campaigns) == 1:
        query = query.where(RESOURCES.c.campaign == next(iter(campaigns)))
    sizes = {row[0]: row[1] for row in session.connection.execute(query)}
    for stored in rows:
        if stored.collection in ("campaigns", "campaigns/-/members"):
            usage[stored.seq]["members_now"] = sizes.get(_campaign_of(stored), 0)

"""Small plans by hand: live resources, changes around them, and the review a guard is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import JsonValue

from reconciler.guards.context import Review
from reconciler.guards.evaluate import evaluate, reevaluate
from reconciler.guards.registry import GUARDS
from reconciler.kinds.address import Address, identity
from reconciler.kinds.base import Fields, Kind
from reconciler.kinds.registry import parse_address
from reconciler.live.platform import (
    Directory,
    LiveResource,
    PlatformInfo,
    RecentUse,
    Referrer,
    Snapshot,
    Usage,
)
from reconciler.manifests.settings import Approval
from reconciler.planning.change import Action, Change, Reason
from reconciler.planning.diff import differences
from reconciler.planning.effects.compute import effects_of
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan, Unknown
from reconciler.state.ledger import Ledger, LedgerEntry
from tests.kinds.examples import required_fields

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A Monday, 12:00 in Montevideo."""

SETTINGS = {
    "mass-change.count": 20,
    "mass-change.percent": 30,
    "delete-in-use.recent_days": 30,
    "service-stops.recent_days": 30,
}
_INFO = PlatformInfo("acme-prod", "Acme", "1", "robot", "Admin", {})


def kind_at(address: str) -> Kind:
    return parse_address(address).kind


def complete(address: str, **fields: JsonValue) -> Fields:
    kind = kind_at(address)
    return kind.with_defaults(address, {**required_fields(kind), **fields})


def live(address: str, **fields: JsonValue) -> LiveResource:
    return LiveResource(Address(address), kind_at(address), complete(address, **fields), etag="e")


def snapshot(*resources: LiveResource) -> Snapshot:
    return Snapshot(
        _INFO,
        {identity(resource.address): resource for resource in resources},
        Directory({}, {}, {}),
    )


def usage(
    address: str,
    *,
    referrers: Iterable[str] = (),
    agents: int = 0,
    opened: int = 0,
    recent: int = 0,
    total: int = 0,
    by_user: Mapping[str, int] | None = None,
    recent_by: tuple[RecentUse, ...] = (),
) -> Usage:
    return Usage(
        Address(address),
        referrers=tuple(Referrer(Address(referrer), "field") for referrer in referrers),
        recent=recent_by,
        recent_interactions=recent,
        agents_now=tuple(f"agent{number}" for number in range(agents)),
        open_interactions=opened,
        interactions_total=total,
        open_by_user=by_user or {},
    )


def create(address: str, **fields: JsonValue) -> Change:
    return Change(
        Address(address),
        kind_at(address).name,
        Action.CREATE,
        Reason.NEW,
        after=complete(address, **fields),
    )


def _completed(address: str, fields: Fields) -> Fields:
    return kind_at(address).with_defaults(address, fields)


def delete(
    address: str,
    *,
    used: Usage | None = None,
    reason: Reason = Reason.REMOVED_FROM_GIT,
    before: Fields | None = None,
    cascaded: bool = False,
    unowned: bool = False,
    protected: bool = False,
    owner: str = "",
) -> Change:
    return Change(
        Address(address),
        kind_at(address).name,
        Action.DELETE,
        reason,
        before=complete(address) if before is None else _completed(address, before),
        usage=used,
        cascaded=cascaded,
        unowned=unowned,
        protected=protected,
        owner=owner,
    )


def forget(address: str) -> Change:
    return Change(Address(address), kind_at(address).name, Action.FORGET, Reason.GONE)


def update(
    address: str,
    before: Fields,
    after: Fields,
    *,
    base: Fields | None = None,
    adopts: bool = False,
    used: Usage | None = None,
) -> Change:
    """`base` is what the ledger last applied, the live fields unless it is given."""
    old, new = complete(address, **before), complete(address, **after)
    applied = None if adopts else old if base is None else complete(address, **base)
    return Change(
        Address(address),
        kind_at(address).name,
        Action.ADOPT if adopts else Action.UPDATE,
        Reason.CHANGED,
        before=old,
        after=new,
        differences=differences(kind_at(address), old, new, applied),
        usage=used,
        unowned=adopts,
    )


def rename(old: str, new: str) -> Change:
    fields = complete(new)
    return Change(
        Address(new),
        kind_at(new).name,
        Action.RENAME,
        Reason.RENAMED,
        before=fields,
        after=fields,
        previous_address=Address(old),
    )


def replacing(old: str, new: str, *, used: Usage | None = None) -> tuple[Change, Change]:
    made = Change(
        Address(new),
        kind_at(new).name,
        Action.REPLACE,
        Reason.REPLACED,
        after=complete(new),
        previous_address=Address(old),
    )
    return made, delete(old, used=used, reason=Reason.REPLACED)


def members(*users: str) -> Fields:
    return {"members": [{"user": user} for user in users]}


def owned(*addresses: str, settings: Mapping[str, int] | None = None, **options: object) -> Ledger:
    """A ledger with a past; `on_remove` and the like go to every entry."""
    entries = {
        identity(address): LedgerEntry(
            Address(address), kind_at(address).name, "standalone", {}, **options
        )  # type: ignore[arg-type]
        for address in addresses
    }
    return Ledger(
        "acme", "prod", "acme-prod", lineage="l1", entries=entries, guard_settings=settings or {}
    )


NEW_LEDGER = Ledger("acme", "prod", "acme-prod")


def plan(*changes: Change, **options: object) -> Plan:
    one = Plan(
        project="acme",
        environment="prod",
        platform_id="acme-prod",
        lineage="l1",
        manifests_digest="d",
        created_at=NOW.isoformat(),
        changes=changes,
        guard_settings=SETTINGS,
    )
    return replace(one, **options)  # type: ignore[arg-type]


def review(
    *changes: Change,
    on: Snapshot | Iterable[LiveResource] | None = None,
    ledger: Ledger | None = None,
    now: datetime = NOW,
    unknowns: tuple[Unknown, ...] = (),
    settings: Mapping[str, int] = SETTINGS,
    unchanged: tuple[str, ...] = ("campaigns/Kept",),
) -> Review:
    """A review; live state holds what the changes start from, unless `on` says what it is."""
    if on is None:
        on = [
            LiveResource(c.address, kind_at(c.address), c.before, "e")
            for c in changes
            if c.before is not None and c.action is not Action.RENAME
        ]
    seen = on if isinstance(on, Snapshot) else snapshot(*on)
    return Review(
        plan=plan(*changes, unknowns=unknowns, guard_settings=settings, unchanged=unchanged),
        live=seen,
        ledger=owned() if ledger is None else ledger,
        effects=effects_of(
            changes,
            seen,
            now=now,
            usage={identity(each.usage.address): each.usage for each in changes if each.usage},
        ),
        now=now,
    )


def found(code: str, one: Review) -> list[Finding]:
    """What one guard finds, in order."""
    guard = next(guard for guard in GUARDS if guard.code == code)
    return list(guard.analyze(one))


def only(code: str, one: Review) -> Finding:
    findings = found(code, one)
    assert len(findings) == 1, findings
    return findings[0]


def approve(code: str, address: str, **options: object) -> Approval:
    return Approval(code, address, "agreed with the floor", "maria", **options)  # type: ignore[arg-type]


def approved(one: Review, *approvals: Approval) -> Plan:
    """The plan with approved findings, as it would be stored."""
    findings, _ = evaluate(one, approvals)
    return replace(one.plan, findings=findings)


def again(fresh: Review, planned: Plan, code: str) -> Finding:
    """One guard's finding at apply."""
    return next(
        finding for finding in reevaluate(fresh, planned, begun=fresh.now) if finding.code == code
    )

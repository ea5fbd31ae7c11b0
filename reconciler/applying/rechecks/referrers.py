"""Who has come to refer to what a plan deletes or replaces: which object by which field, and by
whom and when that was set.

Guards count referrers; here those that the plan was not made or approved with are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler.errors import PlatformError
from reconciler.kinds.address import Address, identity
from reconciler.live.platform import AuditEntry, Reader, Referrer, Snapshot, Usage
from reconciler.planning.findings import Finding
from reconciler.text import first_of

_MOST = 5


async def naming_referrers(
    findings: Sequence[Finding],
    planned: Iterable[Finding],
    *,
    usage: Mapping[str, Usage],
    live: Snapshot,
    reader: Reader,
) -> tuple[Finding, ...]:
    """The findings, each with the referrers that it rests on and its planned one did not.

    `usage` is of what findings are about, by identity.
    """
    seen = {(one.code, identity(one.address)): one.evidence.referrers for one in planned}
    new = [_new(one, seen.get((one.code, identity(one.address)), ()), usage) for one in findings]
    addresses = sorted({each.address for found in new for each in found[:_MOST]})
    if not addresses:
        return tuple(findings)
    audit = await _audit(addresses, reader)
    return tuple(_named(one, found, live, audit) for one, found in zip(findings, new, strict=True))


def _new(finding: Finding, seen: Iterable[str], usage: Mapping[str, Usage]) -> tuple[Referrer, ...]:
    """By what it is used now and was not then; nothing where others than referrers are meant."""
    found = usage.get(identity(finding.address))
    if found is None:
        return ()
    rests_on = {identity(one) for one in finding.evidence.referrers}
    rests_on -= {identity(one) for one in seen}
    return tuple(one for one in found.referrers if identity(one.address) in rests_on)


async def _audit(addresses: Sequence[Address], reader: Reader) -> tuple[AuditEntry, ...]:
    """What the log says of them. What it will not say is no reason to say nothing."""
    try:
        return await reader.audit(addresses)
    except PlatformError:
        return ()


def _named(
    finding: Finding, new: Sequence[Referrer], live: Snapshot, audit: Sequence[AuditEntry]
) -> Finding:
    told = [f"{one.address} refers to it in {one.field}{_who(one, live, audit)}" for one in new]
    return replace(finding, message=first_of([finding.message, *told], _MOST + 1, "; "))


def _who(referrer: Referrer, live: Snapshot, audit: Sequence[AuditEntry]) -> str:
    """Who set the field and when: by the log, else who changed the object last."""
    wanted = identity(referrer.address)
    entries = [one for one in audit if identity(one.address) == wanted]
    by_field = (one for one in entries if _speaks_of(one, referrer.field))
    entry = next(by_field, next(iter(entries), None))
    if entry is not None:
        return f", set by {entry.by} at {entry.at}"
    there = live.find(referrer.address)
    if there is None or not there.updated_by:
        return ""
    return f", last changed by {there.updated_by} at {there.updated_at}"


def _speaks_of(entry: AuditEntry, field: str) -> bool:
    return any(_top(change.path) == _top(field) for change in entry.changes)


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]

"""Name the new referrers of what a plan deletes or replaces: the field, who set it, and when.

Guards count referrers. This names the referrers that the plan was not made or approved with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler.applying.rechecks.edits import by_and_at, last_edit
from reconciler.errors import PlatformError
from reconciler.kinds.address import Address, identity
from reconciler.kinds.field_path import FieldPath
from reconciler.kinds.registry import place
from reconciler.live.platform import AuditEntry, Reader, Referrer, Snapshot, Usage
from reconciler.message import Message, first_messages
from reconciler.planning.findings import Finding

_MAX_NAMED = 5


async def with_new_referrers(
    findings: Sequence[Finding],
    planned: Iterable[Finding],
    *,
    usage: Mapping[str, Usage],
    live: Snapshot,
    reader: Reader,
) -> tuple[Finding, ...]:
    """The findings, whose messages name the referrers that the planned findings do not have.

    `usage` is keyed by the identity of a finding's address.
    """
    seen = {_finding_key(finding): finding.evidence.referrers for finding in planned}
    new = [
        _new_referrers(finding, seen.get(_finding_key(finding), ()), usage) for finding in findings
    ]
    named = (referrer for referrers in new for referrer in referrers[:_MAX_NAMED])
    addresses = sorted({referrer.address for referrer in named})
    if not addresses:
        return tuple(findings)
    audit = await _audit(addresses, reader)
    return tuple(
        _with_names(finding, referrers, live, audit)
        for finding, referrers in zip(findings, new, strict=True)
    )


def _finding_key(finding: Finding) -> tuple[str, str]:
    return finding.code, identity(finding.address)


def _new_referrers(
    finding: Finding, seen: Iterable[str], usage: Mapping[str, Usage]
) -> tuple[Referrer, ...]:
    """The referrers in the evidence that `seen` does not have."""
    used = usage.get(identity(finding.address))
    if used is None:
        return ()
    new = set(map(identity, finding.evidence.referrers)) - set(map(identity, seen))
    return tuple(referrer for referrer in used.referrers if identity(referrer.address) in new)


async def _audit(addresses: Sequence[Address], reader: Reader) -> tuple[AuditEntry, ...]:
    """The audit entries of addresses; empty where they cannot be read, as they only add detail."""
    try:
        return await reader.audit(addresses)
    except PlatformError:
        return ()


def _with_names(
    finding: Finding, new: Sequence[Referrer], live: Snapshot, audit: Sequence[AuditEntry]
) -> Finding:
    named = [
        Message.of(
            "{referrer} refers to it in {field}{author}",
            referrer=place(referrer.address),
            field=referrer.field,
            author=_author(referrer, live, audit),
        )
        for referrer in new
    ]
    return replace(finding, message=first_messages([finding.message, *named], _MAX_NAMED + 1, "; "))


def _author(referrer: Referrer, live: Snapshot, audit: Sequence[AuditEntry]) -> str:
    """Who set the field and when: from the audit log, else who changed the resource last."""
    key = identity(referrer.address)
    entries = [entry for entry in audit if identity(entry.address) == key]
    of_field = (entry for entry in entries if entry.has_field(FieldPath(referrer.field).field))
    entry = next(of_field, next(iter(entries), None))
    if entry is not None:
        return f", set{by_and_at(entry.by, entry.at)}"
    author = last_edit(live.find(referrer.address))
    return f", last changed{author}" if author else ""

"""A plan as JSON for other programs: `reconciler.plan/1`.

    format                 "reconciler.plan/1"; a change that breaks readers raises the number
    id, content_digest     the plan's id, and what would be done without clock and counters
    project, environment, platform, created_at, tool_version
    clock                  {platform_ahead_seconds, warning}: how far the platform's clock, which
                           the guards go by, was ahead of the one that wrote created_at, null
                           where it does not say; warning is "" where they differ by up to a minute
    git                    {commit, dirty}
    may_be_applied         whether nothing stops it
    unfinished_run         id of a run that must be settled first, or ""
    undoes                 id of the run an undo takes back, or ""
    notes                  sentences about what an undo cannot bring back
    verdict                {text, campaigns, closing_now, customers_unblocked, reverted_people}
    findings               [{code, severity, blocks, address, message, safer, referrers, counts,
                           headline, approval_address, approval_to_paste, approved}]; approved is
                           null or {reason, by, source, up_to, expires}
    changes                in the order they would be done: [{address, previous_address, kind,
                           action, reason, cascaded, unowned, protected, protection, owner, by,
                           at, source, before, after, differences, depends_on, usage}]; protection
                           is "lifted" or "begins" where the change is that, else ""; by and at say
                           who made all of it come or go on the platform; source is null or {file,
                           line, column}; a difference is {path, before, after, base, origin, by,
                           at}
    consequences           what the platform does by itself because of the changes: [{address, kind,
                           field, before, after, references, caused_by, owner}]; references are
                           [{name, meant, means}], means null where the name is taken out of the
                           field; caused_by are "ACTION ADDRESS" of changes, owner is another
                           project that owns it
    counts                 changes by action
    unknowns               [{collection, reason, wanted, kept}]; collection is the address of a
                           collection, or of one resource; wanted counts what git says of it, none
                           of which is in the plan; kept are the addresses that would be deleted
                           and stay, since the resource would go along
    unmanaged, unchanged   addresses
    unused_approvals       sentences
    requests               {spent, predicted}

Customers are handles and their fields dots, unless they were asked for: it is a view, and cannot
be applied. The plan file can.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.live.platform import Usage
from reconciler.manifests.source import Source
from reconciler.planning.change import Action, Change, Difference
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Consequence, Plan
from reconciler.privacy.known_people import masker_for_plan
from reconciler.privacy.masking import Masker
from reconciler.views.plan.findings import approval_to_paste
from reconciler.views.plan.usage_json import usage_document
from reconciler.views.plan.verdict import verdict
from reconciler.views.reports.clock import clock_document
from reconciler.views.style.colour import PLAIN
from reconciler.views.style.json_output import json_bytes
from reconciler.views.style.view import View

_Json = dict[str, object]


def plan_to_json(plan: Plan, *, masker: Masker) -> bytes:
    """A plan as the bytes of its JSON."""
    known = masker_for_plan(masker, plan)
    impact = plan.impact
    return json_bytes(
        {
            "format": "reconciler.plan/1",
            "id": plan.digest,
            "content_digest": plan.content_digest,
            "project": plan.project,
            "environment": plan.environment,
            "platform": plan.platform_id,
            "created_at": plan.created_at,
            "tool_version": plan.tool_version,
            "clock": clock_document(plan.platform_ahead_seconds),
            "git": {"commit": plan.git_commit, "dirty": plan.git_dirty},
            "may_be_applied": not plan.refusals(),
            "unfinished_run": plan.unfinished_run,
            "undoes": plan.undoes,
            "notes": [known.text(one) for one in plan.notes],
            "verdict": {
                "text": verdict(plan),
                "campaigns": impact.campaigns,
                "closing_now": impact.closing_now,
                "customers_unblocked": impact.unblocked,
                "reverted_people": impact.reverted_people,
            },
            "findings": [_finding(one, plan.environment, known) for one in plan.findings],
            "changes": [_change(one, known) for one in plan.changes],
            "consequences": [_consequence(one, known) for one in plan.consequences],
            "counts": {action.value: plan.count(action) for action in Action},
            "unknowns": [
                {
                    "collection": known.address(one.collection),
                    "reason": known.text(one.reason, about=one.collection),
                    "wanted": one.wanted,
                    "kept": [known.address(each) for each in one.kept],
                }
                for one in plan.unknowns
            ],
            "unmanaged": [known.address(one) for one in plan.unmanaged],
            "unchanged": [known.address(one) for one in plan.unchanged],
            "unused_approvals": [known.text(one) for one in plan.unused_approvals],
            "requests": {"spent": plan.requests_spent, "predicted": plan.requests_predicted},
        }
    )


def _finding(finding: Finding, environment: str, masker: Masker) -> _Json:
    approved, about = finding.approved, finding.address
    return {
        "code": finding.code,
        "severity": finding.severity,
        "blocks": finding.blocks,
        "address": masker.address(about),
        "message": masker.text(finding.message, about=about),
        "safer": masker.text(finding.safer, about=about),
        "referrers": [masker.address(one) for one in finding.evidence.referrers],
        "counts": dict(finding.evidence.counts),
        "headline": finding.evidence.headline,
        "approval_address": masker.address(finding.approval),
        "approval_to_paste": approval_to_paste(finding, environment, View(masker, PLAIN)),
        "approved": None
        if approved is None
        else {
            "reason": masker.text(approved.reason, about=about),
            "by": approved.by,
            "source": approved.source,
            "up_to": approved.up_to,
            "expires": None if approved.expires is None else approved.expires.isoformat(),
        },
    }


def _change(change: Change, masker: Masker) -> _Json:
    previous = change.previous_address
    return {
        "address": masker.address(change.address),
        "previous_address": masker.address(previous) if previous is not None else None,
        "kind": change.kind,
        "action": change.action.value,
        "reason": change.reason.value,
        "cascaded": change.cascaded,
        "unowned": change.unowned,
        "protected": change.protected,
        "protection": change.protection,
        "owner": change.owner,
        "by": change.by,
        "at": change.at,
        "source": source_document(change.source),
        "before": masker.fields(change.kind, change.before),
        "after": masker.fields(change.kind, change.after),
        "differences": [
            difference_document(change.kind, one, masker) for one in change.differences
        ],
        "depends_on": [_key(one, masker) for one in change.depends_on],
        "usage": _usage(change.usage, masker),
    }


def _consequence(one: Consequence, masker: Masker) -> _Json:
    return {
        "address": masker.address(one.address),
        "kind": one.kind,
        "field": one.field,
        "before": masker.value(one.kind, one.before),
        "after": masker.value(one.kind, one.after),
        "references": [
            {
                "name": masker.value(one.kind, lost.name),
                "meant": masker.address(lost.meant),
                "means": masker.address(lost.means) if lost.means is not None else None,
            }
            for lost in one.references
        ],
        "caused_by": [
            _key(key, masker)
            for key in dict.fromkeys(key for lost in one.references for key in lost.changes)
        ],
        "owner": one.owner,
    }


def source_document(source: Source | None) -> Mapping[str, object] | None:
    """A place in the manifests."""
    if source is None:
        return None
    return {"file": source.file, "line": source.line, "column": source.column}


def difference_document(kind: str, one: Difference, masker: Masker) -> _Json:
    """One difference of a resource of a kind."""
    return {
        "path": one.path,
        "before": masker.value(kind, one.before),
        "after": masker.value(kind, one.after),
        "base": masker.value(kind, one.base),
        "origin": one.origin.value,
        "by": one.by,
        "at": one.at,
    }


def _key(key: str, masker: Masker) -> str:
    action, _, address = key.partition(" ")
    return f"{action} {masker.address(address)}"


def _usage(usage: Usage | None, masker: Masker) -> _Json | None:
    return None if usage is None else usage_document(usage, masker)

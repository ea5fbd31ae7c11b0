"""A plan as JSON for other programs: `reconciler.plan/1`.

Customers are handles and their fields are masked unless personal data is shown. This document
cannot be applied; the plan file can.
"""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue
from typing_extensions import TypedDict

from reconciler.kinds.base import Fields
from reconciler.message import Message
from reconciler.planning.change import Action, Change, Protection, Reason
from reconciler.planning.findings import Finding, Severity
from reconciler.planning.plan import Consequence, Plan, Unknown
from reconciler.privacy.known_people import masker_for_plan
from reconciler.privacy.masking import Masker
from reconciler.views.fragments.clock import ClockDocument, clock_document
from reconciler.views.fragments.documents import (
    DifferenceDocument,
    SourceDocument,
    UsageDocument,
    difference_document,
    source_document,
    usage_document,
)
from reconciler.views.fragments.findings import approval_to_paste
from reconciler.views.plan.impact_documents import (
    BlacklistChannelDocument,
    ChannelDocument,
    HolidayDocument,
    HoursDocument,
    SharedDocument,
    blacklist_channel_document,
    channel_document,
    holiday_document,
    hours_document,
    shared_document,
)
from reconciler.views.plan.verdict import verdict
from reconciler.views.style.json_bytes import json_bytes
from reconciler.views.style.view import View


class GitDocument(TypedDict):
    """The commit the manifests were read from."""

    commit: str
    dirty: bool


class VerdictDocument(TypedDict):
    """What the plan means for campaigns, customers and people."""

    text: str
    campaigns: list[str]
    """Campaigns that change."""
    closing_now: list[str]
    """Campaigns that would close now."""
    hours: list[HoursDocument]
    """Campaigns whose opening hours differ in the next 28 days."""
    channels: list[ChannelDocument]
    """Channels that stop or start, by direction."""
    holidays: list[HolidayDocument]
    """What changed holidays close or open on their next date."""
    shared: list[SharedDocument]
    """Edits of resources of all campaigns, and who they reach."""
    customers_unblocked: int
    customers_blocked: int
    blacklist_channels: list[BlacklistChannelDocument]
    """Channels that start or stop to apply the blacklist."""
    agents_without_status: int
    reverted_people: list[str]
    """People whose edits would be reverted."""


class ApprovedDocument(TypedDict):
    """The approval that covers a finding."""

    reason: str
    by: str
    source: str
    up_to: int | None
    expires: str | None


class FindingDocument(TypedDict):
    """What a guard found."""

    code: str
    severity: Severity
    blocks: bool
    address: str
    message: str
    safer: str
    referrers: list[str]
    counts: dict[str, int]
    headline: str
    """The count that `up_to` of an approval limits."""
    approval_address: str
    """Empty if no approval can cover it."""
    approval_to_paste: str
    approved: ApprovedDocument | None


class ChangeDocument(TypedDict):
    """One change."""

    address: str
    previous_address: str | None
    kind: str
    action: Action
    reason: Reason
    cascaded: bool
    """Whether the platform deletes it with its parent."""
    unowned: bool
    """Whether no ledger ever had it."""
    protected: bool
    protection: Protection
    """Whether this change starts or ends protection."""
    owner: str
    """Another project that owns it; else empty."""
    by: str
    """Who created or deleted it on the platform; empty if the audit log does not say."""
    at: str
    source: SourceDocument | None
    before: Fields | None
    after: Fields | None
    differences: list[DifferenceDocument]
    depends_on: list[str]
    """`ACTION ADDRESS` of the changes that must succeed first."""
    usage: UsageDocument | None


class ReferenceDocument(TypedDict):
    """A name in a field whose meaning changes."""

    name: JsonValue
    meant: str
    means: str | None
    """Null if the platform removes the name from the field."""


class ConsequenceDocument(TypedDict):
    """A field that the platform changes by itself because of the changes."""

    address: str
    kind: str
    field: str
    before: JsonValue
    after: JsonValue
    references: list[ReferenceDocument]
    caused_by: list[str]
    """`ACTION ADDRESS` of changes."""
    owner: str
    """Another project that owns it; else empty."""


class UnknownDocument(TypedDict):
    """A collection, or one resource, that could not be read completely."""

    collection: str
    reason: str
    wanted: int
    """How many resources git declares in it; the plan has none of them."""
    kept: list[str]
    """Resources that are not deleted because that would also delete the unknown one."""


class RequestsDocument(TypedDict):
    """Requests to the platform."""

    spent: int
    predicted: int


class PlanDocument(TypedDict):
    """A plan, as `reconciler plan --format json` prints it."""

    format: Literal["reconciler.plan/1"]
    """The number rises with a change that breaks readers."""
    id: str
    content_digest: str
    """What the plan would do; no clock or counter is in it."""
    project: str
    environment: str
    platform: str
    created_at: str
    tool_version: str
    clock: ClockDocument
    git: GitDocument
    may_be_applied: bool
    unfinished_run: str
    """The run that must be settled first; else empty."""
    undoes: str
    """The run that this plan undoes; else empty."""
    only: list[str]
    """The globs of addresses that it was limited to; empty for a plan of everything."""
    left_out: int
    """How many changes `only` left out."""
    notes: list[str]
    """What an undo cannot restore."""
    verdict: VerdictDocument
    findings: list[FindingDocument]
    changes: list[ChangeDocument]
    """In the order an apply would make them."""
    consequences: list[ConsequenceDocument]
    counts: dict[str, int]
    """Changes by action."""
    unknowns: list[UnknownDocument]
    unmanaged: list[str]
    unchanged: list[str]
    unused_approvals: list[str]
    requests: RequestsDocument


def plan_json(plan: Plan, view: View) -> bytes:
    """A plan as the bytes of its JSON."""
    return json_bytes(_document(plan, masker_for_plan(view.masker, plan)))


def _document(plan: Plan, masker: Masker) -> PlanDocument:
    return PlanDocument(
        format="reconciler.plan/1",
        id=plan.digest,
        content_digest=plan.content_digest,
        project=plan.project,
        environment=plan.environment,
        platform=plan.platform_id,
        created_at=plan.created_at,
        tool_version=plan.tool_version,
        clock=clock_document(plan.platform_ahead_seconds),
        git=GitDocument(commit=plan.git_commit, dirty=plan.git_dirty),
        may_be_applied=not plan.refusals(),
        unfinished_run=plan.unfinished_run,
        undoes=plan.undoes,
        only=[masker.message(Message.of("{glob}", glob=glob)) for glob in plan.globs],
        left_out=plan.left_out,
        notes=[masker.message(note) for note in plan.notes],
        verdict=VerdictDocument(
            text=verdict(plan),
            campaigns=list(plan.impact.campaigns),
            closing_now=list(plan.impact.closing_now),
            hours=[hours_document(hours) for hours in plan.impact.hours],
            channels=[channel_document(service) for service in plan.impact.services],
            holidays=[holiday_document(holiday) for holiday in plan.impact.holidays],
            shared=[shared_document(shared) for shared in plan.impact.shared],
            customers_unblocked=plan.impact.unblocked,
            customers_blocked=plan.impact.blocked,
            blacklist_channels=[
                blacklist_channel_document(toggle) for toggle in plan.impact.toggles
            ],
            agents_without_status=plan.impact.agents_without_status,
            reverted_people=list(plan.impact.reverted_people),
        ),
        findings=[_finding(finding, plan.environment, masker) for finding in plan.findings],
        changes=[_change(change, masker) for change in plan.changes],
        consequences=[_consequence(consequence, masker) for consequence in plan.consequences],
        counts={action.value: plan.count(action) for action in Action},
        unknowns=[_unknown(unknown, masker) for unknown in plan.unknowns],
        unmanaged=[masker.address(address) for address in plan.unmanaged],
        unchanged=[masker.address(address) for address in plan.unchanged],
        unused_approvals=[masker.message(unused.sentence()) for unused in plan.unused_approvals],
        requests=RequestsDocument(spent=plan.requests_spent, predicted=plan.requests_predicted),
    )


def _finding(finding: Finding, environment: str, masker: Masker) -> FindingDocument:
    address = finding.address
    return FindingDocument(
        code=finding.code,
        severity=finding.severity,
        blocks=finding.blocks,
        address=masker.address(address),
        message=masker.message(finding.message),
        safer=masker.message(finding.safer),
        referrers=[masker.address(referrer) for referrer in finding.evidence.referrers],
        counts=dict(finding.evidence.counts),
        headline=finding.evidence.headline,
        approval_address=masker.address(finding.approval),
        approval_to_paste=approval_to_paste(finding, environment, masker),
        approved=_approved(finding, masker),
    )


def _approved(finding: Finding, masker: Masker) -> ApprovedDocument | None:
    approved = finding.approved
    if approved is None:
        return None
    return ApprovedDocument(
        reason=masker.text(approved.reason, about=finding.address),
        by=approved.by,
        source=approved.source,
        up_to=approved.up_to,
        expires=None if approved.expires is None else approved.expires.isoformat(),
    )


def _change(change: Change, masker: Masker) -> ChangeDocument:
    previous = change.previous_address
    return ChangeDocument(
        address=masker.address(change.address),
        previous_address=None if previous is None else masker.address(previous),
        kind=change.kind,
        action=change.action,
        reason=change.reason,
        cascaded=change.cascaded,
        unowned=change.unowned,
        protected=change.protected,
        protection=change.protection,
        owner=change.owner,
        by=change.by,
        at=change.at,
        source=source_document(change.source),
        before=masker.fields(change.kind, change.before),
        after=masker.fields(change.kind, change.after),
        differences=[
            difference_document(change.kind, difference, masker)
            for difference in change.differences
        ],
        depends_on=[key.shown(masker.address) for key in change.depends_on],
        usage=None if change.usage is None else usage_document(change.usage, masker),
    )


def _consequence(consequence: Consequence, masker: Masker) -> ConsequenceDocument:
    kind, references = consequence.kind, consequence.references
    causes = dict.fromkeys(key for reference in references for key in reference.changes)
    return ConsequenceDocument(
        address=masker.address(consequence.address),
        kind=kind,
        field=consequence.field,
        before=masker.value(kind, consequence.before),
        after=masker.value(kind, consequence.after),
        references=[
            ReferenceDocument(
                name=masker.value(kind, reference.name),
                meant=masker.address(reference.meant),
                means=None if reference.means is None else masker.address(reference.means),
            )
            for reference in references
        ],
        caused_by=[key.shown(masker.address) for key in causes],
        owner=consequence.owner,
    )


def _unknown(unknown: Unknown, masker: Masker) -> UnknownDocument:
    return UnknownDocument(
        collection=masker.address(unknown.collection),
        reason=masker.message(unknown.reason),
        wanted=unknown.wanted,
        kept=[masker.address(address) for address in unknown.kept],
    )

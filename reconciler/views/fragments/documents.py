"""JSON parts that several documents contain. Docstrings become descriptions in `schemas/`."""

from __future__ import annotations

from pydantic import JsonValue
from typing_extensions import TypedDict

from reconciler.live.platform import Usage
from reconciler.manifests.source import Source
from reconciler.planning.change import Difference, Origin
from reconciler.privacy.masking import Masker


class SourceDocument(TypedDict):
    """A place in the manifests; line and column count from 1."""

    file: str
    line: int
    column: int


class DifferenceDocument(TypedDict):
    """One field that differs."""

    path: str
    """Such as `schedule.mon` or `members[ana].penalty`."""
    before: JsonValue
    """The value on the platform."""
    after: JsonValue
    """The value in git."""
    base: JsonValue
    """The value last applied."""
    origin: Origin
    """Where the value changed since the last apply."""
    by: str
    """Who changed it on the platform; empty if the audit log does not say."""
    at: str
    """When it was changed on the platform, RFC 3339; empty if the audit log does not say."""


class ReferrerDocument(TypedDict):
    """A field that names the resource."""

    address: str
    field: str


class RecentUseDocument(TypedDict):
    """Use by one campaign in the last 30 days."""

    campaign: str
    count: int
    last_at: str


class UsageDocument(TypedDict):
    """Who and what uses a resource now. People are users of the platform, not customers."""

    address: str
    referrers: list[ReferrerDocument]
    recent: list[RecentUseDocument]
    recent_interactions: int
    """Interactions that used it in the last 30 days."""
    agents_now: list[str]
    """Agents who are in this status now."""
    open_interactions: int
    interactions_total: int
    """Interactions that a delete would lose."""
    open_by_user: dict[str, int]


def source_document(source: Source | None) -> SourceDocument | None:
    """A place in the manifests."""
    if source is None:
        return None
    return SourceDocument(file=source.file, line=source.line, column=source.column)


def difference_document(kind: str, difference: Difference, masker: Masker) -> DifferenceDocument:
    """One difference of a resource of a kind."""
    return DifferenceDocument(
        path=difference.path,
        before=masker.value(kind, difference.before),
        after=masker.value(kind, difference.after),
        base=masker.value(kind, difference.base),
        origin=difference.origin,
        by=difference.by,
        at=difference.at,
    )


def usage_document(usage: Usage, masker: Masker) -> UsageDocument:
    """Every fact of a usage."""
    return UsageDocument(
        address=masker.address(usage.address),
        referrers=[
            ReferrerDocument(address=masker.address(referrer.address), field=referrer.field)
            for referrer in usage.referrers
        ],
        recent=[
            RecentUseDocument(campaign=use.campaign, count=use.count, last_at=use.last_at)
            for use in usage.recent
        ],
        recent_interactions=usage.recent_interactions,
        agents_now=list(usage.agents_now),
        open_interactions=usage.open_interactions,
        interactions_total=usage.interactions_total,
        open_by_user=dict(usage.open_by_user),
    )

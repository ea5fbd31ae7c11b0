"""shared-edit: an edit of a resource of all campaigns would reach campaigns that use it.

It warns, with the campaigns and the use in the last 30 days. It blocks when the edit empties a
template or a quality model in use, disables a disposition in use, and when its use could not be
read. It also warns when a campaign's own template, status or disposition takes the place of the one
of all campaigns with its name, and the campaign uses that. Edits of only an icon, a colour or a
description are silent. Holidays are part of `scope-widens` and `opens-more`, deletes of
`delete-in-use`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.guards.context import Guard, Review, finding
from reconciler.guards.facts import LiveNames
from reconciler.kinds.address import Address, identity, join, name_of
from reconciler.kinds.disposition import DISPOSITION
from reconciler.kinds.holiday import HOLIDAY
from reconciler.kinds.quality_model import QUALITY_MODEL
from reconciler.kinds.registry import KINDS
from reconciler.kinds.status import STATUS
from reconciler.live.platform import RecentUse
from reconciler.message import Message
from reconciler.planning.effects.effects import DispositionEffect, ShadowEffect, SharedEffect
from reconciler.planning.effects.summary import reached_campaigns
from reconciler.planning.findings import Evidence, Finding, Severity
from reconciler.text import counted, joined, some, verb

CODE = "shared-edit"
_LOOKS = {STATUS.name: {"icon", "color"}, QUALITY_MODEL.name: {"description"}}
"""The fields that change how a resource looks, and nothing that it does."""


def _analyze(review: Review) -> Iterator[Finding]:
    written = _written(review)
    for shared in review.effects.shared:
        if shared.edit == "edited" and shared.kind != HOLIDAY.name and _matters(shared):
            yield from _edited(shared, written)
    disabled: dict[Address, list[DispositionEffect]] = {}
    for level in review.effects.dispositions:
        if level.becomes == "disabled":
            disabled.setdefault(level.because_of, []).append(level)
    for cause, levels in disabled.items():
        yield from _disabled(written.get(identity(cause), cause), levels)
    for shadow in review.effects.shadows:
        if shadow.shadows:
            yield from _shadowed(shadow)


def _written(review: Review) -> Mapping[str, Address]:
    """The address after the plan, by the identity now."""
    names = LiveNames.of(review.plan.changes)
    return {identity(names.before(change.address)): change.address for change in review.plan.writes}


def _matters(shared: SharedEffect) -> bool:
    return not set(shared.fields) <= _LOOKS.get(shared.kind, set())


# ---- edits ---------------------------------------------------------------------------------


def _edited(shared: SharedEffect, written: Mapping[str, Address]) -> Iterator[Finding]:
    campaigns = reached_campaigns(shared)
    is_unknown = shared.recent is None
    if not campaigns and not is_unknown:
        return
    severity: Severity = "block" if shared.is_emptied else "warn"
    noun = KINDS[shared.kind].noun
    content = "questions" if shared.kind == QUALITY_MODEL.name else "text"
    what = f"this {noun} loses its {content}" if shared.is_emptied else f"this {noun} changes"
    parts = [_reach(campaigns, shared.recent or ())] if campaigns else []
    if shared.channels:
        count = len(shared.channels)
        sends = verb(count, "sends", "send")
        parts.append(f"{counted(count, 'channel')} {sends} it as signature")
    if is_unknown:
        parts.append("its use could not be read")
    message = Message.of("{what}; {reach}", what=what, reach="; ".join(parts))
    safer = (
        "keep its content, or remove it from the channels and campaigns that use it first"
        if shared.is_emptied
        else "to change it for one campaign only, declare the campaign's own one of this name"
    )
    evidence = _evidence(campaigns, shared.recent or (), shared.channels)
    address = written.get(identity(shared.address), shared.address)
    yield finding(CODE, severity, address, message, safer, evidence)


def _disabled(cause: Address, levels: list[DispositionEffect]) -> Iterator[Finding]:
    uses = [use for level in levels for use in level.recent or ()]
    is_unknown = any(level.recent is None for level in levels)
    campaigns = tuple(sorted({use.campaign for use in uses}))
    if not campaigns and not is_unknown:
        return
    below = len(levels) - 1
    also = f" and {counted(below, 'level')} below it" if below else ""
    message = Message.of(
        "agents could no longer choose this {kind}{also}; {reach}",
        kind=DISPOSITION.noun,
        also=also,
        reach="its use could not be read" if is_unknown else _reach(campaigns, uses),
    )
    safer = "disable it when agents choose another one"
    yield finding(CODE, "block", cause, message, safer, _evidence(campaigns, uses))


def _reach(campaigns: tuple[str, ...], uses: Iterable[RecentUse]) -> str:
    """`it reaches 4 campaigns (A, B, C and D), 307 interactions in 30 days`."""
    count = sum(use.count for use in uses)
    use = f", {counted(count, 'interaction')} in 30 days" if count else ""
    return f"it reaches {counted(len(campaigns), 'campaign')} ({some(campaigns)}){use}"


def _evidence(
    campaigns: tuple[str, ...], uses: Iterable[RecentUse], channels: Iterable[Address] = ()
) -> Evidence:
    referrers = (*channels, *(join("campaigns", name) for name in campaigns))
    counts = {"campaigns": len(campaigns), "recent_interactions": sum(use.count for use in uses)}
    return Evidence.of(counts, headline="campaigns", referrers=referrers)


# ---- shadowing -----------------------------------------------------------------------------


def _shadowed(shadow: ShadowEffect) -> Iterator[Finding]:
    recent = sum(use.count for use in shadow.recent or ())
    parts = []
    if shadow.channels:
        channels = some(name_of(channel) for channel in shadow.channels)
        parts.append(f"{channels} {verb(len(shadow.channels), 'sends', 'send')} it as signature")
    if recent:
        parts.append(f"{counted(recent, 'interaction')} used it in 30 days")
    if shadow.recent is None:
        parts.append("its use could not be read")
    if not parts:
        return
    message = Message.of(
        "in the campaign {campaign}, '{name}' would mean this {kind} instead of the one of all "
        "campaigns; {use}",
        campaign=shadow.campaign,
        name=shadow.name,
        kind=KINDS[shadow.kind].noun,
        use=joined(parts),
    )
    safer = "give it another name, unless the campaign needs its own one"
    counts = {"channels": len(shadow.channels), "recent_interactions": recent}
    evidence = Evidence.of(counts, headline="channels", referrers=shadow.channels)
    yield finding(CODE, "warn", shadow.after, message, safer, evidence)


GUARD = Guard(CODE, "An edit would reach campaigns that use a shared resource.", _analyze, __doc__)

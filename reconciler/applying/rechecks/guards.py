"""The guards once more when a plan is applied: over the whole of it, as it was reviewed.

A rest looked at alone would be another plan: of a replace only the delete, of a list that was
shortened a shorter one. So what has been made already, by its run or by somebody's hand, is taken
back on paper first, and only what the guards find about changes still to be made counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.applying.rechecks.ledger import with_ledger_facts
from reconciler.applying.rechecks.live import OldNames, Standing, Verified
from reconciler.applying.rechecks.referrers import naming_referrers
from reconciler.guards.analyzers.guard_weakened import weakenings
from reconciler.guards.context import Review
from reconciler.guards.evaluate import reevaluate
from reconciler.guards.list_scopes import all_lists
from reconciler.guards.usage import addresses_needing_usage, with_usage
from reconciler.kinds.address import Address, identity
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import LiveResource, Reader, Snapshot, Usage
from reconciler.manifests.freeze import Freeze
from reconciler.planning.change import Action, Change
from reconciler.planning.effects.opening_hours import opening_hours
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan
from reconciler.state.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so now, and how a plan stands against it.

    `standing` is of the changes that have no end yet, by key; `made` holds the keys of those that
    the plan's run has made. `names` are those around the changes that are pending. `began` is
    when the plan began to be applied.
    """

    live: Snapshot
    ledger: Ledger
    names: OldNames
    standing: Mapping[str, Verified]
    began: datetime
    made: frozenset[str] = frozenset()

    def is_made(self, change: Change) -> bool:
        """Whether its effect is there, whoever brought it about."""
        if change.key in self.made:
            return True
        found = self.standing.get(change.key)
        return change.writes and found is not None and found.standing is Standing.DONE

    def is_to_do(self, change: Change) -> bool:
        """Whether it will be made, if the guards let it; what only the ledger is told counts."""
        found = self.standing.get(change.key)
        return (
            found is not None and found.standing is not Standing.STALE and not self.is_made(change)
        )


async def still_blocking(
    plan: Plan, facts: Facts, *, reader: Reader, now: datetime, freezes: Sequence[Freeze]
) -> tuple[Finding, ...]:
    """What stops the changes that are still to be made, on fresh facts; and what stops a plan
    that only weakens what was last applied."""
    to_do = [change for change in plan.changes if facts.is_to_do(change)]
    if not to_do and not any(weakenings(plan, facts.ledger, now)):
        return ()
    pending = frozenset(change.key for change in to_do)
    owned = with_ledger_facts(plan, facts.ledger, frozenset(facts.standing))
    whole = _with_live_names(owned, facts)
    used = with_usage(whole, await _usage(whole, facts.live, reader))
    live = _as_before(plan, facts)
    review = Review(
        plan=used,
        live=live,
        ledger=facts.ledger,
        hours=opening_hours(live.resources.values(), plan.changes, now),
        now=now,
        freezes=tuple(freezes),
        is_starting=True,
    )
    found = [one for one in reevaluate(review, plan, begun=facts.began) if one.blocks]
    blocking = _concerning(found, plan.changes, pending)
    return await naming_referrers(
        tuple(blocking),
        plan.findings,
        usage={identity(one.address): one.usage for one in used.changes if one.usage is not None},
        live=facts.live,
        reader=reader,
    )


async def _usage(plan: Plan, live: Snapshot, reader: Reader) -> Mapping[str, Usage]:
    """Usage by identity. What is there no more is not asked about: nothing uses it."""
    wanted = addresses_needing_usage(plan)
    there = [one for one in wanted if live.find(one) is not None]
    gone = [one for one in wanted if live.find(one) is None and live.why_unknown(one) is None]
    found = await reader.usage(there) if there else {}
    return {**{identity(one): Usage(one) for one in gone}, **found}


def _with_live_names(plan: Plan, facts: Facts) -> Plan:
    """The plan, its renames that are made without an old name: nobody goes by it any more."""
    return replace(
        plan,
        changes=tuple(
            replace(change, previous_address=None)
            if change.action is Action.RENAME and facts.is_made(change)
            else change
            for change in plan.changes
        ),
    )


def _as_before(plan: Plan, facts: Facts) -> Snapshot:
    """The platform as it would be had none of the made changes been, names aside."""
    resources = dict(facts.live.resources)
    for change in plan.changes:
        if not change.writes or change.action is Action.RENAME or not facts.is_made(change):
            continue
        address = Address(facts.names.of(change.address))
        if change.before is None:
            resources.pop(identity(address), None)
        else:
            before = LiveResource(address, KINDS[change.kind], change.before, etag="")
            resources[identity(address)] = before
    return replace(facts.live, resources=resources)


def _concerning(
    findings: Iterable[Finding], changes: Iterable[Change], to_do: frozenset[str]
) -> Iterable[Finding]:
    """The findings about these changes, about a list they stand in, or about the plan as such."""
    about: dict[str, set[str]] = {}
    for change in changes:
        places = [change.address, *all_lists(KINDS[change.kind], change.address)]
        for place in places:
            about.setdefault(identity(place), set()).add(change.key)
        if change.action is Action.REPLACE and change.previous_address is not None:
            old = f"{Action.DELETE.value} {change.previous_address}"
            about[identity(change.address)].add(old)
    for finding in findings:
        changed = about.get(identity(finding.address))
        if changed is None or not changed.isdisjoint(to_do):
            yield finding

"""Run the guards again when a plan is applied, over the whole plan as it was reviewed.

The rest of a plan alone would be another plan: of a replace only the delete, of a shortened list
a shorter one. So the changes already made are first undone on paper. Only findings about changes
still to be made count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from reconciler.applying.rechecks.ledger import with_ledger_facts
from reconciler.applying.rechecks.plan_state import PlanState
from reconciler.applying.rechecks.referrers import with_new_referrers
from reconciler.guards.analyzers.guard_weakened import weakenings
from reconciler.guards.context import Review
from reconciler.guards.evaluate import reevaluate
from reconciler.guards.list_scopes import all_lists
from reconciler.guards.usage import addresses_needing_usage, with_usage
from reconciler.kinds.address import Address, identity
from reconciler.kinds.registry import KINDS
from reconciler.live.platform import LiveResource, Reader, Snapshot, Usage
from reconciler.manifests.freeze import Freeze
from reconciler.planning.change import Action, Change, ChangeKey
from reconciler.planning.effects.compute import EffectsDraft
from reconciler.planning.findings import Finding
from reconciler.planning.plan import Plan


async def blocking_findings(
    state: PlanState, *, reader: Reader, now: datetime, freezes: Sequence[Freeze]
) -> tuple[Finding, ...]:
    """The findings on fresh facts that block the changes still to be made.

    A plan with nothing to do is still blocked when it weakens the guards last applied.
    """
    plan = state.plan
    to_do = frozenset(change.key for change in plan.changes if state.is_to_do(change))
    if not to_do and not any(weakenings(plan, state.ledger, now)):
        return ()
    fresh = _with_live_names(with_ledger_facts(state), state)
    live = _before_the_run(state)
    draft = EffectsDraft.of(fresh.changes, live, now=now)
    wanted = addresses_needing_usage(fresh, draft.effects())
    usage = await _usage(wanted, state.live, reader)
    used = with_usage(fresh, usage)
    review = Review(
        plan=used,
        live=live,
        ledger=state.ledger,
        effects=draft.effects(usage),
        now=now,
        freezes=tuple(freezes),
        is_starting=True,
    )
    found = [finding for finding in reevaluate(review, plan, begun=state.began) if finding.blocks]
    return await with_new_referrers(
        tuple(_concerning(found, plan.changes, to_do)),
        plan.findings,
        usage={identity(c.address): c.usage for c in used.changes if c.usage is not None},
        live=state.live,
        reader=reader,
    )


async def _usage(wanted: Sequence[Address], live: Snapshot, reader: Reader) -> Mapping[str, Usage]:
    """Usage by identity. What does not exist any more is not asked for: nothing uses it."""
    existing = [address for address in wanted if live.find(address) is not None]
    gone = [
        address
        for address in wanted
        if live.find(address) is None and live.why_unknown(address) is None
    ]
    found = await reader.usage(existing) if existing else {}
    return {**{identity(address): Usage(address) for address in gone}, **found}


def _with_live_names(plan: Plan, state: PlanState) -> Plan:
    """The plan, where a rename that is made has no old name: nothing has that name any more."""
    return replace(
        plan,
        changes=tuple(
            replace(change, previous_address=None)
            if change.action is Action.RENAME and state.is_made(change)
            else change
            for change in plan.changes
        ),
    )


def _before_the_run(state: PlanState) -> Snapshot:
    """The platform without the changes that are made; renames stay."""
    resources = dict(state.live.resources)
    for change in state.plan.changes:
        if not change.writes or change.action is Action.RENAME or not state.is_made(change):
            continue
        address = Address(state.names.of(change.address))
        if change.before is None:
            resources.pop(identity(address), None)
        else:
            before = LiveResource(address, KINDS[change.kind], change.before, etag="")
            resources[identity(address)] = before
    return replace(state.live, resources=resources)


def _concerning(
    findings: Iterable[Finding], changes: Iterable[Change], to_do: frozenset[str]
) -> Iterable[Finding]:
    """The findings about these changes, about a list that contains them, or about the plan."""
    keys: dict[str, set[str]] = {}
    for change in changes:
        for place in (change.address, *all_lists(KINDS[change.kind], change.address)):
            keys.setdefault(identity(place), set()).add(change.key)
        if change.action is Action.REPLACE and change.previous_address is not None:
            old = ChangeKey.of(Action.DELETE, change.previous_address)
            keys[identity(change.address)].add(old)
    for finding in findings:
        changed = keys.get(identity(finding.address))
        if changed is None or not changed.isdisjoint(to_do):
            yield finding

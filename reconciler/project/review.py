"""Turn a draft into the plan that people review: with usage, authors and findings.

The reader cannot write, and the store is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.errors import UsageError
from reconciler.kinds.address import identity
from reconciler.kinds.selection import Selection
from reconciler.live.platform import Reader, Snapshot
from reconciler.manifests.settings import Approval, ProjectSettings
from reconciler.planning.plan import Plan
from reconciler.privacy.handles import is_handle, resolve_handle
from reconciler.project.connections import ledger_key

if TYPE_CHECKING:
    from reconciler.manifests.files.git import GitState
    from reconciler.state.ledger import Ledger
    from reconciler.state.safeguards import Safeguards
    from reconciler.state.sql.store import Store


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """What is read from files while the platform is read: a function that plans, and approvals."""

    draft: Callable[[Snapshot, Ledger, datetime], Plan]
    approvals: Sequence[Approval]
    git: GitState
    safeguards: Safeguards


async def review(
    inputs: PlanInputs,
    live: Snapshot,
    *,
    reader: Reader,
    store: Store,
    settings: ProjectSettings,
    now: datetime,
) -> Plan:
    """The plan from fresh facts, with usage and authors, checked by every guard.

    `now` is this machine's time; guards use the platform's.
    """
    from reconciler.guards.analyzers import unused_approval
    from reconciler.guards.context import Review
    from reconciler.guards.evaluate import evaluate
    from reconciler.guards.usage import addresses_needing_usage, with_usage
    from reconciler.planning.digests import with_digests
    from reconciler.planning.effects.opening_hours import opening_hours
    from reconciler.planning.planfile.safeguards import freezes_in_force
    from reconciler.planning.reports.attribution import addresses_to_attribute, with_attribution

    key = ledger_key(settings)
    ledger = store.ledger(*key)
    drafted = replace(inputs.draft(live, ledger, now), safeguards=inputs.safeguards)
    changed = addresses_to_attribute(drafted)
    drafted = with_attribution(drafted, await reader.audit(changed) if changed else ())
    wanted = addresses_needing_usage(drafted)
    drafted = with_usage(drafted, await reader.usage(wanted) if wanted else {})
    moment = live.info.time(now)
    hours = opening_hours(live.resources.values(), drafted.changes, moment)
    freezes = freezes_in_force(settings.environment.freeze, ledger.safeguards)
    findings, unused = evaluate(
        Review(drafted, live, ledger, hours, moment, freezes=freezes),
        _with_addresses(inputs.approvals, store, drafted),
    )
    if drafted.undoes:  # the approvals in files are for plans from manifests
        findings = tuple(finding for finding in findings if finding.code != unused_approval.CODE)
        unused = ()
    if drafted.only:  # an approval of a file may be for what is left out
        kept = {each.address for each in unused if each.source is None}
        kept |= {each.address for each in unused if _is_selected(drafted, each.address)}
        unused = tuple(each for each in unused if each.address in kept)
        findings = tuple(
            finding
            for finding in findings
            if finding.code != unused_approval.CODE or finding.address in kept
        )
    unfinished = store.latest_unfinished(key)
    return with_digests(
        replace(
            drafted,
            findings=findings,
            unused_approvals=unused,
            git_commit=inputs.git.commit,
            git_dirty=inputs.git.dirty,
            requests_spent=reader.requests,
            unfinished_run=unfinished.id if unfinished is not None else "",
            tool_version=__version__,
        )
    )


def _is_selected(plan: Plan, address: str) -> bool:
    return Selection(plan.only).has(identity(address))


def _with_addresses(
    approvals: Sequence[Approval], store: Store, plan: Plan
) -> tuple[Approval, ...]:
    """The approvals, where each mask is replaced by its address."""
    if not any(is_handle(approval.address) for approval in approvals):
        return tuple(approvals)
    key, known = store.mask_key(), [change.address for change in plan.changes]
    resolved: list[Approval] = []
    for approval in approvals:
        try:
            address = resolve_handle(key, approval.address, known)
        except UsageError:
            resolved.append(approval)
        else:
            resolved.append(replace(approval, address=address))
    return tuple(resolved)

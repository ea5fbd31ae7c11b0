"""A draft made into the plan that people read: who uses what, who changed what, what guards say.

The reader it is given cannot write, and the store is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.errors import UsageError
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
class Prepared:
    """What was made of files while the platform was read: how to plan, and what is approved."""

    draft: Callable[[Snapshot, Ledger, datetime], Plan]
    approvals: Sequence[Approval]
    git: GitState
    safeguards: Safeguards


async def review(
    prepared: Prepared,
    live: Snapshot,
    *,
    reader: Reader,
    store: Store,
    settings: ProjectSettings,
    now: datetime,
) -> Plan:
    """The plan drafted from fresh facts, with usage and authors, looked at by every guard.

    `now` is this machine's time; guards go by the platform's.
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
    drafted = replace(prepared.draft(live, ledger, now), safeguards=prepared.safeguards)
    changed = addresses_to_attribute(drafted)
    drafted = with_attribution(drafted, await reader.audit(changed) if changed else ())
    wanted = addresses_needing_usage(drafted)
    drafted = with_usage(drafted, await reader.usage(wanted) if wanted else {})
    moment = live.info.time(now)
    hours = opening_hours(live.resources.values(), drafted.changes, moment)
    freezes = freezes_in_force(settings.environment.freeze, ledger.safeguards)
    findings, unused = evaluate(
        Review(drafted, live, ledger, hours, moment, freezes=freezes),
        _resolved(prepared.approvals, store, drafted),
    )
    if drafted.undoes:  # the files' approvals are of the plans made from them
        findings = tuple(one for one in findings if one.code != unused_approval.CODE)
        unused = ()
    unfinished = store.latest_unfinished(key)
    return with_digests(
        replace(
            drafted,
            findings=findings,
            unused_approvals=unused,
            git_commit=prepared.git.commit,
            git_dirty=prepared.git.dirty,
            requests_spent=reader.requests,
            unfinished_run=unfinished.id if unfinished is not None else "",
            tool_version=__version__,
        )
    )


def _resolved(approvals: Sequence[Approval], store: Store, plan: Plan) -> tuple[Approval, ...]:
    """The approvals, those given by a mask's handle with the address it stands for."""
    if not any(is_handle(one.address) for one in approvals):
        return tuple(approvals)
    key, known = store.mask_key(), [change.address for change in plan.changes]
    resolved: list[Approval] = []
    for one in approvals:
        try:
            resolved.append(replace(one, address=resolve_handle(key, one.address, known)))
        except UsageError:
            resolved.append(one)
    return tuple(resolved)

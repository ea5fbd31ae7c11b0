"""Turn a draft into the plan that people review: with usage, authors and findings.

The reader cannot write, and the store is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from reconciler import __version__
from reconciler.errors import UsageError
from reconciler.kinds.address import identity
from reconciler.kinds.selection import Selection
from reconciler.live.platform import Reader, Snapshot
from reconciler.manifests.settings import Approval, ProjectSettings
from reconciler.planning.plan import Plan
from reconciler.privacy.handles import is_handle, resolve_handle
from reconciler.project import event_loop
from reconciler.project.connections import Connections, globs_without_masks, ledger_key

if TYPE_CHECKING:
    from reconciler.manifests.desired import Manifests
    from reconciler.manifests.files.git import GitState
    from reconciler.planning.findings import UnusedApproval
    from reconciler.state.ledger import Ledger
    from reconciler.state.safeguards import Safeguards
    from reconciler.state.sql.store import Store


Draft: TypeAlias = "Callable[[Snapshot, Ledger, datetime], Plan]"


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """What is read from files while the platform is read: a function that plans, and approvals."""

    draft: Draft
    approvals: Sequence[Approval]
    git: GitState
    safeguards: Safeguards

    @classmethod
    def of(
        cls,
        draft: Draft,
        folder: Path,
        settings: ProjectSettings,
        approvals: Sequence[Approval],
        files: frozenset[str] = frozenset(),
    ) -> PlanInputs:
        """The inputs of a draft; `files` are the ones that were read."""
        from reconciler.manifests.files.git import git_state
        from reconciler.planning.planfile.safeguards import safeguards_of

        safeguards = safeguards_of(settings.environment, folder)
        return cls(draft, approvals, git_state(folder, files), safeguards)

    @classmethod
    def of_manifests(
        cls, folder: Path, manifests: Manifests, store: Store, only: Sequence[str]
    ) -> PlanInputs:
        """The inputs of a plan that makes the platform match the manifests.

        `only` are globs of addresses, or masks.
        """
        from reconciler.manifests.loading.loader import FieldLocator
        from reconciler.planning.planner import make_plan

        def draft(live: Snapshot, ledger: Ledger, now: datetime) -> Plan:
            settings, locate = manifests.settings, FieldLocator(folder)
            return make_plan(
                manifests.desired,
                live,
                ledger,
                settings=settings,
                now=now,
                locate=locate,
                only=globs_without_masks(store, only, manifests.desired, live, ledger),
            )

        return cls.of(draft, folder, manifests.settings, manifests.approvals, manifests.files)


def undo_draft(store: Store, run_id: str, settings: ProjectSettings) -> Draft:
    """A function that plans to take back a run. Reads the run from the state now."""
    from reconciler.planning.planfile import codec
    from reconciler.planning.undo.planner import make_undo_plan

    applied = codec.load_plan(store.plan_of(run_id), name=f"the plan of run {run_id}")
    steps = store.steps(run_id)

    def draft(live: Snapshot, ledger: Ledger, now: datetime) -> Plan:
        return make_undo_plan(
            applied, steps, live, ledger, run_id=run_id, settings=settings, now=now
        )

    return draft


def make_reviewed_plan(
    connections: Connections,
    settings: ProjectSettings,
    store: Store,
    prepare: Callable[[], PlanInputs],
) -> Plan:
    """Call `prepare` in a thread while the platform is read, then review the plan."""

    async def make() -> Plan:
        async with AsyncExitStack() as stack:

            async def read() -> tuple[Reader, Snapshot]:
                reader, _ = await stack.enter_async_context(connections.reader(settings))
                return reader, await reader.snapshot()

            inputs, (reader, live) = await event_loop.run_together(prepare, read())
            now = connections.clock()
            return await review(
                inputs,
                live,
                reader=reader,
                store=store,
                settings=settings,
                now=now,
                folder=connections.folder,
            )

    return event_loop.run(make())


async def review(
    inputs: PlanInputs,
    live: Snapshot,
    *,
    reader: Reader,
    store: Store,
    settings: ProjectSettings,
    now: datetime,
    folder: Path,
) -> Plan:
    """The plan from fresh facts, with usage and authors, checked by every guard.

    `now` is this machine's time; guards use the platform's. `folder` has the checkout.
    """
    from reconciler.guards.analyzers import unused_approval
    from reconciler.guards.context import Review
    from reconciler.guards.evaluate import evaluate
    from reconciler.guards.usage import addresses_needing_usage, with_usage
    from reconciler.planning.applied_elsewhere import with_reasons
    from reconciler.planning.digests import with_digests
    from reconciler.planning.effects.compute import EffectsDraft
    from reconciler.planning.effects.summary import with_effects
    from reconciler.planning.planfile.safeguards import freezes_in_force
    from reconciler.planning.reports.attribution import addresses_to_attribute, with_attribution
    from reconciler.project.checkout import applied_elsewhere

    key = ledger_key(settings)
    ledger = store.ledger(*key)
    drafted = replace(inputs.draft(live, ledger, now), safeguards=inputs.safeguards)
    elsewhere = applied_elsewhere(drafted, store, key, folder)
    drafted = with_reasons(drafted, elsewhere)
    changed = addresses_to_attribute(drafted)
    drafted = with_attribution(drafted, await reader.audit(changed) if changed else ())
    moment = live.info.time(now)
    draft = EffectsDraft.of(drafted.changes, live, now=moment)
    effects = draft.effects()
    wanted = addresses_needing_usage(drafted, effects)
    if wanted:
        usage = await reader.usage(wanted)
        drafted = with_usage(drafted, usage)
        effects = draft.effects(usage)
    drafted = with_effects(drafted, effects)
    freezes = freezes_in_force(settings.environment.freeze, ledger.safeguards)
    findings, unused = evaluate(
        Review(drafted, live, ledger, effects, moment, freezes=freezes, elsewhere=elsewhere),
        _with_addresses(inputs.approvals, store, drafted),
    )
    unused = _unused_here(unused, drafted)
    addresses = {each.address for each in unused}
    findings = tuple(
        finding
        for finding in findings
        if finding.code != unused_approval.CODE or finding.address in addresses
    )
    unfinished = store.latest_unfinished(key)
    return with_digests(
        replace(
            drafted,
            findings=findings,
            unused_approvals=unused,
            git_commit=inputs.git.commit,
            git_author=inputs.git.author,
            git_dirty=inputs.git.dirty,
            requests_spent=reader.requests,
            unfinished_run=unfinished.id if unfinished is not None else "",
            tool_version=__version__,
        )
    )


def _unused_here(unused: tuple[UnusedApproval, ...], plan: Plan) -> tuple[UnusedApproval, ...]:
    """The approvals that nothing in this plan needs, without those of files for other plans."""
    if plan.undoes:  # the approvals in files are for plans from manifests
        return ()
    if not plan.only:
        return unused
    selection = Selection(plan.only)
    kept = {
        each.address
        for each in unused
        if each.source is None or selection.has(identity(each.address))
    }
    return tuple(each for each in unused if each.address in kept)


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

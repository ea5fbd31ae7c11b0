"""The Python API, and all the command line calls: a folder, an environment, and what can be done.

    project = Project.open(Path("configs"), "prod", access=Access.of(os.environ))
    plan = project.plan()
    report = project.apply(plan)

Synchronous; each call owns an event loop for as long as it lasts. Nothing here prints.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import ManifestError, PlatformError
from reconciler.garbage_collection import collector_paused
from reconciler.kinds.address import Address, identity
from reconciler.live.platform import (
    TOLERATED_SECONDS,
    PlatformInfo,
    Reader,
    Snapshot,
    Usage,
)
from reconciler.manifests.desired import Manifests
from reconciler.manifests.loading.loader import (
    FieldLocator,
    load_manifests,
    load_project_settings,
    with_excerpts,
)
from reconciler.manifests.settings import Approval, ProjectSettings
from reconciler.planning.plan import Plan
from reconciler.privacy.handles import handle_of, is_handle
from reconciler.project import event_loop
from reconciler.project.connections import Connections, ledger_key, resolved
from reconciler.project.credentials import Access, user_name
from reconciler.project.event_loop import beside, interruption

if TYPE_CHECKING:
    from reconciler.applying.apply import Applier, ApplySettings
    from reconciler.applying.events import Listener
    from reconciler.applying.report import RunReport
    from reconciler.planning.planfile.requirements import ApplyRequirements
    from reconciler.planning.reports.explanation import Explanation
    from reconciler.project.review import Prepared
    from reconciler.project.saved_plans import SavedPlans
    from reconciler.state.journal import Step
    from reconciler.state.lease import Lease
    from reconciler.state.ledger import Ledger
    from reconciler.state.runs import Run
    from reconciler.state.sql.store import Store

__all__ = ["Access", "Project"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of manifests, seen from one environment."""

    folder: Path
    environment: str | None
    access: Access
    clock: Callable[[], datetime] = _now

    @classmethod
    def open(cls, folder: Path, environment: str | None = None, *, access: Access) -> Project:
        """Raises nothing yet: the folder is read by the first call that needs it."""
        return cls(folder, environment, access)

    # ---- reading -------------------------------------------------------------------------

    def manifests(self, approvals: Sequence[Approval] = ()) -> Manifests:
        """The folder, read and checked; no network. Raises ManifestError, UsageError."""
        with collector_paused():
            return self._loaded(self.environment, approvals)

    def _loaded(self, environment: str | None, approvals: Sequence[Approval]) -> Manifests:
        from reconciler.guards.registry import GUARD_CODES

        return load_manifests(self.folder, environment, approvals=approvals, guards=GUARD_CODES)

    def settings(self) -> ProjectSettings:
        """The project file and the environment alone."""
        return load_project_settings(self.folder, self.environment)

    def plan(self, approvals: Sequence[Approval] = ()) -> Plan:
        """What it takes to make the platform as the manifests say, looked at by every guard."""
        from reconciler.manifests.files.git import git_state
        from reconciler.planning.planfile.safeguards import safeguards_of
        from reconciler.planning.planner import make_plan
        from reconciler.project.review import Prepared

        def prepare() -> Prepared:
            manifests = self._loaded(self.environment, approvals)

            def drafted(live: Snapshot, ledger: Ledger, now: datetime) -> Plan:
                return make_plan(
                    manifests.desired,
                    live,
                    ledger,
                    settings=manifests.settings,
                    now=now,
                    locate=FieldLocator(self.folder),
                )

            return Prepared(
                drafted,
                manifests.approvals,
                git_state(self.folder, manifests.files),
                safeguards_of(manifests.settings.environment, self.folder),
            )

        with collector_paused():
            settings = self._settings_of_sound_files()
            with self._connections.store_to_read() as store:
                try:
                    return event_loop.run(self._reviewed(settings, store, prepare))
                except ManifestError as error:
                    raise ManifestError(with_excerpts(self.folder, error.problems)) from error

    def _settings_of_sound_files(self) -> ProjectSettings:
        """The settings; where they are wrong, everything that is wrong in the folder is told."""
        try:
            return self.settings()
        except ManifestError:
            self.manifests()
            raise

    def undo_plan(self, run_id: str, approvals: Sequence[Approval] = ()) -> Plan:
        """What it takes to put the platform back as it was before a run, looked at by every guard.

        Approvals count as for any plan; manifests that cannot be read do not hold it up. Raises
        StateError for a run that is not there or was pruned, PlanRefused where it cannot be undone.
        """
        from reconciler.manifests.files.git import git_state
        from reconciler.planning.planfile import codec
        from reconciler.planning.planfile.safeguards import safeguards_of
        from reconciler.planning.undo.planner import make_undo_plan
        from reconciler.planning.undo.run_effects import check_can_be_undone
        from reconciler.project.review import Prepared

        with collector_paused(), self._connections.store_to_read() as store:
            run = store.run(run_id)
            environment = self.environment or run.key.environment
            settings = load_project_settings(self.folder, environment)
            check_can_be_undone(run, ledger_key(settings))
            made = codec.load_plan(store.plan_of(run_id), name=f"the plan of run {run_id}")
            steps = store.steps(run_id)

            def drafted(live: Snapshot, ledger: Ledger, now: datetime) -> Plan:
                return make_undo_plan(
                    made, steps, live, ledger, run_id=run_id, settings=settings, now=now
                )

            def prepare() -> Prepared:
                approved, files = self._approvals(environment, approvals)
                safeguards = safeguards_of(settings.environment, self.folder)
                return Prepared(drafted, approved, git_state(self.folder, files), safeguards)

            return event_loop.run(self._reviewed(settings, store, prepare))

    def _approvals(
        self, environment: str, given: Sequence[Approval]
    ) -> tuple[tuple[Approval, ...], frozenset[str]]:
        """Those of the files too, unless something in the folder is wrong; and the files read."""
        try:
            manifests = self._loaded(environment, given)
        except ManifestError:
            return tuple(given), frozenset()
        return manifests.approvals, manifests.files

    async def _reviewed(
        self, settings: ProjectSettings, store: Store, prepare: Callable[[], Prepared]
    ) -> Plan:
        """What `prepare` makes of the files while the platform is read, reviewed together."""
        from reconciler.project.review import review

        async with AsyncExitStack() as stack:

            async def read() -> tuple[Reader, Snapshot]:
                opening = self._connections.reader(settings)
                reader, _ = await stack.enter_async_context(opening)
                return reader, await reader.snapshot()

            prepared, (reader, live) = await beside(prepare, read())
            now = self.clock()
            return await review(
                prepared, live, reader=reader, store=store, settings=settings, now=now
            )

    def explain(self, address: str) -> Explanation:
        """Each field of a resource: in git, as last applied, live, and who changed it."""
        from reconciler.manifests.loading.loader import field_positions
        from reconciler.planning.removals import planned_removal
        from reconciler.planning.reports.explanation import ResourceStatus, explain

        manifests = self.manifests()
        with self._connections.store_to_read() as store:

            async def look() -> Explanation:
                async with self._connections.reader(manifests.settings) as (reader, _):
                    live = await reader.snapshot()
                    ledger = store.ledger(*ledger_key(manifests.settings))
                    known = [
                        one.address
                        for found in (manifests.desired.resources, live.resources, ledger.entries)
                        for one in found.values()
                    ]
                    where = resolved(store, address, known)
                    audit = await reader.audit([where])
                wanted = manifests.desired.resources.get(identity(where))
                return explain(
                    where,
                    desired=wanted,
                    entry=ledger.find(where),
                    live=live.find(where),
                    audit=audit,
                    positions=field_positions(self.folder, wanted) if wanted is not None else {},
                    circumstances=ResourceStatus(
                        ledger.foreign.get(identity(where), ""),
                        planned_removal(where, manifests.desired, live, ledger),
                        live.why_unknown(where) or "",
                    ),
                )

            return event_loop.run(look())

    def usage(self, address: str) -> Usage:
        """Who and what uses a resource now. Raises PlatformError when there is no such resource."""
        settings = self.settings()

        async def look() -> Usage:
            async with self._connections.reader(settings) as (reader, _):
                where = Address(address)
                if is_handle(address):
                    live = await reader.snapshot()
                    with self._connections.store_to_read() as store:
                        known = [one.address for one in live.resources.values()]
                        where = resolved(store, address, known)
                found = await reader.usage([where])
                if identity(where) not in found:
                    raise PlatformError(
                        f"there is no {address} on the platform, or it may not be seen"
                    )
                return found[identity(where)]

        return event_loop.run(look())

    def permissions(self) -> PlatformInfo:
        """Who the token belongs to, and what it may do."""
        settings = self.settings()

        async def look() -> PlatformInfo:
            async with self._connections.reader(settings) as (_, info):
                return info

        return event_loop.run(look())

    def snapshot(self) -> Snapshot:
        """The platform as it is, for an export."""
        settings = self.settings()

        async def look() -> Snapshot:
            async with self._connections.reader(settings) as (reader, _):
                return await reader.snapshot()

        with collector_paused():
            return event_loop.run(look())

    # ---- writing -------------------------------------------------------------------------

    def apply(
        self,
        plan: Plan,
        *,
        notify: Listener | None = None,
        settings: ApplySettings | None = None,
        demands: ApplyRequirements | None = None,
    ) -> RunReport:
        """Apply a plan as it was reviewed. Raises PlanRefused, Blocked, Locked, Unreachable with
        nothing written; anything later is in the report."""
        from reconciler.planning.planfile.requirements import ApplyRequirements, check_requirements

        demands = demands or ApplyRequirements()
        check_requirements(plan, demands)
        operation = "undo" if plan.undoes else "apply"
        return self._applied(
            operation, lambda applier: applier.apply(plan), notify, settings, demands
        )

    def apply_expected(
        self,
        digest: str,
        *,
        approvals: Sequence[Approval] = (),
        notify: Listener | None = None,
        settings: ApplySettings | None = None,
        demands: ApplyRequirements | None = None,
        against: Plan | None = None,
    ) -> RunReport:
        """Plan afresh, and apply only if its content is what was approved. Raises PlanStale.

        `against` is the plan that was approved, if it is at hand: what differs is told.
        """
        from reconciler.planning.planfile.plan_diff import (
            check_approved_digest,
            has_content_digest,
            unexpected_plan,
        )
        from reconciler.planning.planfile.requirements import check_unsaved_allowed

        check_unsaved_allowed(self.settings().environment)
        if against is not None:
            check_approved_digest(against, digest)
        plan = self.plan(approvals)
        if not has_content_digest(plan, digest):
            key = self.mask_key()
            raise unexpected_plan(plan, digest, against, named=lambda one: handle_of(key, one))
        return self.apply(plan, notify=notify, settings=settings, demands=demands)

    def resume(
        self,
        run: str | None = None,
        *,
        notify: Listener | None = None,
        settings: ApplySettings | None = None,
    ) -> RunReport:
        """Settle a run that did not finish."""
        return self._applied("resume", lambda applier: applier.resume(run), notify, settings)

    def _applied(
        self,
        operation: str,
        work: Callable[[Applier], Coroutine[None, None, RunReport]],
        notify: Listener | None,
        how: ApplySettings | None,
        demands: ApplyRequirements | None = None,
    ) -> RunReport:
        from reconciler.applying.apply import Applier, ApplySettings
        from reconciler.applying.batches import RequestLimits
        from reconciler.applying.events import ClocksDiffer, silent
        from reconciler.live.http.limiter import Limiter
        from reconciler.planning.planfile.requirements import (
            ApplyRequirements,
            check_environment_signature,
        )
        from reconciler.planning.planfile.safeguards import safeguards_of
        from reconciler.state.lease import Claim
        from reconciler.state.processes import mark_of_this
        from reconciler.state.sql.store import Store

        settings = self.settings()

        def accepted(plan: Plan, ledger: Ledger) -> None:
            here = safeguards_of(settings.environment, self.folder)
            check_environment_signature(
                plan, demands or ApplyRequirements(), here, ledger.safeguards
            )

        async def applied(store: Store) -> RunReport:
            limiter = Limiter()
            async with (
                self._connections.reader(settings, limiter) as (reader, info),
                self._connections.writer(settings, limiter) as writer,
            ):
                listener = notify or silent
                ahead = info.ahead_seconds
                if ahead is not None and abs(ahead) > TOLERATED_SECONDS:
                    listener(ClocksDiffer(ahead))
                applier = Applier(
                    reader=reader,
                    writer=writer,
                    limits=RequestLimits.of(info),
                    store=store,
                    key=ledger_key(settings),
                    claim=Claim(
                        user_name(), socket.gethostname(), os.getpid(), operation, mark_of_this()
                    ),
                    notify=listener,
                    clock=self.clock,
                    should_stop=interruption(asyncio.get_running_loop()),
                    settings=how or ApplySettings(),
                    freeze=settings.environment.freeze,
                    accept=accepted,
                )
                report = await work(applier)
                return replace(report, platform_ahead_seconds=ahead)

        with Store.open(self._connections.state) as store:
            return event_loop.run(applied(store))

    def unlock(self) -> Lease | None:
        """Break the lease; what it was, None when it was free."""
        from reconciler.state.sql.store import Store

        settings = self.settings()
        with Store.open(self._connections.state) as store:
            return store.break_lease(ledger_key(settings))

    def prune(self, older_than: timedelta) -> int:
        """Drop the plans and images of runs that ended so long ago; how many runs there were."""
        from reconciler.manifests.loading.loader import environment_names
        from reconciler.state.sql.store import Store

        environment_names(self.folder)  # a folder that is none is refused before a state is made
        with Store.open(self._connections.state) as store:
            return store.prune(self.clock() - older_than)

    # ---- history -------------------------------------------------------------------------

    def history(self, *, address: str | None = None, limit: int = 20) -> tuple[Run, ...]:
        """The runs of this ledger, or those that touched an address, newest first."""
        key = ledger_key(self.settings())
        with self._connections.store_to_read() as store:
            if address is None:
                return store.runs(key, limit)
            known = [one.address for one in store.ledger(*key).entries.values()]
            where = resolved(store, address, known)
            return store.runs_touching(key, where, limit=limit)

    def run(self, run_id: str) -> tuple[Run, tuple[Step, ...]]:
        """One run and its steps. Raises StateError when there is none of that id."""
        with self._connections.store_to_read() as store:
            return store.run(run_id), store.steps(run_id)

    def mask_key(self) -> bytes:
        """The key that personal addresses are masked with."""
        with self._connections.store_to_read() as store:
            return store.mask_key()

    # ---- plan files ----------------------------------------------------------------------

    @property
    def plans(self) -> SavedPlans:
        """Plan files, written and read with the key of the state."""
        from reconciler.project.saved_plans import SavedPlans

        return SavedPlans(self._connections)

    @property
    def _connections(self) -> Connections:
        return Connections(self.folder, self.access, self.clock)

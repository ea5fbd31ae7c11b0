"""The Python API, and all that the command line calls: a folder in one environment.

    project = Project.open(Path("configs"), "prod", access=Access.of(os.environ))
    plan = project.plan()
    report = project.apply(plan)

Every call is synchronous and owns an event loop while it runs. Nothing here prints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import ManifestError, PlatformError
from reconciler.garbage_collection import collector_paused
from reconciler.kinds.address import Address, identity
from reconciler.kinds.registry import place
from reconciler.live.platform import PlatformInfo, Snapshot, Usage
from reconciler.manifests.desired import Manifests
from reconciler.manifests.loading.loader import (
    load_manifests,
    load_project_settings,
    with_excerpts,
)
from reconciler.manifests.settings import Approval, ProjectSettings
from reconciler.message import NO_MESSAGE, Command, Message
from reconciler.planning.plan import Plan
from reconciler.privacy.handles import is_handle
from reconciler.project import event_loop
from reconciler.project.connections import (
    Connections,
    ledger_key,
    resolve_address,
)
from reconciler.project.credentials import Access

if TYPE_CHECKING:
    from reconciler.applying.apply import ApplySettings
    from reconciler.applying.events import Listener
    from reconciler.applying.report import RunReport
    from reconciler.planning.planfile.requirements import ApplyRequirements
    from reconciler.planning.reports.directory import DirectoryReport, Section
    from reconciler.planning.reports.explanation import Explanation
    from reconciler.project.apply_run import ApplyRun
    from reconciler.project.copy_state import StateCopy
    from reconciler.project.review import PlanInputs
    from reconciler.project.saved_plans import SavedPlans
    from reconciler.state.journal import Step
    from reconciler.state.lease import Lease
    from reconciler.state.runs import Run

__all__ = ["Access", "Project"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of manifests in one environment; None is the only environment of the folder."""

    folder: Path
    environment: str | None
    access: Access
    clock: Callable[[], datetime] = _now

    @classmethod
    def open(cls, folder: Path, environment: str | None = None, *, access: Access) -> Project:
        """A project that reads nothing yet: the first call that needs the folder reads it."""
        return cls(folder, environment, access)

    # ---- reading -------------------------------------------------------------------------

    def manifests(self, approvals: Sequence[Approval] = ()) -> Manifests:
        """Read and check the folder, without network. Raises ManifestError, UsageError."""
        with collector_paused():
            return self._loaded(self.environment, approvals)

    def _loaded(self, environment: str | None, approvals: Sequence[Approval]) -> Manifests:
        from reconciler.guards.registry import GUARD_CODES

        return load_manifests(self.folder, environment, approvals=approvals, guards=GUARD_CODES)

    def settings(self) -> ProjectSettings:
        """The project file and the environment alone."""
        return load_project_settings(self.folder, self.environment)

    def plan(self, approvals: Sequence[Approval] = (), *, only: Sequence[str] = ()) -> Plan:
        """The plan that makes the platform match the manifests, checked by every guard.

        `only` are globs of addresses, or masks. Raises ManifestError, UsageError, StateError,
        PlatformError.
        """
        from reconciler.project.review import PlanInputs, make_reviewed_plan

        with collector_paused():
            settings = self._checked_settings()
            with self._connections.store_to_read() as store:

                def prepare() -> PlanInputs:
                    manifests = self._loaded(self.environment, approvals)
                    return PlanInputs.of_manifests(self.folder, manifests, store, only)

                try:
                    return make_reviewed_plan(self._connections, settings, store, prepare)
                except ManifestError as error:
                    raise ManifestError(with_excerpts(self.folder, error.problems)) from error

    def _checked_settings(self) -> ProjectSettings:
        """The settings. If they have a problem, all problems of the folder are raised."""
        try:
            return self.settings()
        except ManifestError:
            self.manifests()
            raise

    def undo_plan(self, run_id: str, approvals: Sequence[Approval] = ()) -> Plan:
        """The plan that takes back what a run did, checked by every guard.

        Approvals count as for any plan. Manifests with problems do not prevent an undo. Raises
        StateError for an unknown or pruned run, PlanRefused for a run that cannot be undone.
        """
        from reconciler.planning.undo.run_effects import check_can_be_undone
        from reconciler.project.review import PlanInputs, make_reviewed_plan, undo_draft

        with collector_paused(), self._connections.store_to_read() as store:
            run = store.run(run_id)
            environment = self.environment or run.key.environment
            settings = load_project_settings(self.folder, environment)
            check_can_be_undone(run, ledger_key(settings))
            draft = undo_draft(store, run_id, settings)

            def prepare() -> PlanInputs:
                try:
                    manifests = self._loaded(environment, approvals)
                except ManifestError:  # the approvals in files are left out
                    return PlanInputs.of(draft, self.folder, settings, approvals)
                given, files = manifests.approvals, manifests.files
                return PlanInputs.of(draft, self.folder, settings, given, files)

            return make_reviewed_plan(self._connections, settings, store, prepare)

    def explain(self, address: str) -> Explanation:
        """Each field of a resource in git, as last applied and live, and who changed it."""
        from reconciler.manifests.loading.loader import field_positions
        from reconciler.planning.removals import planned_removal
        from reconciler.planning.reports.explanation import ResourceStatus, explain

        manifests = self.manifests()
        with self._connections.store_to_read() as store:

            async def read() -> Explanation:
                async with self._connections.reader(manifests.settings) as (reader, _):
                    live = await reader.snapshot()
                    ledger = store.ledger(*ledger_key(manifests.settings))
                    known = [
                        resource.address
                        for side in (manifests.desired.resources, live.resources, ledger.entries)
                        for resource in side.values()
                    ]
                    where = resolve_address(store, address, known)
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
                        live.why_unknown(where) or NO_MESSAGE,
                    ),
                )

            return event_loop.run(read())

    def usage(self, address: str) -> Usage:
        """Who and what uses a resource now. Raises PlatformError for an unknown resource."""
        settings = self.settings()

        async def read() -> Usage:
            async with self._connections.reader(settings) as (reader, _):
                where = Address(address)
                if is_handle(address):
                    live = await reader.snapshot()
                    with self._connections.store_to_read() as store:
                        known = [resource.address for resource in live.resources.values()]
                        where = resolve_address(store, address, known)
                found = await reader.usage([where])
                if identity(where) not in found:
                    raise PlatformError(
                        Message.of(
                            "{address} does not exist on the platform, or this token may not view "
                            "it",
                            address=place(address),
                        ),
                        next_step=Message.of(
                            "check the address, and the token's rights with {permissions}",
                            permissions=Command.of("permissions"),
                        ),
                    )
                return found[identity(where)]

        return event_loop.run(read())

    def permissions(self) -> PlatformInfo:
        """The platform, the token's user, and what the token may do."""
        settings = self.settings()

        async def read() -> PlatformInfo:
            async with self._connections.reader(settings) as (_, info):
                return info

        return event_loop.run(read())

    def snapshot(self) -> Snapshot:
        """Everything that is on the platform, for an export."""
        settings = self.settings()

        async def read() -> Snapshot:
            async with self._connections.reader(settings) as (reader, _):
                return await reader.snapshot()

        with collector_paused():
            return event_loop.run(read())

    def directory(self, section: Section) -> DirectoryReport:
        """The users, connectors, forms or numbers of the platform, with their uses."""
        from reconciler.planning.reports.directory import directory_report

        maps = self.settings().environment.maps
        return directory_report(section, self.snapshot(), maps)

    # ---- writing -------------------------------------------------------------------------

    def apply(
        self,
        plan: Plan,
        *,
        notify: Listener | None = None,
        settings: ApplySettings | None = None,
        requirements: ApplyRequirements | None = None,
    ) -> RunReport:
        """Apply a plan exactly as it was reviewed.

        Raises PlanRefused, Blocked, Locked or Unreachable with nothing written. A later error is
        in the report.
        """
        from reconciler.planning.planfile.requirements import check_requirements

        if requirements is not None:
            check_requirements(plan, requirements)
        operation = "undo" if plan.undoes else "apply"
        run = self._apply_run(operation, notify, settings, requirements)
        return run.run(lambda applier: applier.apply(plan))

    def apply_expected(
        self,
        digest: str,
        *,
        approvals: Sequence[Approval] = (),
        notify: Listener | None = None,
        settings: ApplySettings | None = None,
        requirements: ApplyRequirements | None = None,
        against: Plan | None = None,
        only: Sequence[str] = (),
    ) -> RunReport:
        """Make a new plan, and apply it only if its content digest is `digest`.

        Raises PlanStale otherwise. Pass the approved plan as `against`, if you have it: the error
        then lists the differences.
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
        plan = self.plan(approvals, only=only)
        if not has_content_digest(plan, digest):
            raise unexpected_plan(plan, digest, against)
        return self.apply(plan, notify=notify, settings=settings, requirements=requirements)

    def resume(
        self,
        run: str | None = None,
        *,
        notify: Listener | None = None,
        settings: ApplySettings | None = None,
    ) -> RunReport:
        """Settle an unfinished run and make the rest of it; the newest if none is named."""
        apply_run = self._apply_run("resume", notify, settings)
        return apply_run.run(lambda applier: applier.resume(run))

    def _apply_run(
        self,
        operation: str,
        notify: Listener | None,
        settings: ApplySettings | None,
        requirements: ApplyRequirements | None = None,
    ) -> ApplyRun:
        from reconciler.project.apply_run import ApplyRun

        return ApplyRun(
            self._connections, self.settings(), operation, notify, settings, requirements
        )

    def unlock(self) -> Lease | None:
        """Break the lease and return it; None when it was free."""
        from reconciler.state.sql.store import Store

        settings = self.settings()
        with Store.open(self._connections.state) as store:
            return store.break_lease(ledger_key(settings))

    def prune(self, older_than: timedelta) -> int:
        """Drop the plans and images of runs that ended that long ago; returns their number."""
        from reconciler.manifests.loading.loader import environment_names
        from reconciler.state.sql.store import Store

        environment_names(
            self.folder
        )  # refuse a folder that is not a project before a state is created
        with Store.open(self._connections.state) as store:
            return store.prune(self.clock() - older_than)

    def copy_state(self, to: str) -> StateCopy:
        """Copy the state into an empty one; `to` is a path or a URL. Raises StateError, Locked."""
        from reconciler.manifests.loading.loader import environment_names
        from reconciler.project.copy_state import copy_state

        environment_names(self.folder)  # refuse a folder that is not a project
        return copy_state(self._connections.state, to, now=self.clock())

    # ---- history -------------------------------------------------------------------------

    def history(self, *, address: str | None = None, limit: int = 20) -> tuple[Run, ...]:
        """The newest runs of this ledger, or the newest that touched an address; newest first."""
        key = ledger_key(self.settings())
        with self._connections.store_to_read() as store:
            if address is None:
                return store.runs(key, limit)
            known = [entry.address for entry in store.ledger(*key).entries.values()]
            where = resolve_address(store, address, known)
            return store.runs_touching(key, where, limit=limit)

    def stored_runs(self, limit: int) -> tuple[Run, ...]:
        """The newest runs of this ledger, for a completion: creates and writes no state."""
        from reconciler.state.sql.store import Store

        with Store.open_read_only(self._connections.state) as store:
            return store.runs(ledger_key(self.settings()), limit)

    def run(self, run_id: str) -> tuple[Run, tuple[Step, ...]]:
        """One run and its steps. Raises StateError for an unknown id."""
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

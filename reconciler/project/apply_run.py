"""Connect an Applier to a project's platform and state, and run it to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.applying.apply import Applier, ApplySettings
from reconciler.applying.batches import RequestLimits
from reconciler.applying.events import ClocksDiffer, Listener, silent
from reconciler.applying.report import RunReport
from reconciler.live.http.limiter import Limiter
from reconciler.live.platform import TOLERATED_SECONDS
from reconciler.planning.planfile.requirements import (
    ApplyRequirements,
    check_environment_signature,
)
from reconciler.planning.planfile.safeguards import safeguards_of
from reconciler.project import event_loop
from reconciler.project.connections import Connections, ledger_key
from reconciler.project.credentials import claim_of_process
from reconciler.state.sql.store import Store

if TYPE_CHECKING:
    from reconciler.manifests.settings import ProjectSettings
    from reconciler.planning.plan import Plan
    from reconciler.state.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ApplyRun:
    """One apply, undo or resume of a project, which may write to the platform."""

    connections: Connections
    settings: ProjectSettings
    operation: str
    notify: Listener | None = None
    apply_settings: ApplySettings | None = None
    requirements: ApplyRequirements | None = None

    def run(self, work: Callable[[Applier], Coroutine[None, None, RunReport]]) -> RunReport:
        """Do `work` with an Applier; the state is open and the platform connected meanwhile."""
        with Store.open(self.connections.state) as store:
            return event_loop.run(self._run(work, store))

    async def _run(
        self, work: Callable[[Applier], Coroutine[None, None, RunReport]], store: Store
    ) -> RunReport:
        limiter, notify = Limiter(), self.notify or silent
        async with (
            self.connections.reader(self.settings, limiter) as (reader, info),
            self.connections.writer(self.settings, limiter) as writer,
        ):
            ahead = info.ahead_seconds
            if ahead is not None and abs(ahead) > TOLERATED_SECONDS:
                notify(ClocksDiffer(ahead))
            applier = Applier(
                reader=reader,
                writer=writer,
                limits=RequestLimits.of(info),
                store=store,
                key=ledger_key(self.settings),
                claim=claim_of_process(self.operation),
                notify=notify,
                clock=self.connections.clock,
                should_stop=event_loop.stop_requested(asyncio.get_running_loop()),
                settings=self.apply_settings or ApplySettings(),
                freeze=self.settings.environment.freeze,
                accept=self._accept,
            )
            return replace(await work(applier), platform_ahead_seconds=ahead)

    def _accept(self, plan: Plan, ledger: Ledger) -> None:
        """Raise PlanRefused for a plan without the signature that files or ledger require."""
        safeguards = safeguards_of(self.settings.environment, self.connections.folder)
        requirements = self.requirements or ApplyRequirements()
        check_environment_signature(plan, requirements, safeguards, ledger.safeguards)

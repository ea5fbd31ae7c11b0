"""A platform, a state and any number of appliers in this process.

Time is injected and nothing sleeps. There is a point before and after every journal write and every
request of an applier. At a point it can be killed, suspended while another applier takes over, or
overtaken by an edit of a person.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from hypothesis import note

from reconciler.applying.apply import Applier, ApplySettings
from reconciler.applying.batches import RequestLimits
from reconciler.applying.events import Event
from reconciler.applying.report import RunReport
from reconciler.guards.context import Review
from reconciler.guards.evaluate import evaluate
from reconciler.guards.usage import addresses_needing_usage, with_usage
from reconciler.live.http import settings as live_settings
from reconciler.live.http.connect import connect_reader, connect_writer
from reconciler.live.http.limiter import Limiter
from reconciler.live.platform import Snapshot
from reconciler.manifests.desired import Desired
from reconciler.manifests.freeze import Freeze
from reconciler.manifests.settings import Approval
from reconciler.planning.digests import with_digests
from reconciler.planning.effects.compute import EffectsDraft
from reconciler.planning.order import steps_per_batch
from reconciler.planning.plan import Plan
from reconciler.planning.planner import make_plan as planned
from reconciler.sandbox.api.app import create_app
from reconciler.sandbox.api.settings import SandboxSettings
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim
from reconciler.state.ledger import LedgerEntry
from reconciler.state.sql.store import Store
from tests.applying.faulty_transport import FaultyTransport
from tests.planning.plan_worlds import SETTINGS

URL = "http://platform.example"
KEY = LedgerKey("acme", "dev", "acme-dev")
CI, MARIA = "sandbox-ci", "maria"
SEED: dict[str, Any] = {
    "platform": {"id": "acme-dev", "name": "Acme"},
    "users": [{"name": name, "full_name": name.title()} for name in ("ana", "luis", "pia", "eva")],
    "connectors": [
        {"name": "phone", "type": "telephony", "numbers": ["+59829001234", "+59829005678"]},
        {"name": "mail", "type": "email", "numbers": []},
        {"name": "web", "type": "webchat", "numbers": []},
    ],
    "forms": [],
    "tokens": {MARIA: {"user": MARIA, "profile": "administrator"}},
}
LIVE_SETTINGS = live_settings.HttpSettings(
    attempts=3, backoff_seconds=0, backoff_max_seconds=0, jitter_seconds=0
)
JOURNAL = ("begin_run", "record_intents", "withdraw_intents", "record_outcomes", "finish_run")


class Killed(BaseException):
    """The process was killed: nothing more of it runs."""


class Time:
    """The clock of a world: it moves only with `sleep` or by hand."""

    def __init__(self) -> None:
        self.start = datetime.now(UTC)
        self.passed = 0.0
        self.meanwhile: Callable[[], None] | None = None

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        """Advance the clock. A pending event happens once, during the first sleep."""
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        self.passed += seconds
        await asyncio.sleep(0)


@dataclass
class Points:
    """Counts the points where an applier can be interrupted, and acts at one of them."""

    strike_at: int = 0
    strike: Callable[[], None] | None = None
    seen: list[str] = field(default_factory=list)
    dead: bool = False

    def reached(self, name: str) -> None:
        """Count a point; the action happens before the next operation."""
        if self.dead:
            raise Killed
        self.seen.append(name)
        if len(self.seen) == self.strike_at and self.strike is not None:
            self.strike()

    def kill(self) -> None:
        """Kill the process: all its later operations fail."""
        self.dead = True
        raise Killed


class PointStore:
    """A store with a point at every journal write; a killed process does not release its lease."""

    def __init__(self, store: Store, points: Points) -> None:
        self._store, self._points = store, points

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name not in JOURNAL:
            return found

        def struck(*args: Any, **kwargs: Any) -> Any:
            self._points.reached(f"before {name}")
            result = found(*args, **kwargs)
            self._points.reached(f"after {name}")
            return result

        return struck

    def release(self, lease: Any) -> None:
        if not self._points.dead:
            self._store.release(lease)

    def heartbeat(self, lease: Any, now: Any) -> Any:
        return self._store.heartbeat(lease, now)


@dataclass
class Applying:
    """One applier, with its interruption points and faults."""

    world: World
    holder: str = "ci"
    points: Points = field(default_factory=Points)
    settings: ApplySettings = field(default_factory=ApplySettings)
    should_stop: Callable[[], bool] = lambda: False
    store: Store | None = None
    events: list[Event] = field(default_factory=list)
    freeze: Freeze | None = None

    def __post_init__(self) -> None:
        self.transport = FaultyTransport(httpx.ASGITransport(self.world.app))
        self.transport.point = self.points.reached

    def apply(self, plan: Plan) -> RunReport:
        """Apply a plan in a new event loop."""
        return asyncio.run(self._with(lambda applier: applier.apply(plan)))

    def resume(self, run_id: str | None = None) -> RunReport:
        """Resume an unfinished run."""
        return asyncio.run(self._with(lambda applier: applier.resume(run_id)))

    async def _with(self, work: Callable[[Applier], Any]) -> RunReport:
        world, time = self.world, self.world.time
        limiter = Limiter(clock=time.monotonic, sleep=time.sleep)
        how: dict[str, Any] = {
            "limiter": limiter,
            "settings": LIVE_SETTINGS,
            "transport": self.transport,
        }
        async with AsyncExitStack() as stack:
            reader = await stack.enter_async_context(connect_reader(URL, CI, **how))
            writer = await stack.enter_async_context(connect_writer(URL, CI, **how))
            applier = Applier(
                reader=reader,
                writer=writer,
                limits=world.limits,
                store=PointStore(self.store or world.store, self.points),  # type: ignore[arg-type]
                key=KEY,
                claim=Claim(self.holder, f"{self.holder}-host", 7, "apply"),
                notify=self.events.append,
                clock=time.now,
                should_stop=self.should_stop,
                settings=self.settings,
                sleep=time.sleep,
                freeze=self.freeze,
            )
            report: RunReport = await work(applier)
            return report


class World:
    """A platform with users, and a state: a file in `folder`, or at the URL `state`."""

    def __init__(
        self,
        folder: Path,
        resources: Sequence[Mapping[str, Any]] = (),
        *,
        limits: Mapping[str, int] | None = None,
        state: str | None = None,
        **settings: Any,
    ) -> None:
        platform = {**SEED["platform"], "limits": limits or {}}
        seed = {**SEED, "platform": platform, "resources": list(resources)}
        self.app = create_app(SandboxSettings(seed=seed, **settings))
        self.store = Store.open(state or str(folder / "state.db"))
        self.time = Time()
        limits = self.app.state.sandbox.limits
        self.limits = RequestLimits(steps_per_batch(limits.batch), limits.batch, limits.body_bytes)

    def close(self) -> None:
        self.store.close()
        self.app.state.sandbox.close()

    # ---- edits --------------------------------------------------------------------------

    def person(self, method: str, address: str, body: Any = None) -> httpx.Response:
        """Send a request as the user Maria."""
        return in_thread(lambda: asyncio.run(self._call(method, f"/v1/{address}", body)))

    def edited(self, method: str, address: str, body: Any = None) -> None:
        """Send a request as Maria, and check that it succeeds."""
        answer = self.person(method, address, body)
        assert answer.is_success, answer.text

    async def _call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {MARIA}"}
        async with httpx.AsyncClient(transport=transport, base_url=URL, headers=headers) as client:
            return await client.request(method, path, json=body)

    # ---- reading -------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The current platform."""
        return in_thread(lambda: asyncio.run(self._snapshot()))

    async def _snapshot(self) -> Snapshot:
        transport = httpx.ASGITransport(self.app)
        async with connect_reader(URL, CI, transport=transport) as reader:
            return await reader.snapshot()

    def audit(self) -> list[dict[str, Any]]:
        """The whole audit log, oldest first."""
        answer = in_thread(lambda: asyncio.run(self._call("GET", "/v1/audit?page_size=5000")))
        items: list[dict[str, Any]] = answer.json()["items"]
        return items[::-1]

    def owned(self) -> dict[str, LedgerEntry]:
        """The entries of the ledger."""
        return dict(self.store.ledger(*KEY).entries)

    # ---- planning ------------------------------------------------------------------------

    def plan(self, want: Desired) -> Plan:
        """A plan with all blocking findings approved. Raises ManifestError."""
        before = len(self.audit())
        made = in_thread(lambda: asyncio.run(self._plan(want)))
        assert len(self.audit()) == before, "planning wrote something"
        return made

    async def _plan(self, want: Desired) -> Plan:
        now = self.time.now()
        ledger = self.store.ledger(*KEY)
        transport = httpx.ASGITransport(self.app)
        async with connect_reader(URL, CI, transport=transport) as reader:
            live = await reader.snapshot()
            drafted = planned(want, live, ledger, settings=SETTINGS, now=now)
            draft = EffectsDraft.of(drafted.changes, live, now=now)
            usage = await reader.usage(addresses_needing_usage(drafted, draft.effects()))
            drafted = with_usage(drafted, usage)
        effects = draft.effects(usage)
        review = Review(plan=drafted, live=live, ledger=ledger, effects=effects, now=now)
        blocking = [item for item in evaluate(review, ())[0] if item.blocks]
        approvals = [Approval(item.code, item.approval, "tried on purpose") for item in blocking]
        findings, _ = evaluate(review, approvals)
        unfinished = self.store.latest_unfinished(KEY)
        return with_digests(
            replace(drafted, findings=findings, unfinished_run=unfinished.id if unfinished else "")
        )

    def applied(self, want: Desired) -> RunReport:
        """Plan and apply without interruptions."""
        report = Applying(self).apply(self.plan(want))
        assert report.exit_code == 0, report_text(report)
        return report


def in_thread(work: Callable[[], Any]) -> Any:
    """The result of a coroutine run in a new thread with its own event loop."""
    found: list[Any] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return found[0]


def report_text(report: RunReport) -> str:
    """A run as text, for a failing assertion."""
    lines = [f"exit {report.exit_code}, stopped by {report.stopped_by!r}"]
    lines += [f"  {s.seq} {s.action} {s.address}: {s.state} {s.detail}" for s in report.steps]
    return "\n".join(lines)


# ---- notes -------------------------------------------------------------------


def shown(text: str) -> None:
    """Add a note to a failing example."""
    note(text)

"""A platform, a state and any number of appliers in this process, and what must be true of them.

Time is injected and nothing sleeps. Wherever a journal write or a request of an applier begins
or ends there is a point: there it can be killed, suspended while somebody else takes over, or
overtaken by a person's edit.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from hypothesis import note

from reconciler.applying.apply import Applier, Settings
from reconciler.applying.batches import Limits
from reconciler.applying.events import Event
from reconciler.applying.ledger_changes import ledger_changes
from reconciler.applying.report import RunReport
from reconciler.guards.evaluate import evaluate
from reconciler.guards.facts import usage_wanted, with_usage
from reconciler.guards.review import Review
from reconciler.kinds.address import Address, identity
from reconciler.live import settings as live_settings
from reconciler.live.connect import connect_reader, connect_writer
from reconciler.live.limiter import Limiter
from reconciler.live.platform import LiveResource, Snapshot
from reconciler.manifests.desired import Approval, Desired
from reconciler.manifests.freeze import Freeze
from reconciler.planning.calendars import opening_hours
from reconciler.planning.digests import sealed
from reconciler.planning.model import Action, Change, Plan
from reconciler.planning.order import batch_steps
from reconciler.planning.planner import plan as planned
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.state.changes import Rebase, Remove, Upsert
from reconciler.state.journal import Step, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.lease_rows import Claim
from reconciler.state.ledger import LedgerEntry
from reconciler.state.store import Store
from tests.planning.estates import SETTINGS
from tests.torture.faulty import FaultyTransport

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
LIVE_SETTINGS = live_settings.Settings(
    attempts=3, backoff_seconds=0, backoff_max_seconds=0, jitter_seconds=0
)
JOURNAL = ("begin_run", "record_intents", "withdraw_intents", "record_outcomes", "finish_run")


class Killed(BaseException):
    """The process is gone at once: nothing of it runs any more."""


class Time:
    """The one clock of a world: it moves only when somebody sleeps or moves it."""

    def __init__(self) -> None:
        self.start = datetime.now(UTC)
        self.passed = 0.0
        self.meanwhile: Callable[[], None] | None = None

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        """Let time pass; what happens meanwhile happens once, in the first sleep there is."""
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        self.passed += seconds
        await asyncio.sleep(0)


@dataclass
class Points:
    """Counts the places where an applier may be struck, and strikes at one of them."""

    strike_at: int = 0
    strike: Callable[[], None] | None = None
    seen: list[str] = field(default_factory=list)
    dead: bool = False

    def reached(self, name: str) -> None:
        """One more point; the stroke falls before what comes next."""
        if self.dead:
            raise Killed
        self.seen.append(name)
        if len(self.seen) == self.strike_at and self.strike is not None:
            self.strike()

    def kill(self) -> None:
        """Nothing of this process works from here on."""
        self.dead = True
        raise Killed


class StruckStore:
    """A store whose journal writes are points; a dead process gives nothing back."""

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
    """One applier, and all that can befall it."""

    world: World
    holder: str = "ci"
    points: Points = field(default_factory=Points)
    settings: Settings = field(default_factory=Settings)
    should_stop: Callable[[], bool] = lambda: False
    store: Store | None = None
    events: list[Event] = field(default_factory=list)
    freeze: Freeze | None = None

    def __post_init__(self) -> None:
        self.transport = FaultyTransport(httpx.ASGITransport(self.world.app))
        self.transport.point = self.points.reached

    def apply(self, plan: Plan) -> RunReport:
        """Apply a plan to its end, in a loop of its own."""
        return asyncio.run(self._with(lambda applier: applier.apply(plan)))

    def resume(self, run_id: str | None = None) -> RunReport:
        """Settle what is unfinished."""
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
                store=StruckStore(self.store or world.store, self.points),  # type: ignore[arg-type]
                key=KEY,
                claim=Claim(self.holder, f"{self.holder}-host", 7, "apply"),
                tell=self.events.append,
                clock=time.now,
                should_stop=self.should_stop,
                settings=self.settings,
                sleep=time.sleep,
                freeze=self.freeze,
            )
            report: RunReport = await work(applier)
            return report


class World:
    """A platform with people on it, and a state."""

    def __init__(
        self,
        folder: Path,
        resources: Sequence[Mapping[str, Any]] = (),
        *,
        limits: Mapping[str, int] | None = None,
        **settings: Any,
    ) -> None:
        platform = {**SEED["platform"], "limits": limits or {}}
        seed = {**SEED, "platform": platform, "resources": list(resources)}
        self.app = create_app(SandboxSettings(seed=seed, **settings))
        self.store = Store.open(str(folder / "state.db"))
        self.time = Time()
        told = self.app.state.sandbox.limits
        self.limits = Limits(batch_steps(told.batch), told.batch, told.body_bytes)

    def close(self) -> None:
        self.store.close()
        self.app.state.sandbox.close()

    # ---- people --------------------------------------------------------------------------

    def person(self, method: str, address: str, body: Any = None) -> httpx.Response:
        """Maria does something at her screen."""
        return in_thread(lambda: asyncio.run(self._call(method, f"/v1/{address}", body)))

    def edited(self, method: str, address: str, body: Any = None) -> None:
        """The same, and it works."""
        answer = self.person(method, address, body)
        assert answer.is_success, answer.text

    async def _call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {MARIA}"}
        async with httpx.AsyncClient(transport=transport, base_url=URL, headers=headers) as client:
            return await client.request(method, path, json=body)

    # ---- looking -------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The platform as it is."""
        return in_thread(lambda: asyncio.run(self._snapshot()))

    async def _snapshot(self) -> Snapshot:
        transport = httpx.ASGITransport(self.app)
        async with connect_reader(URL, CI, transport=transport) as reader:
            return await reader.snapshot()

    def audit(self) -> list[dict[str, Any]]:
        """All that was ever changed, oldest first."""
        answer = in_thread(lambda: asyncio.run(self._call("GET", "/v1/audit?page_size=5000")))
        items: list[dict[str, Any]] = answer.json()["items"]
        return items[::-1]

    def owned(self) -> dict[str, LedgerEntry]:
        """The ledger's entries."""
        return dict(self.store.ledger(*KEY).entries)

    # ---- planning ------------------------------------------------------------------------

    def plan(self, want: Desired) -> Plan:
        """A plan with whatever blocks it approved. Raises ManifestError."""
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
            drafted = with_usage(drafted, await reader.usage(usage_wanted(drafted)))
        hours = opening_hours(live.resources.values(), drafted.changes, now)
        review = Review(plan=drafted, live=live, ledger=ledger, hours=hours, now=now)
        blocking = [one for one in evaluate(review, ())[0] if one.blocks]
        approvals = [Approval(one.code, one.approval, "tried on purpose") for one in blocking]
        findings, _ = evaluate(review, approvals)
        unfinished = self.store.latest_unfinished(KEY)
        return sealed(
            replace(drafted, findings=findings, unfinished_run=unfinished.id if unfinished else "")
        )

    def applied(self, want: Desired) -> RunReport:
        """Plan and apply with nothing in the way."""
        report = Applying(self).apply(self.plan(want))
        assert report.exit_code == 0, told(report)
        return report


def in_thread(work: Callable[[], Any]) -> Any:
    """The result of something that wants an event loop of its own, wherever we are."""
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


def told(report: RunReport) -> str:
    """A run in words, for a failing assertion."""
    lines = [f"exit {report.exit_code}, stopped by {report.stopped_by!r}"]
    lines += [f"  {s.seq} {s.action} {s.address}: {s.state} {s.detail}" for s in report.steps]
    return "\n".join(lines)


# ---- what must be true -------------------------------------------------------------------

_AUDITED = {
    Action.CREATE: "create",
    Action.REPLACE: "create",
    Action.UPDATE: "update",
    Action.ADOPT: "update",
    Action.DELETE: "delete",
    Action.RENAME: "rename",
}


@dataclass
class Account:
    """What an apply did against what it says it did."""

    doubled: list[str] = field(default_factory=list)
    collateral: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    written: int = 0

    @property
    def clean(self) -> bool:
        return not (self.doubled or self.collateral or self.lost or self.silent)


def account(
    plan: Plan,
    steps: Sequence[Step],
    audit: Sequence[Mapping[str, Any]],
    live: Snapshot,
    *,
    touched: frozenset[str] = frozenset(),
) -> Account:
    """Hold the platform's own audit log against the journal.

    `audit` is what was logged since the plan was made. `touched` are the identities of what
    people changed meanwhile: what became of those is theirs.
    """
    found = Account()
    let_go = [one for one in audit if one["by"] == "ci" and _let_go(one, plan)]
    touched |= {identity(one["address"]) for one in let_go}
    ours = Counter(
        (one["action"], identity(one["address"]))
        for one in audit
        if one["by"] == "ci" and one not in let_go and (one["action"] != "rename" or one["changes"])
    )
    found.written = sum(ours.values())
    expected = {
        (_AUDITED[change.action], identity(change.address))
        for change in plan.changes
        if change.writes
    }
    found.doubled = [f"{key}: {count} times" for key, count in ours.items() if count > 1]
    found.collateral = [
        str(key) for key in ours if key not in expected and not _goes_along(key, expected)
    ]
    state = {step.seq: step for step in steps}
    for seq, change in enumerate(plan.changes):
        if not change.writes:
            continue
        where = identity(change.address)
        written = (_AUDITED[change.action], where) in ours
        step = state[seq]
        if _of_people(change, touched):
            continue
        if step.state is StepState.SUCCEEDED:
            if not written and change.sends and "already" not in step.detail:
                found.lost.append(f"{change.key}: said to be done, never written")
            if not _is_there(change, plan, state, live.resources):
                found.lost.append(f"{change.key}: said to be done, not so now")
        elif written and not step.fenced and step.state not in _open(change):
            found.silent.append(f"{change.key}: written, said to be {step.state} ({step.detail})")
    return found


def _open(change: Change) -> tuple[StepState, ...]:
    """The states that leave it open whether a change was made."""
    if change.cascaded:
        return (StepState.SENT, StepState.UNKNOWN, StepState.PENDING)
    return (StepState.SENT, StepState.UNKNOWN)


def _let_go(one: Mapping[str, Any], plan: Plan) -> bool:
    """Whether the platform itself emptied a channel's signature, since the plan deletes the
    template: what was shown and approved as `delete-in-use`."""
    gone = {c.address.rpartition("/")[2] for c in plan.changes if c.action is Action.DELETE}
    return one["action"] == "update" and all(
        change["path"] == "signature" and change["after"] is None and change["before"] in gone
        for change in one["changes"]
    )


def _goes_along(key: tuple[str, str], expected: set[tuple[str, str]]) -> bool:
    """Whether it is a channel or a member list that nobody set up, gone with its campaign."""
    action, where = key
    campaign = "/".join(where.split("/")[:2])
    always = where == f"{campaign}/members" or where.startswith(f"{campaign}/channels/")
    return action == "delete" and always and ("delete", campaign) in expected


def _of_people(change: Change, touched: frozenset[str]) -> bool:
    places = {identity(change.address), identity(change.previous_address or change.address)}
    return any(
        one == place or one.startswith(place + "/") or place.startswith(one + "/")
        for one in touched
        for place in places
    )


def _is_there(
    change: Change, plan: Plan, state: Mapping[int, Step], live: Mapping[str, LiveResource]
) -> bool:
    one = live.get(identity(change.address))
    if change.action is Action.DELETE:
        return one is None
    if change.action is Action.RENAME:
        return one is not None
    return one is not None and one.fields == change.after


def expected_ledger(
    before: Mapping[str, LedgerEntry], plan: Plan, steps: Sequence[Step]
) -> dict[str, LedgerEntry]:
    """The ledger with the share of every step that succeeded, and of no other."""
    entries = dict(before)
    for change, step in zip(plan.changes, steps, strict=True):
        if step.state is not StepState.SUCCEEDED:
            continue
        for one in ledger_changes(change):
            if isinstance(one, Upsert):
                entries[identity(one.entry.address)] = one.entry
            elif isinstance(one, Remove):
                entries.pop(identity(one.address), None)
            else:
                _rebase(entries, one)
    return entries


def _rebase(entries: dict[str, LedgerEntry], move: Rebase) -> None:
    root = identity(move.old)
    moving = [key for key in entries if key == root or key.startswith(root + "/")]
    for entry in [entries.pop(key) for key in moving]:
        tail = entry.address.split("/")[move.old.count("/") + 1 :]
        address = Address("/".join([move.new, *tail]))
        entries[identity(address)] = replace(entry, address=address)


def shown(text: str) -> None:
    """Say something about a failing example."""
    note(text)

"""A state store in memory, with the public contract of `reconciler.state.sql.store.Store`.

It uses plain dicts. Each method is one atomic transaction, and values are copied in and out.
`Commits` injects faults: an exception in `before` refuses a transaction, one in `after` loses the
answer of a committed one. `tests/state/` runs the contract tests of the SQL store on it too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol, Self

import orjson

from reconciler.errors import StateError
from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields
from reconciler.message import NO_MESSAGE, Message
from reconciler.state.changes import LedgerChange, Rebase, Upsert
from reconciler.state.journal import NewStep, Step, StepOutcome, StepState, Summary
from reconciler.state.keys import LedgerKey, utc
from reconciler.state.lease import Claim, Lease, LeaseHeld, LeaseLost
from reconciler.state.ledger import Ledger, LedgerEntry
from reconciler.state.processes import is_certainly_dead
from reconciler.state.runs import NewRun, Run
from reconciler.state.safeguards import Safeguards
from reconciler.state.sql.late_rows import Known, judged, shares
from reconciler.state.sql.ledger_rows import rebased
from reconciler.state.sql.ownership import Taken, first_taken, refuse
from reconciler.state.sql.tables import dump_message, load_message

_MAY_BE_SENT = (StepState.PENDING, StepState.SENT, StepState.UNKNOWN)
_OUTCOMES = (StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED, StepState.UNKNOWN)


class Commits(Protocol):
    """Hooks around every transaction, with the name of the store's method."""

    def before(self, name: str) -> None:
        """An exception from here refuses the transaction."""

    def after(self, name: str) -> None:
        """An exception from here replaces the answer of a committed transaction."""


class Undisturbed:
    """Hooks without faults."""

    def before(self, name: str) -> None:
        """Do nothing."""

    def after(self, name: str) -> None:
        """Do nothing."""


@dataclass(slots=True)
class LedgerRows:
    """One ledger."""

    lineage: str
    entries: dict[str, LedgerEntry] = field(default_factory=dict)
    guard_settings: dict[str, int] = field(default_factory=dict)
    safeguards: Safeguards | None = None


@dataclass(slots=True)
class RunRows:
    """One run with its steps, by seq."""

    id: str
    key: LedgerKey
    new: NewRun
    token: int
    started_at: datetime
    steps: dict[int, Step]
    finished_at: datetime | None = None
    plan: bytes | None = None


@dataclass(slots=True)
class LeaseRow:
    """The newest lease of a ledger; its token stays after the release."""

    lease: Lease
    held: bool = True


@dataclass(slots=True)
class MemoryState:
    """The stored data. `clock` is the server's clock, if there is one, as with PostgreSQL.
    `is_dead` returns whether a process, by its mark and pid, is certainly gone."""

    random: Random
    clock: Callable[[], datetime] | None = None
    is_dead: Callable[[str, int], bool] = is_certainly_dead
    ledgers: dict[LedgerKey, LedgerRows] = field(default_factory=dict)
    runs: dict[str, RunRows] = field(default_factory=dict)
    leases: dict[LedgerKey, LeaseRow] = field(default_factory=dict)
    mask_key: bytes = b""
    plan_key: bytes = b""

    def hex(self, digits: int) -> str:
        """Random hexadecimal digits."""
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def shared(self, told: datetime) -> datetime:
        """The current time by the shared clock."""
        return utc(told) if self.clock is None else utc(self.clock())


class MemoryStore:
    """The connection of one process to a state."""

    read_only = False
    location = "memory"

    def __init__(self, state: MemoryState, commits: Commits | None = None) -> None:
        self.state = state
        self._commits = commits or Undisturbed()

    def close(self) -> None:
        """Nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The ledger

    def ledger(self, project: str, environment: str, platform_id: str) -> Ledger:
        """The resources of a project in an environment, and of others on the same platform."""
        key = LedgerKey(project, environment, platform_id)
        with self._transaction("ledger"):
            foreign, safeguards = self._foreign(key), self._safeguards(key)
            rows = self.state.ledgers.get(key)
            if rows is None:
                return Ledger(*key, foreign=foreign, safeguards=safeguards)
            return Ledger(
                *key,
                lineage=rows.lineage,
                entries={name: _copied(rows.entries[name]) for name in sorted(rows.entries)},
                foreign=foreign,
                guard_settings=dict(rows.guard_settings),
                safeguards=safeguards,
            )

    def change_ledger(self, key: LedgerKey, changes: Sequence[LedgerChange]) -> None:
        """Change a ledger outside of a run; create it if needed."""
        with self._transaction("change_ledger"):
            self._ensured(key)
            self._change(key, changes)

    # Runs

    def begin_run(
        self,
        key: LedgerKey,
        new: NewRun,
        *,
        token: int,
        now: datetime,
        steps: Sequence[NewStep] = (),
    ) -> str:
        """Starts a run under a lease, with its steps pending; its id. Makes sure of the ledger.

        Raises PlanStale where another project owns what a step touches, or has a run of its own
        on it that has not ended.
        """
        with self._transaction("begin_run"):
            self._require(key, token)
            started = utc(now)
            refuse(first_taken(steps, self._taken(key, new.verified_at)))
            self._ensured(key)
            run_id = self._new_run_id(started)
            made = {step.seq: self._step(step, started) for step in steps}
            self.state.runs[run_id] = RunRows(
                run_id, key, new, token, started, made, plan=bytes(new.plan)
            )
            return run_id

    def resume_run(self, run_id: str, *, token: int) -> Run:
        """Continue an unfinished run under another lease."""
        with self._transaction("resume_run"):
            rows = self._rows(run_id)
            self._require(rows.key, token)
            if rows.finished_at is not None:
                raise StateError(f"run {run_id} is finished: there is nothing to resume")
            rows.token = token
            return self._run(rows)

    def finish_run(
        self,
        run_id: str,
        *,
        now: datetime,
        guard_settings: Mapping[str, int] | None = None,
        safeguards: Safeguards | None = None,
    ) -> Run:
        """Ends a run if each of its steps is settled; the run as it then is. The guards' settings
        and the safeguards of a run that ends now are kept as those of the last apply."""
        with self._transaction("finish_run"):
            rows = self._rows(run_id)
            if rows.finished_at is None and not _summary(rows).unsettled:
                ledger = self.state.ledgers[rows.key]
                if guard_settings is not None:
                    ledger.guard_settings = dict(guard_settings)
                ledger.safeguards = safeguards or ledger.safeguards
                rows.finished_at = utc(now)
            return self._run(rows)

    def run(self, run_id: str) -> Run:
        """One run. Raises StateError for an unknown id."""
        with self._transaction("run"):
            return self._run(self._rows(run_id))

    def run_of_plan(self, plan_id: str) -> Run | None:
        """The newest run of a plan; a plan with a run is consumed."""
        with self._transaction("run_of_plan"):
            return self._newest(run for run in self._runs() if run.new.plan_id == plan_id)

    def last_run_at(self, platform_id: str, address: str) -> Run | None:
        """The newest run, of any project, in which a step at an address succeeded."""
        key = identity(address)
        with self._transaction("last_run_at"):
            return self._newest(
                run
                for run in self._runs()
                if run.key.platform_id == platform_id
                and any(
                    step.state is StepState.SUCCEEDED and key in _identities(step)
                    for step in run.steps.values()
                )
            )

    def latest_unfinished(self, key: LedgerKey) -> Run | None:
        """The newest unfinished run of a ledger."""
        with self._transaction("latest_unfinished"):
            return self._newest(
                run for run in self._runs() if run.key == key and run.finished_at is None
            )

    def runs(self, key: LedgerKey, limit: int = 20) -> tuple[Run, ...]:
        """The runs of a ledger, newest first."""
        with self._transaction("runs"):
            return tuple([self._run(run) for run in self._runs() if run.key == key][:limit])

    def runs_touching(self, key: LedgerKey, address: str, *, limit: int = 20) -> tuple[Run, ...]:
        """The runs with a step at or below an address, as named before or after, newest first."""
        root = identity(address)
        with self._transaction("runs_touching"):
            found = [
                self._run(run)
                for run in self._runs()
                if run.key == key and any(_touches(step, root) for step in run.steps.values())
            ]
            return tuple(found[:limit])

    def plan_of(self, run_id: str) -> bytes:
        """The bytes of a run's plan file. Raises StateError after it is pruned."""
        with self._transaction("plan_of"):
            plan = self._rows(run_id).plan
            if plan is None:
                raise StateError(f"run {run_id} was pruned: its plan and before-images are gone")
            return plan

    def prune(self, older_than: datetime) -> int:
        """Drops plans, before- and after-images of runs that ended before a moment; how many."""
        limit = utc(older_than)
        with self._transaction("prune"):
            old = [
                run
                for run in self.state.runs.values()
                if run.finished_at is not None and run.finished_at < limit and run.plan is not None
            ]
            for rows in old:
                rows.plan = None
                for seq, step in rows.steps.items():
                    rows.steps[seq] = replace(step, before=None, after=None)
            return len(old)

    # The journal

    def record_intents(
        self, run_id: str, seqs: Sequence[int], *, token: int, now: datetime
    ) -> None:
        """Marks steps as sent. Raises LeaseLost, and marks none, if the token does not hold the
        lease; StateError if one of them is settled already."""
        with self._transaction("record_intents"):
            rows = self._rows(run_id)
            self._require(rows.key, token)
            moment = self.state.shared(now)
            if rows.finished_at is not None:
                raise StateError(f"run {run_id} is finished: its steps cannot be sent any more")
            wanted = sorted(set(seqs))
            may = [s for s in wanted if s in rows.steps and rows.steps[s].state in _MAY_BE_SENT]
            if len(may) != len(wanted):
                raise StateError(
                    f"run {run_id}: {len(wanted) - len(may)} of {len(wanted)} steps to send are "
                    "settled already or not in the journal; nothing was sent"
                )
            for seq in wanted:
                step = rows.steps[seq]
                rows.steps[seq] = replace(
                    step, state=StepState.SENT, attempts=step.attempts + 1, updated_at=moment
                )

    def withdraw_intents(
        self, run_id: str, withdrawn: Sequence[StepOutcome], *, token: int, now: datetime
    ) -> None:
        """Marks what was sent and certainly not carried out as pending again, and says why. A
        holder that lost the lease changes nothing: whoever has it reads what became of it."""
        with self._transaction("withdraw_intents"):
            rows = self._rows(run_id)
            if not withdrawn or not self._holds(rows.key, token):
                return
            moment = self.state.shared(now)
            for item in withdrawn:
                step = rows.steps.get(item.seq)
                if step is not None and step.state in (StepState.SENT, StepState.PENDING):
                    rows.steps[item.seq] = _noted(step, item, moment, fenced=False)

    def record_outcomes(
        self,
        run_id: str,
        outcomes: Sequence[StepOutcome],
        ledger_changes: Sequence[LedgerChange] = (),
        *,
        token: int,
        now: datetime,
    ) -> bool:
        """Writes outcomes and ledger changes together. Never refused for a lost lease, since what
        was sent has happened; False says that it was lost, and the rows are flagged."""
        for outcome in outcomes:
            if outcome.state not in _OUTCOMES:
                raise ValueError(f"{outcome.state} is not an outcome")
        with self._transaction("record_outcomes"):
            rows = self._rows(run_id)
            held = self._holds(rows.key, token)
            moment = self.state.shared(now)
            notes: Mapping[int, Message] = {}
            if not held:
                outcomes, ledger_changes, notes = _late(rows, outcomes, ledger_changes)
            self._change(rows.key, ledger_changes)
            for seq, note in notes.items():
                rows.steps[seq] = replace(rows.steps[seq], detail=note, fenced=True)
            for item in outcomes:
                step = rows.steps.get(item.seq)
                if step is not None and step.state is not StepState.SUCCEEDED:
                    rows.steps[item.seq] = _noted(step, item, moment, fenced=not held)
            return held

    def steps(self, run_id: str) -> tuple[Step, ...]:
        """The steps of a run, in order."""
        with self._transaction("steps"):
            found = sorted(self._rows(run_id).steps.items())
            return tuple([_step_copied(step) for _, step in found])

    # The lease

    def now(self, told: datetime) -> datetime:
        """The current time by the shared clock of the state."""
        with self._transaction("now"):
            return self.state.shared(told)

    def acquire(self, key: LedgerKey, claim: Claim, *, now: datetime, ttl_seconds: int) -> Lease:
        """Takes the lease of a ledger; LeaseHeld, with who has it, if it is neither free nor
        expired. Does not wait and does not create the ledger."""
        with self._transaction("acquire"):
            row = self.state.leases.get(key)
            moment = self.state.shared(now)
            if row is not None and self._is_at_work(row, claim, moment):
                raise LeaseHeld(row.lease, moment)
            lease = Lease(
                key=key,
                token=1 if row is None else row.lease.token + 1,
                holder=claim.holder,
                host=claim.host,
                pid=claim.pid,
                operation=claim.operation,
                acquired_at=moment,
                heartbeat_at=moment,
                expires_at=moment + timedelta(seconds=ttl_seconds),
                ttl_seconds=ttl_seconds,
                process=claim.process,
            )
            self.state.leases[key] = LeaseRow(lease)
            return lease

    def heartbeat(self, lease: Lease, now: datetime) -> Lease:
        """Extend the lease. Raises LeaseLost if another holder has it."""
        with self._transaction("heartbeat"):
            row = self._require(lease.key, lease.token)
            moment = self.state.shared(now)
            expires = moment + timedelta(seconds=lease.ttl_seconds)
            row.lease = replace(row.lease, heartbeat_at=moment, expires_at=expires)
            return row.lease

    def release(self, lease: Lease) -> None:
        """Release the lease."""
        with self._transaction("release"):
            row = self.state.leases.get(lease.key)
            if row is not None and row.lease.token == lease.token:
                row.held = False

    def break_lease(self, key: LedgerKey) -> Lease | None:
        """Take the lease from its holder; return it, or None if it was free."""
        with self._transaction("break_lease"):
            row = self.state.leases.get(key)
            if row is None or not row.held:
                return None
            row.held = False
            return row.lease

    def lease(self, key: LedgerKey) -> Lease | None:
        """The current lease, also when expired."""
        with self._transaction("lease"):
            row = self.state.leases.get(key)
            return row.lease if row is not None and row.held else None

    # Keys

    def plan_key(self) -> bytes:
        """The 32-byte key that authenticates plan files."""
        with self._transaction("plan_key"):
            self.state.plan_key = self.state.plan_key or bytes.fromhex(self.state.hex(64))
            return self.state.plan_key

    def mask_key(self) -> bytes:
        """The 32-byte key for masks."""
        with self._transaction("mask_key"):
            self.state.mask_key = self.state.mask_key or bytes.fromhex(self.state.hex(64))
            return self.state.mask_key

    # Inside a transaction

    @contextmanager
    def _transaction(self, name: str) -> Iterator[None]:
        self._commits.before(name)
        yield
        self._commits.after(name)

    def _ensured(self, key: LedgerKey) -> LedgerRows:
        rows = self.state.ledgers.get(key)
        if rows is None:
            rows = self.state.ledgers[key] = LedgerRows(self.state.hex(32))
        return rows

    def _change(self, key: LedgerKey, changes: Iterable[LedgerChange]) -> None:
        """Change a ledger completely or not at all. Raises StateError for another's resource."""
        rows = self.state.ledgers[key]
        entries = dict(rows.entries)
        _carry_out(entries, changes)
        for other in self._others(key):
            if self._is_taken(entries, self.state.ledgers[other].entries):
                raise StateError(f"the state {self.location} cannot be used: a resource is taken")
        rows.entries = entries

    @staticmethod
    def _is_taken(entries: Mapping[str, object], others: Mapping[str, object]) -> bool:
        return not entries.keys().isdisjoint(others.keys())

    def _others(self, key: LedgerKey) -> Iterator[LedgerKey]:
        """The other ledgers of a platform."""
        return (
            ledger
            for ledger in self.state.ledgers
            if ledger != key and ledger.platform_id == key.platform_id
        )

    def _safeguards(self, key: LedgerKey) -> tuple[Safeguards, ...]:
        """The safeguards of the ledger's last apply; before the first, those of other ledgers."""
        known = [key] if key in self.state.ledgers else list(self._others(key))
        found = (self.state.ledgers[item].safeguards for item in known)
        return tuple(safeguards for safeguards in found if safeguards is not None)

    def _foreign(self, key: LedgerKey) -> dict[str, str]:
        owned = {
            entry: _named(other, key)
            for other in self._others(key)
            for entry in self.state.ledgers[other].entries
        }
        return dict(sorted(owned.items()))

    def _taken(self, key: LedgerKey, verified_at: datetime | None) -> Iterator[Taken]:
        """What the other projects of the platform have: owned, in a run that has not ended, or
        changed since a plan was verified."""
        others = set(self._others(key))
        owned = {
            item: Taken(item, entry.address, _named(other, key))
            for other in self._others(key)
            for item, entry in self.state.ledgers[other].entries.items()
        }
        yield from (owned[item] for item in sorted(owned))
        for rows in self.state.runs.values():
            if rows.key not in others:
                continue
            ended = rows.finished_at is not None
            for step in rows.steps.values():
                if ended and not _is_since(step, verified_at):
                    continue
                for address in _addresses(step):
                    yield Taken.by_step(
                        address, step.action, _named(rows.key, key), rows.id, is_changed=ended
                    )

    def _require(self, key: LedgerKey, token: int) -> LeaseRow:
        row = self.state.leases.get(key)
        if row is None:
            raise LeaseLost(key, "it was never acquired")
        lease = row.lease
        if lease.token != token:
            raise LeaseLost(
                key, f"taken over for {lease.operation} by {lease.holder} on {lease.host}"
            )
        if not row.held:
            raise LeaseLost(key, "released, or removed with `reconciler unlock`")
        return row

    def _is_at_work(self, row: LeaseRow, claim: Claim, now: datetime) -> bool:
        lease = row.lease
        if not row.held or lease.expires_at <= now:
            return False
        is_dead = self.state.is_dead(lease.process, lease.pid)
        return not (lease.host == claim.host and is_dead)

    def _holds(self, key: LedgerKey, token: int) -> bool:
        row = self.state.leases.get(key)
        return row is not None and row.held and row.lease.token == token

    def _rows(self, run_id: str) -> RunRows:
        rows = self.state.runs.get(run_id)
        if rows is None:
            raise StateError(
                f"run {run_id} does not exist in this state: list the runs with "
                "`reconciler history`"
            )
        return rows

    def _runs(self) -> Iterator[RunRows]:
        """Newest first."""
        return reversed(self.state.runs.values())

    def _newest(self, found: Iterator[RunRows]) -> Run | None:
        rows = next(found, None)
        return None if rows is None else self._run(rows)

    def _run(self, rows: RunRows) -> Run:
        lease = self.state.leases.get(rows.key)
        held = lease is not None and lease.held and lease.lease.token == rows.token
        new = rows.new
        return Run(
            id=rows.id,
            key=rows.key,
            plan_id=new.plan_id,
            content_digest=new.content_digest,
            operation=new.operation,
            actor=new.actor,
            git_commit=new.git_commit,
            git_author=new.git_author,
            approvals=new.approvals,
            started_at=rows.started_at,
            finished_at=rows.finished_at,
            lease_expires_at=lease.lease.expires_at if held and lease is not None else None,
            summary=_summary(rows),
            pruned=rows.plan is None,
        )

    def _new_run_id(self, started: datetime) -> str:
        while True:
            run_id = f"{started:%Y%m%dT%H%M}-{self.state.hex(4)}"
            if run_id not in self.state.runs:
                return run_id

    def _step(self, new: NewStep, now: datetime) -> Step:
        return Step(
            seq=new.seq,
            address=new.address,
            action=new.action,
            state=StepState.PENDING,
            idempotency_key=new.idempotency_key or self.state.hex(32),
            before=_json_copied(new.before),
            after=_json_copied(new.after),
            previous_address=new.previous_address,
            detail=NO_MESSAGE,
            needs_look=False,
            status_code=None,
            attempts=0,
            updated_at=now,
            fenced=False,
        )


def _late(
    rows: RunRows, outcomes: Sequence[StepOutcome], changes: Sequence[LedgerChange]
) -> tuple[Sequence[StepOutcome], Sequence[LedgerChange], Mapping[int, Message]]:
    """The steps that late answers still settle, and the notes for the others."""
    known = {
        seq: Known(identity(step.address), step.state, step.detail)
        for seq, step in rows.steps.items()
    }
    taken, notes = judged(known, outcomes, finished=rows.finished_at is not None)
    made = [known[item.seq] for item in taken if item.state is StepState.SUCCEEDED]
    return taken, shares(made, changes), notes


def _noted(step: Step, outcome: StepOutcome, now: datetime, *, fenced: bool) -> Step:
    return replace(
        step,
        state=outcome.state,
        detail=load_message(dump_message(outcome.detail)),
        needs_look=outcome.needs_look,
        status_code=outcome.status_code,
        updated_at=now,
        fenced=fenced,
    )


def _summary(rows: RunRows) -> Summary:
    return Summary(**Counter(step.state.value for step in rows.steps.values()))


def _named(other: LedgerKey, key: LedgerKey) -> str:
    """The name of another ledger: its project, and the environment for the same project."""
    return (
        other.project if other.project != key.project else f"{other.project} ({other.environment})"
    )


def _is_since(step: Step, moment: datetime | None) -> bool:
    """Whether a step succeeded at this time or later."""
    succeeded = step.state is StepState.SUCCEEDED
    return moment is not None and succeeded and step.updated_at >= moment


def _addresses(step: Step) -> tuple[str, ...]:
    return (
        (step.address,) if step.previous_address is None else (step.address, step.previous_address)
    )


def _identities(step: Step) -> tuple[str, ...]:
    return tuple(identity(address) for address in _addresses(step))


def _touches(step: Step, root: str) -> bool:
    return any(
        identity == root or identity.startswith(f"{root}/") for identity in _identities(step)
    )


def _carry_out(entries: dict[str, LedgerEntry], changes: Iterable[LedgerChange]) -> None:
    for change in changes:
        if isinstance(change, Upsert):
            entries[identity(change.entry.address)] = _copied(change.entry)
        elif isinstance(change, Rebase):
            _rebase(entries, change)
        else:
            entries.pop(identity(change.address), None)


def _rebase(entries: dict[str, LedgerEntry], change: Rebase) -> None:
    moved = [entries[key] for key in _at_or_below(entries, change.old)]
    if not moved:
        return
    for key in (*_at_or_below(entries, change.old), *_at_or_below(entries, change.new)):
        entries.pop(key, None)
    for entry in moved:
        address = rebased(entry.address, change)
        entries[identity(address)] = replace(entry, address=address)


def _at_or_below(entries: Mapping[str, LedgerEntry], address: str) -> list[str]:
    root = identity(address)
    return [key for key in entries if key == root or key.startswith(f"{root}/")]


def _copied(entry: LedgerEntry) -> LedgerEntry:
    fields = _json_copied(entry.fields)
    return LedgerEntry(
        entry.address, entry.kind, entry.form, fields, entry.protect, entry.on_remove
    )


def _step_copied(step: Step) -> Step:
    if step.before is None and step.after is None:
        return step
    return replace(step, before=_json_copied(step.before), after=_json_copied(step.after))


def _json_copied(value: Any) -> Any:
    """The value as a database returns it: JSON only, without surrogates."""
    return None if value is None else orjson.loads(orjson.dumps(value))


__all__ = ["Commits", "Fields", "MemoryState", "MemoryStore", "Undisturbed"]

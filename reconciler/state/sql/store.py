"""The store: reads and writes everything in the state; each method is one transaction.

The rules are in the other modules of this folder. It is safe to use from several threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from sqlalchemy import Connection, Engine

from reconciler.errors import StateError
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import NewStep, Step, StepOutcome
from reconciler.state.keys import LedgerKey
from reconciler.state.lease import Claim, Lease, LeaseStuck
from reconciler.state.ledger import Ledger
from reconciler.state.locations import SqliteLocation, parse
from reconciler.state.runs import NewRun, Run
from reconciler.state.safeguards import Safeguards
from reconciler.state.sql import (
    blocking_transactions,
    clock,
    copy_rows,
    creation,
    disk_reserve,
    engines,
    journal_rows,
    key_rows,
    lease_rows,
    ledger_rows,
    ownership,
    run_rows,
)
from reconciler.state.sql import schema as schemas
from reconciler.state.sql.copy_rows import TableCopy
from reconciler.state.sql.errors import StateBusy, StateNotWritable, translating

LEASE_LOCK_SECONDS = 2.0
"""How long PostgreSQL waits for the lock of a lease; the transactions of a holder take less."""

_COPY_SECONDS = 3600
"""How long the leases of a copy last. It releases them earlier, and its locks protect them."""


class Store:
    """An open state: `with Store.open(default_state(folder, os.environ)) as store: …`."""

    def __init__(
        self, engine: Engine, location: str, *, read_only: bool, reserve: Path | None = None
    ) -> None:
        self.location = location
        self._reserve = reserve
        self.read_only = read_only
        self._engine = engine
        self._temporary_mask_key = b""

    @classmethod
    def open(cls, url_or_path: str, *, create: bool = True) -> Self:
        """Open a state for reading and writing; create it if missing, migrate it if old.

        Raises StateNotWritable when this user may not write.
        """
        location = parse(url_or_path)
        shown = str(location)
        with translating(shown):
            is_new = (
                create
                and isinstance(location, SqliteLocation)
                and creation.create_if_missing(location.path)
            )
            engine = engines.writable(location)
            is_current = schemas.is_current(schemas.version(engine), shown)
            if not is_current:
                schemas.migrate(engine, shown)
        reserve = (
            disk_reserve.reserve_path(location.path)
            if isinstance(location, SqliteLocation)
            else None
        )
        store = cls(engine, shown, read_only=False, reserve=reserve)
        if is_new or not is_current:
            store.plan_key()  # so that users who may only read find one
        return store

    @classmethod
    def open_read_only(cls, url_or_path: str) -> Self:
        """Open a state for reading only. A state that does not exist reads as empty."""
        location = parse(url_or_path)
        shown = str(location)
        with translating(shown):
            engine = engines.read_only(location)
            found = None if engine is None else schemas.version(engine)
            if engine is None or found is None:
                return cls(engines.empty(), shown, read_only=True)
            if not schemas.is_current(found, shown):
                raise StateError(
                    f"the state {shown} has the older schema {found}: run any reconciler command "
                    "once as a user who may write it"
                )
        return cls(engine, shown, read_only=True)

    @classmethod
    def open_as_allowed(cls, url_or_path: str) -> Self:
        """Open a state for writing, or for reading only when this user may not write."""
        try:
            return cls.open(url_or_path)
        except StateNotWritable:
            return cls.open_read_only(url_or_path)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # The ledger

    def ledger(self, project: str, environment: str, platform_id: str) -> Ledger:
        """What a project manages in an environment, and what others manage on the platform."""
        with self._reading() as connection:
            return ledger_rows.load(connection, LedgerKey(project, environment, platform_id))

    def change_ledger(self, key: LedgerKey, changes: Sequence[LedgerChange]) -> None:
        """Change a ledger outside a run; the ledger is created if missing."""
        with self._writing() as connection:
            ledger_rows.change(connection, key, ledger_rows.ensure(connection, key)[0], changes)

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
        """Begin a run under a lease, with its steps pending; returns its id. Creates the ledger.

        Raises PlanStale when another project manages what a step touches, has an unfinished run on
        it, or changed it after `new.verified_at`. Until this run ends, no other project can begin a
        run on it.
        """
        with self._writing() as connection:
            run_id = run_rows.begin(connection, key, new, token=token, now=now)
            ownership.refuse_taken(connection, key, steps, verified_at=new.verified_at)
            journal_rows.write(connection, run_id, steps, now)
            return run_id

    def resume_run(self, run_id: str, *, token: int) -> Run:
        """Continue an unfinished run under another lease."""
        with self._writing() as connection:
            run_rows.resume(connection, run_id, token)
            return run_rows.get(connection, run_id)

    def finish_run(
        self,
        run_id: str,
        *,
        now: datetime,
        guard_settings: Mapping[str, int] | None = None,
        safeguards: Safeguards | None = None,
    ) -> Run:
        """End a run if all its steps are settled; returns the run.

        The guard settings and safeguards of a run that ends now become those of the last apply.
        """
        with self._writing() as connection:
            run_rows.finish(
                connection, run_id, now=now, guard_settings=guard_settings, safeguards=safeguards
            )
            return run_rows.get(connection, run_id)

    def run(self, run_id: str) -> Run:
        """One run. Raises StateError for an unknown id."""
        with self._reading() as connection:
            return run_rows.get(connection, run_id)

    def run_of_plan(self, plan_id: str) -> Run | None:
        """The newest run of a plan; a plan with a run is consumed."""
        with self._reading() as connection:
            return run_rows.of_plan(connection, plan_id)

    def latest_unfinished(self, key: LedgerKey) -> Run | None:
        """The newest unfinished run of a ledger."""
        with self._reading() as connection:
            return run_rows.latest_unfinished(connection, key)

    def runs(self, key: LedgerKey, limit: int = 20) -> tuple[Run, ...]:
        """The runs of a ledger, newest first."""
        with self._reading() as connection:
            return run_rows.recent(connection, key, limit)

    def runs_touching(self, key: LedgerKey, address: str, *, limit: int = 20) -> tuple[Run, ...]:
        """The runs with a step at or below an address, by its old or new name; newest first."""
        with self._reading() as connection:
            return run_rows.touching(connection, key, address, limit)

    def last_run_at(self, platform_id: str, address: str) -> Run | None:
        """The newest run, of any project, in which a step at an address succeeded."""
        with self._reading() as connection:
            return run_rows.last_at(connection, platform_id, address)

    def plan_of(self, run_id: str) -> bytes:
        """The plan file of a run, as bytes. Raises StateError once the run is pruned."""
        with self._reading() as connection:
            return run_rows.plan_of(connection, run_id)

    def prune(self, older_than: datetime) -> int:
        """Drop the plans and images of runs that ended before a moment; returns their number."""
        with self._writing() as connection:
            return run_rows.prune(connection, older_than)

    # The journal

    def record_intents(
        self, run_id: str, seqs: Sequence[int], *, token: int, now: datetime
    ) -> None:
        """Mark steps as sent, durably before it returns.

        Raises LeaseLost, and marks none, if the token does not hold the lease. Raises StateError if
        a step is settled already.
        """
        with self._writing() as connection:
            journal_rows.intend(connection, run_id, seqs, token=token, now=now)

    def withdraw_intents(
        self, run_id: str, withdrawn: Sequence[StepOutcome], *, token: int, now: datetime
    ) -> None:
        """Mark steps that were sent and not carried out as pending again, with the reason.

        Without the lease nothing changes: its new holder reads the outcome from the platform.
        """
        with self._writing() as connection:
            journal_rows.withdraw(connection, run_id, withdrawn, token=token, now=now)

    def record_outcomes(
        self,
        run_id: str,
        outcomes: Sequence[StepOutcome],
        ledger_changes: Sequence[LedgerChange] = (),
        *,
        token: int,
        now: datetime,
    ) -> bool:
        """Write outcomes and ledger changes together; returns whether the lease was still held.

        A lost lease does not prevent it, because what was sent has happened: the rows are fenced.
        """
        with self._writing() as connection:
            return journal_rows.record(
                connection, run_id, outcomes, ledger_changes, token=token, now=now
            )

    def steps(self, run_id: str) -> tuple[Step, ...]:
        """The steps of a run, in order."""
        with self._reading() as connection:
            return journal_rows.read(connection, run_id)

    # The lease

    def now(self, local_time: datetime) -> datetime:
        """The time of the state's clock, which stamps leases, attempts and outcomes.

        That is the server's clock on PostgreSQL, else the caller's `local_time`.
        """
        with self._reading() as connection:
            return clock.shared(connection, local_time)

    def acquire(self, key: LedgerKey, claim: Claim, *, now: datetime, ttl_seconds: int) -> Lease:
        """Acquire the lease of a ledger. Does not wait, and does not create the ledger.

        Raises LeaseHeld, which names the holder, if the lease is neither free nor expired. The
        holder is read before anything is locked, so a holder suspended inside a transaction is
        named too. Raises LeaseStuck when only a transaction locks the lease.
        """
        with self._reading() as connection:
            lease_rows.refuse_held(connection, key, claim, now=now)
        try:
            with self._writing(engines.waiting(LEASE_LOCK_SECONDS)) as connection:
                lease = lease_rows.acquire(connection, key, claim, now=now, ttl_seconds=ttl_seconds)
        except StateBusy as busy:
            raise self._stuck(key, now) from busy
        if self._reserve is not None:
            disk_reserve.allocate(self._reserve)
        return lease

    def heartbeat(self, lease: Lease, now: datetime) -> Lease:
        """Prolong the lease. Raises LeaseLost if another process has it."""
        with self._writing() as connection:
            return lease_rows.heartbeat(connection, lease, now)

    def release(self, lease: Lease) -> None:
        """Release the lease, even on a disk that is full now."""
        if self._reserve is not None:
            disk_reserve.free(self._reserve)
        with self._writing() as connection:
            lease_rows.release(connection, lease)

    def break_lease(self, key: LedgerKey) -> Lease | None:
        """Break the lease and return it; None if it was free.

        A database session that is idle in a transaction on it is ended. Raises LeaseStuck when
        that is not allowed or not possible.
        """
        try:
            with self._writing(engines.waiting(LEASE_LOCK_SECONDS)) as connection:
                return lease_rows.break_lease(connection, key)
        except StateBusy as busy:
            self._end_session(key, busy)
        with self._writing() as connection:
            return lease_rows.break_lease(connection, key)

    def lease(self, key: LedgerKey) -> Lease | None:
        """The lease that is held, even if it has expired."""
        with self._reading() as connection:
            return lease_rows.current(connection, key)

    def _stuck(self, key: LedgerKey, now: datetime) -> LeaseStuck:
        with self._reading() as connection:
            return blocking_transactions.stuck_lease(connection, key, clock.shared(connection, now))

    def _end_session(self, key: LedgerKey, busy: StateBusy) -> None:
        with self._reading() as connection:
            now = clock.shared(connection, datetime.now(UTC))
            if not blocking_transactions.end_idle_session(connection, key):
                raise blocking_transactions.stuck_lease(connection, key, now) from busy

    # Copies

    def copy_to(self, target: Store, claim: Claim, *, now: datetime) -> tuple[TableCopy, ...]:
        """Copy everything into an empty state, in one transaction there.

        Meanwhile this process has the leases of all ledgers, and nobody writes either state.
        Raises LeaseHeld while an apply runs, and StateError when the target is not empty.
        """
        with self._reading() as connection:
            keys = copy_rows.ledger_keys(connection)
        with ExitStack() as stack:
            for key in keys:
                lease = self.acquire(key, claim, now=now, ttl_seconds=_COPY_SECONDS)
                stack.callback(self.release, lease)
            source = stack.enter_context(self._writing())
            written = stack.enter_context(target._writing())
            for connection in (source, written):
                copy_rows.lock(connection)
            if copy_rows.ledger_keys(source) != keys:
                raise StateBusy(f"an apply began in the state {self.location}: try again")
            copy_rows.refuse_content(written, target.location)
            return copy_rows.copy_tables(source, written)

    # Keys

    def plan_key(self) -> bytes | None:
        """The 32-byte key that authenticates plan files, drawn on first use.

        None when none is stored and this user may not store one.
        """
        return self._key(key_rows.PLAN_FILES, key_rows.draw())

    def mask_key(self) -> bytes:
        """The 32-byte key of masks. If it cannot be stored, it lasts as long as this object."""
        self._temporary_mask_key = self._temporary_mask_key or key_rows.draw()
        stored = self._key(key_rows.MASKS, self._temporary_mask_key)
        return self._temporary_mask_key if stored is None else stored

    def _key(self, name: str, new: bytes) -> bytes | None:
        """The stored key with a name. Stores `new` if there is none; None if it may not."""
        with self._reading() as connection:
            stored = key_rows.find(connection, name)
        if stored is not None:
            return stored
        try:
            with self._writing() as connection:
                return key_rows.keep(connection, name, new)
        except StateNotWritable:
            return None

    # Transactions

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translating(self.location), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(**engines.snapshot)  # noqa: PLW2901
            with connection.begin():
                yield connection

    @contextmanager
    def _writing(self, options: Mapping[str, Any] = MappingProxyType({})) -> Iterator[Connection]:
        if self.read_only:
            raise StateNotWritable(f"the state {self.location} was opened for reading only")
        with translating(self.location), self._engine.connect() as connection:
            connection = connection.execution_options(  # noqa: PLW2901
                **engines.for_writing, **options
            )
            with connection.begin():
                yield connection

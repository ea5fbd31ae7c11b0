"""Runs in the database: begin, find, end and prune them."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, union, update

from reconciler.errors import StateError
from reconciler.kinds.address import identity
from reconciler.message import Command, Message
from reconciler.state.journal import StepState, Summary
from reconciler.state.keys import LedgerKey, utc
from reconciler.state.runs import NewRun, Run, UsedApproval
from reconciler.state.safeguards import Safeguards
from reconciler.state.sql import lease_rows, ledger_rows, safeguard_rows
from reconciler.state.sql.tables import key_of, leases, ledgers, of_key, runs, steps, values_of

_GZIP_LEVEL = 6

_held_lease = and_(
    *(leases.c[name] == ledgers.c[name] for name in LedgerKey._fields),
    leases.c.token == runs.c.token,
    leases.c.held,
)
_RUN = (
    select(
        *(ledgers.c[name] for name in LedgerKey._fields),
        *(column for column in runs.c if column is not runs.c.plan),
        runs.c.plan.is_(None).label("pruned"),
        leases.c.expires_at.label("lease_expires_at"),
    )
    .join(ledgers, ledgers.c.id == runs.c.ledger_id)
    .outerjoin(leases, _held_lease)
    .order_by(runs.c.number.desc())
)
"""Runs, newest first."""


@dataclass(frozen=True, slots=True)
class RunHead:
    """The keys of a run, which every write to it needs."""

    number: int
    id: str
    ledger_id: int
    key: LedgerKey
    finished: bool


def begin(connection: Connection, key: LedgerKey, new: NewRun, *, token: int, now: datetime) -> str:
    """Write a run's row, if the token holds the lease. Creates the ledger."""
    lease_rows.require(connection, key, token)
    ledger_id, _ = ledger_rows.ensure(connection, key)
    run_id = _new_id(connection, now)
    connection.execute(
        insert(runs).values(
            id=run_id,
            ledger_id=ledger_id,
            token=token,
            plan_id=new.plan_id,
            content_digest=new.content_digest,
            operation=new.operation,
            actor=new.actor,
            git_commit=new.git_commit,
            git_author=new.git_author,
            reasons=orjson.dumps(new.approvals).decode(),
            plan=gzip.compress(new.plan, _GZIP_LEVEL, mtime=0),
            started_at=now,
        )
    )
    return run_id


def resume(connection: Connection, run_id: str, token: int) -> None:
    """Put an unfinished run under the lease of the process that resumes it."""
    found = head(connection, run_id)
    lease_rows.require(connection, found.key, token)
    if found.finished:
        raise StateError(f"run {run_id} is finished: there is nothing to resume")
    connection.execute(update(runs).where(runs.c.number == found.number).values(token=token))


def finish(
    connection: Connection,
    run_id: str,
    *,
    now: datetime,
    guard_settings: Mapping[str, int] | None,
    safeguards: Safeguards | None,
) -> None:
    """End a run if all its steps are settled.

    A run that ended before keeps its end, and does not replace what a later run recorded.
    """
    found = head(connection, run_id)
    if found.finished or summaries(connection, [found.number])[found.number].unsettled:
        return
    if guard_settings is not None:
        ledger_rows.save_guard_settings(connection, found.ledger_id, guard_settings)
    if safeguards is not None:
        safeguard_rows.save(connection, found.ledger_id, safeguards)
    connection.execute(
        update(runs).where(runs.c.number == found.number).values(finished_at=utc(now))
    )


def head(connection: Connection, run_id: str) -> RunHead:
    """The keys of a run. Raises StateError for an unknown run."""
    row = connection.execute(
        select(runs.c.number, runs.c.finished_at, runs.c.ledger_id, ledgers)
        .join(ledgers, ledgers.c.id == runs.c.ledger_id)
        .where(runs.c.id == run_id)
    ).first()
    if row is None:
        raise _no_such_run(run_id)
    return RunHead(row.number, run_id, row.ledger_id, key_of(row), row.finished_at is not None)


def get(connection: Connection, run_id: str) -> Run:
    """One run."""
    found = _select(connection, _RUN.where(runs.c.id == run_id))
    if not found:
        raise _no_such_run(run_id)
    return found[0]


def of_plan(connection: Connection, plan_id: str) -> Run | None:
    """The newest run of a plan."""
    return _newest(connection, _RUN.where(runs.c.plan_id == plan_id))


def latest_unfinished(connection: Connection, key: LedgerKey) -> Run | None:
    """The newest unfinished run of a ledger."""
    query = _RUN.where(of_key(ledgers, key), runs.c.finished_at.is_(None))
    return _newest(connection, query)


def recent(connection: Connection, key: LedgerKey, limit: int) -> tuple[Run, ...]:
    """The newest runs of a ledger."""
    return _select(connection, _RUN.where(of_key(ledgers, key)).limit(limit))


def touching(connection: Connection, key: LedgerKey, address: str, limit: int) -> tuple[Run, ...]:
    """The newest runs with a step at or below an address, by its old or new name."""
    root = identity(address)
    numbers = union(
        select(steps.c.run_number).where(ledger_rows.at_or_below(steps.c.identity, root)),
        select(steps.c.run_number).where(ledger_rows.at_or_below(steps.c.previous_identity, root)),
    )
    query = _RUN.where(of_key(ledgers, key), runs.c.number.in_(numbers)).limit(limit)
    return _select(connection, query)


def last_at(connection: Connection, platform_id: str, address: str) -> Run | None:
    """The newest run on a platform with a successful step at an address, by either name."""
    key = identity(address)
    numbers = select(steps.c.run_number).where(
        or_(steps.c.identity == key, steps.c.previous_identity == key),
        steps.c.state == StepState.SUCCEEDED,
    )
    query = _RUN.where(ledgers.c.platform_id == platform_id, runs.c.number.in_(numbers))
    return _newest(connection, query)


def plan_of(connection: Connection, run_id: str) -> bytes:
    """The plan file that a run stored. Raises StateError when it was pruned."""
    row = connection.execute(select(runs.c.plan).where(runs.c.id == run_id)).first()
    if row is None:
        raise _no_such_run(run_id)
    if row.plan is None:
        raise StateError(f"run {run_id} was pruned: its plan and before-images are gone")
    return gzip.decompress(row.plan)


def prune(connection: Connection, older_than: datetime) -> int:
    """Drop the plans and images of runs that ended before a moment; returns their number."""
    old = connection.execute(
        select(runs.c.number).where(
            runs.c.finished_at < utc(older_than),
            runs.c.plan.is_not(None),
        )
    ).scalars()
    numbers = list(old)
    for start in range(0, len(numbers), ledger_rows.CHUNK):
        chunk = numbers[start : start + ledger_rows.CHUNK]
        connection.execute(
            update(steps).where(steps.c.run_number.in_(chunk)).values(before=None, after=None)
        )
        connection.execute(update(runs).where(runs.c.number.in_(chunk)).values(plan=None))
    return len(numbers)


def summaries(connection: Connection, numbers: list[int]) -> dict[int, Summary]:
    """The summary of each run, counted from its steps."""
    counts: dict[int, dict[str, int]] = {number: {} for number in numbers}
    rows = connection.execute(
        select(steps.c.run_number, steps.c.state, func.count().label("rows"))
        .where(steps.c.run_number.in_(numbers))
        .group_by(steps.c.run_number, steps.c.state)
    )
    for row in rows:
        counts[row.run_number][row.state] = row.rows
    return {number: Summary(**found) for number, found in counts.items()}


def _newest(connection: Connection, query: Select[Any]) -> Run | None:
    return next(iter(_select(connection, query.limit(1))), None)


def _select(connection: Connection, query: Select[Any]) -> tuple[Run, ...]:
    rows = connection.execute(query).all()
    counted = summaries(connection, [row.number for row in rows])
    return tuple([_run(row, counted[row.number]) for row in rows])


def _run(row: Row[Any], summary: Summary) -> Run:
    approvals = tuple(UsedApproval(**each) for each in orjson.loads(row.reasons))
    known = {"key": key_of(row), "approvals": approvals, "summary": summary}
    return Run(**values_of(row, Run) | known)


def _new_id(connection: Connection, now: datetime) -> str:
    """A new id of the minute and four random digits: `20261124T0115-3f9a`."""
    while True:
        run_id = f"{utc(now):%Y%m%dT%H%M}-{secrets.token_hex(2)}"
        taken = connection.execute(select(runs.c.number).where(runs.c.id == run_id)).first()
        if taken is None:
            return run_id


def _no_such_run(run_id: str) -> StateError:
    return StateError(
        Message.of(
            "run {run} does not exist in this state: list the runs with {command}",
            run=run_id,
            command=Command.of("history"),
        )
    )

"""The journal in the database: intents before a request, outcomes with ledger changes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Update, bindparam, insert, or_, select, update
from sqlalchemy.sql import ColumnElement

from reconciler.errors import StateError
from reconciler.kinds.address import identity
from reconciler.kinds.base import Fields
from reconciler.message import NO_MESSAGE
from reconciler.state.changes import LedgerChange
from reconciler.state.journal import NewStep, Step, StepOutcome, StepState
from reconciler.state.lease import LeaseLost
from reconciler.state.sql import clock, late_rows, lease_rows, ledger_rows, run_rows
from reconciler.state.sql.ledger_rows import CHUNK
from reconciler.state.sql.tables import steps

_STEP = tuple(steps.c[field.name] for field in fields(Step))
_MAY_BE_SENT = (StepState.PENDING, StepState.SENT, StepState.UNKNOWN)
_OUTCOMES = (StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED, StepState.UNKNOWN)


def _update_step(*where: ColumnElement[bool]) -> Update:
    """The update of a step's row with an outcome, if the step's state allows it."""
    at_step = (steps.c.run_number == bindparam("in_run"), steps.c.seq == bindparam("at_seq"))
    return (
        update(steps)
        .where(*at_step, *where)
        .values(
            state=bindparam("to_state"),
            detail=bindparam("to_detail"),
            status_code=bindparam("to_status"),
            updated_at=bindparam("at_moment"),
            fenced=bindparam("was_fenced"),
            needs_look=bindparam("look_needed"),
        )
    )


_RECORD = _update_step(steps.c.state != StepState.SUCCEEDED)
_WITHDRAW = _update_step(or_(steps.c.state == StepState.SENT, steps.c.state == StepState.PENDING))


def write(connection: Connection, run_id: str, new: Sequence[NewStep], now: datetime) -> None:
    """Write the steps of a run, all pending."""
    number = run_rows.head(connection, run_id).number
    if new:
        connection.execute(insert(steps), [_row(number, step, now) for step in new])


def intend(
    connection: Connection, run_id: str, seqs: Sequence[int], *, token: int, now: datetime
) -> None:
    """Mark steps as sent, if the token holds the lease and each step may still be sent."""
    run = run_rows.head(connection, run_id)
    lease_rows.require(connection, run.key, token)
    now = clock.shared(connection, now)
    if run.finished:
        raise StateError(f"run {run_id} is finished: its steps cannot be sent any more")
    wanted = sorted(set(seqs))
    marked = 0
    for start in range(0, len(wanted), CHUNK):
        marked += connection.execute(
            update(steps)
            .where(
                steps.c.run_number == run.number,
                steps.c.seq.in_(wanted[start : start + CHUNK]),
                steps.c.state.in_(_MAY_BE_SENT),
            )
            .values(state=StepState.SENT, attempts=steps.c.attempts + 1, updated_at=now)
        ).rowcount
    if marked != len(wanted):
        raise StateError(
            f"run {run_id}: {len(wanted) - marked} of {len(wanted)} steps to send are settled "
            "already or not in the journal; nothing was sent"
        )


def withdraw(
    connection: Connection,
    run_id: str,
    withdrawn: Sequence[StepOutcome],
    *,
    token: int,
    now: datetime,
) -> None:
    """Make steps pending again that are sent or pending, if the token holds the lease."""
    run = run_rows.head(connection, run_id)
    if not withdrawn or not _holds(connection, run, token):
        return
    now = clock.shared(connection, now)
    connection.execute(
        _WITHDRAW, [_values(run.number, outcome, now, held=True) for outcome in withdrawn]
    )


def record(
    connection: Connection,
    run_id: str,
    outcomes: Sequence[StepOutcome],
    changes: Sequence[LedgerChange],
    *,
    token: int,
    now: datetime,
) -> bool:
    """Write outcomes and ledger changes; returns whether the lease was still held.

    What was sent has happened, even without the lease, so it is always written, and fenced, as far
    as `late_rows` accepts it. A late answer changes neither a step that succeeded nor its ledger
    entry: the entry may have changed again since.
    """
    _check(outcomes)
    run = run_rows.head(connection, run_id)
    held = _holds(connection, run, token)
    now = clock.shared(connection, now)
    if not held:
        outcomes = late_rows.accepted(connection, run.number, outcomes, finished=run.finished)
        changes = late_rows.of_successes(connection, run.number, outcomes, changes)
    if outcomes:
        connection.execute(
            _RECORD, [_values(run.number, outcome, now, held) for outcome in outcomes]
        )
    ledger_rows.change(connection, run.key, run.ledger_id, changes)
    return held


def read(connection: Connection, run_id: str) -> tuple[Step, ...]:
    """The steps of a run, in order."""
    number = run_rows.head(connection, run_id).number
    query = select(*_STEP).where(steps.c.run_number == number).order_by(steps.c.seq)
    return tuple([_step(row) for row in connection.execute(query)])


def _check(outcomes: Sequence[StepOutcome]) -> None:
    for outcome in outcomes:
        if outcome.state not in _OUTCOMES:
            raise ValueError(f"{outcome.state} is not an outcome")


def _holds(connection: Connection, run: run_rows.RunHead, token: int) -> bool:
    try:
        lease_rows.require(connection, run.key, token)
    except LeaseLost:
        return False
    return True


def _row(number: int, step: NewStep, now: datetime) -> dict[str, object]:
    previous = step.previous_address
    return {
        "run_number": number,
        "seq": step.seq,
        "address": step.address,
        "identity": identity(step.address),
        "previous_address": previous,
        "previous_identity": None if previous is None else identity(previous),
        "action": step.action,
        "state": StepState.PENDING,
        "idempotency_key": step.idempotency_key or uuid.uuid4().hex,
        "before": _dump(step.before),
        "after": _dump(step.after),
        "detail": NO_MESSAGE,
        "status_code": None,
        "attempts": 0,
        "updated_at": now,
        "fenced": False,
    }


def _values(number: int, outcome: StepOutcome, now: datetime, held: bool) -> dict[str, object]:
    return {
        "in_run": number,
        "at_seq": outcome.seq,
        "to_state": outcome.state,
        "to_detail": outcome.detail,
        "to_status": outcome.status_code,
        "at_moment": now,
        "was_fenced": not held,
        "look_needed": outcome.needs_look,
    }


def _step(row: Row[Any]) -> Step:
    images = {"before": _load(row.before), "after": _load(row.after)}
    return Step(**row._asdict() | images | {"state": StepState(row.state)})


def _dump(fields: Fields | None) -> str | None:
    return None if fields is None else orjson.dumps(fields).decode()


def _load(text: str | None) -> Fields | None:
    return None if text is None else orjson.loads(text)

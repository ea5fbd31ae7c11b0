"""Answers that arrive after the lease was lost: facts, but another process may have acted since.

So they are recorded, and change a step only as follows.

    journal state             late success             another late answer
    pending                   succeeded                unknown if it was sent, else unchanged
    sent, unknown             succeeded                unknown: settled by reading
    failed, skipped           succeeded, unless the    unchanged, with a note about the answer
                              run has ended
    succeeded                 unchanged                unchanged
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from reconciler.kinds.address import identity
from reconciler.message import Message, joined_messages
from reconciler.state.changes import LedgerChange, Rebase, Upsert
from reconciler.state.journal import StepOutcome, StepState
from reconciler.state.sql.ledger_rows import CHUNK
from reconciler.state.sql.tables import steps

_ENDED = (StepState.FAILED, StepState.SKIPPED)

_NOTE = (
    update(steps)
    .where(steps.c.run_number == bindparam("in_run"), steps.c.seq == bindparam("at_seq"))
    .values(detail=bindparam("to_detail"), fenced=True)
)


@dataclass(frozen=True, slots=True)
class Known:
    """The journal's row of a step when a late answer arrives."""

    identity: str
    state: str
    detail: Message


def accepted(
    connection: Connection, number: int, outcomes: Sequence[StepOutcome], *, finished: bool
) -> list[StepOutcome]:
    """The outcomes that late answers change. A note is added to steps that do not change."""
    known = _known(connection, number, [outcome.seq for outcome in outcomes])
    taken, notes = judged(known, outcomes, finished=finished)
    if notes:
        rows = [{"in_run": number, "at_seq": seq, "to_detail": note} for seq, note in notes.items()]
        connection.execute(_NOTE, rows)
    return taken


def judged(
    known: Mapping[int, Known], outcomes: Iterable[StepOutcome], *, finished: bool
) -> tuple[list[StepOutcome], dict[int, Message]]:
    """The outcomes that late answers change, and new details, by seq, of unchanged steps."""
    taken: list[StepOutcome] = []
    notes: dict[int, Message] = {}
    for outcome in outcomes:
        row = known.get(outcome.seq)
        if row is None or row.state == StepState.SUCCEEDED:
            continue
        if outcome.state is StepState.SUCCEEDED and not finished:
            taken.append(outcome)
        elif row.state in _ENDED:
            notes[outcome.seq] = _with_note(row.detail, outcome)
        elif row.state != StepState.PENDING or outcome.state is StepState.UNKNOWN:
            taken.append(
                StepOutcome(outcome.seq, StepState.UNKNOWN, outcome.detail, outcome.status_code)
            )
    return taken, notes


def of_successes(
    connection: Connection,
    number: int,
    outcomes: Sequence[StepOutcome],
    changes: Sequence[LedgerChange],
) -> list[LedgerChange]:
    """The ledger changes of the steps that succeeded."""
    done = [outcome.seq for outcome in outcomes if outcome.state is StepState.SUCCEEDED]
    return shares(_known(connection, number, done).values(), changes)


def shares(made: Iterable[Known], changes: Iterable[LedgerChange]) -> list[LedgerChange]:
    """The ledger changes of these steps only."""
    identities = {one.identity for one in made}
    return [one for one in changes if identity(_address_of(one)) in identities]


def _known(connection: Connection, number: int, seqs: Sequence[int]) -> dict[int, Known]:
    found: dict[int, Known] = {}
    for start in range(0, len(seqs), CHUNK):
        query = select(steps.c.seq, steps.c.identity, steps.c.state, steps.c.detail).where(
            steps.c.run_number == number, steps.c.seq.in_(seqs[start : start + CHUNK])
        )
        for row in connection.execute(query):
            found[row.seq] = Known(row.identity, row.state, row.detail)
    return found


def _with_note(detail: Message, late: StepOutcome) -> Message:
    status = f" ({late.status_code})" if late.status_code is not None else ""
    answer = Message.of("a late answer: {state}{status}", state=late.state.value, status=status)
    note = joined_messages(filter(None, (answer, late.detail)), ", ")
    return joined_messages(filter(None, (detail, note)))


def _address_of(change: LedgerChange) -> str:
    if isinstance(change, Upsert):
        return change.entry.address
    return change.new if isinstance(change, Rebase) else change.address

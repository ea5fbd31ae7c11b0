"""Answers to a holder that has lost its lease. They are true of the platform, and somebody else may
have acted on the same steps since: so they are kept, and decide only what nobody else can know.

    what the journal has      late success             any other late answer
    pending                   succeeded                unknown if it was sent, else nothing
    sent, unknown             succeeded                unknown: to be settled by reading
    failed, skipped           succeeded, unless the    as it was, with the answer beside it
                              run has ended
    succeeded                 as it was                as it was
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from reconciler.kinds.address import identity
from reconciler.state.changes import LedgerChange, Rebase, Upsert
from reconciler.state.journal import StepOutcome, StepState
from reconciler.state.keys import storable
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
    """What the journal has of a step when a late answer to it comes."""

    identity: str
    state: str
    detail: str


def accepted(
    connection: Connection, number: int, outcomes: Sequence[StepOutcome], *, finished: bool
) -> list[StepOutcome]:
    """What late answers make of their steps. Those that change nothing are noted beside what is
    known, and left out."""
    known = _known(connection, number, [one.seq for one in outcomes])
    taken, notes = judged(known, outcomes, finished=finished)
    if notes:
        rows = [{"in_run": number, "at_seq": seq, "to_detail": text} for seq, text in notes.items()]
        connection.execute(_NOTE, rows)
    return taken


def judged(
    known: Mapping[int, Known], outcomes: Iterable[StepOutcome], *, finished: bool
) -> tuple[list[StepOutcome], dict[int, str]]:
    """The outcomes that late answers give their steps, and the details, by seq, of the steps that
    keep their state and get the answer noted beside it."""
    taken: list[StepOutcome] = []
    notes: dict[int, str] = {}
    for outcome in outcomes:
        row = known.get(outcome.seq)
        if row is None or row.state == StepState.SUCCEEDED:
            continue
        if outcome.state is StepState.SUCCEEDED and not finished:
            taken.append(outcome)
        elif row.state in _ENDED:
            notes[outcome.seq] = _beside(row.detail, outcome)
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
    """The ledger's share of those that succeeded, and of no other step."""
    done = [one.seq for one in outcomes if one.state is StepState.SUCCEEDED]
    return shares(_known(connection, number, done).values(), changes)


def shares(made: Iterable[Known], changes: Iterable[LedgerChange]) -> list[LedgerChange]:
    """The ledger changes of these steps alone."""
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


def _beside(detail: str, late: StepOutcome) -> str:
    status = f" ({late.status_code})" if late.status_code is not None else ""
    said = f", {late.detail}" if late.detail else ""
    answer = storable(f"a late answer: {late.state}{status}{said}")
    return f"{detail}; {answer}" if detail else answer


def _address_of(change: LedgerChange) -> str:
    if isinstance(change, Upsert):
        return change.entry.address
    return change.new if isinstance(change, Rebase) else change.address

"""One owner for each resource of a platform, even between projects that apply at the same time.

A run reserves what its steps touch, in the transaction that begins it, until it ends. Meanwhile no
other project can begin a run on the same resources, or below what the run deletes or renames. Runs
on one platform begin one after the other. What another project changed after a plan was
verified, and before its run begins, makes the plan stale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select
from sqlalchemy.sql import ColumnElement

from reconciler.errors import PlanStale
from reconciler.kinds.address import ancestors, identity
from reconciler.kinds.registry import place
from reconciler.message import Message
from reconciler.state.journal import NewStep, StepState
from reconciler.state.keys import LedgerKey
from reconciler.state.sql.ledger_rows import insert_or, other_ledgers
from reconciler.state.sql.tables import ledger_entries, platforms, runs, steps

_MOVES_A_TREE = ("delete", "rename")
_SKEW = timedelta(days=1)
"""The most that the clock of the process that ended a run can be wrong."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A resource that another project manages, is changing, or changed after the verification.

    `takes_below` includes everything below it.
    """

    key: str
    address: str
    project: str
    run_id: str = ""
    takes_below: bool = False
    is_changed: bool = False

    @classmethod
    def by_step(
        cls, address: str, action: str, project: str, run_id: str, *, is_changed: bool = False
    ) -> Taken:
        """What a step of a run reserves at one of its addresses."""
        below = action in _MOVES_A_TREE
        key = identity(address)
        return cls(key, address, project, run_id, takes_below=below, is_changed=is_changed)

    def message(self) -> Message:
        """Which project has the resource, and since when."""
        if not self.run_id:
            template = "{address} is managed by project '{project}' now"
        elif self.is_changed:
            template = (
                "{address} was changed by project '{project}', in run {run}, after this plan was "
                "compared with the platform"
            )
        else:
            template = (
                "{address} is being changed by project '{project}', whose run {run} has not ended"
            )
        names = {"project": self.project, "run": self.run_id}
        return Message(template, {"address": place(self.address), **names})


def refuse_taken(
    connection: Connection, key: LedgerKey, new: Sequence[NewStep], *, verified_at: datetime | None
) -> None:
    """Raise PlanStale when another project has a resource that a run would touch."""
    _lock(connection, key.platform_id)
    refuse(first_taken(new, _taken(connection, key, verified_at)))


def refuse(taken: Taken | None) -> None:
    """Raise PlanStale for a resource that another project has."""
    if taken is not None:
        raise PlanStale(
            Message.of("this plan is stale: {why}; nothing was written", why=taken.message())
        )


def first_taken(new: Sequence[NewStep], others: Iterator[Taken]) -> Taken | None:
    """The first resource of another project that the steps would touch, or None."""
    touched: set[str] = set()
    trees: set[str] = set()
    for step in new:
        places = [step.address]
        if step.previous_address is not None:
            places.append(step.previous_address)
        keys = [identity(place) for place in places]
        touched.update(keys)
        if step.action in _MOVES_A_TREE:
            trees.update(keys)
    holders = {upper for key in touched for upper in ancestors(key)}
    for other in others:
        if other.key in touched or not trees.isdisjoint(ancestors(other.key)):
            return other
        if other.takes_below and other.key in holders:
            return other
    return None


def _lock(connection: Connection, platform_id: str) -> None:
    """Wait for another run that begins on this platform. SQLite has one writer at a time."""
    connection.execute(
        insert_or(connection, platforms).values(id=platform_id).on_conflict_do_nothing()
    )
    connection.execute(select(platforms).where(platforms.c.id == platform_id).with_for_update())


def _taken(connection: Connection, key: LedgerKey, verified_at: datetime | None) -> Iterator[Taken]:
    others = other_ledgers(connection, key)
    if not others:
        return
    owned = (
        select(ledger_entries.c.identity, ledger_entries.c.address, ledger_entries.c.ledger_id)
        .where(ledger_entries.c.ledger_id.in_(others))
        .order_by(ledger_entries.c.identity)
    )
    for row in connection.execute(owned):
        yield Taken(row.identity, row.address, others[row.ledger_id])
    for step in _steps_of(connection, list(others), runs.c.finished_at.is_(None)):
        yield from _taken_by(step, others)
    if verified_at is not None:
        since = and_(
            runs.c.finished_at >= verified_at - _SKEW,
            steps.c.state == StepState.SUCCEEDED,
            steps.c.updated_at >= verified_at,
        )
        for step in _steps_of(connection, list(others), since):
            yield from _taken_by(step, others)


def _taken_by(step: Row[Any], projects: Mapping[int, str]) -> Iterator[Taken]:
    """What a step of another project touches, by its old and its new name."""
    for address in (step.address, step.previous_address):
        if address is not None:
            yield Taken.by_step(
                address,
                step.action,
                projects[step.ledger_id],
                step.id,
                is_changed=step.finished_at is not None,
            )


def _steps_of(
    connection: Connection, ledger_ids: list[int], which: ColumnElement[bool]
) -> list[Row[Any]]:
    query: Select[Any] = (
        select(
            steps.c.identity,
            steps.c.address,
            steps.c.previous_identity,
            steps.c.previous_address,
            steps.c.action,
            runs.c.ledger_id,
            runs.c.id,
            runs.c.finished_at,
        )
        .join(runs, runs.c.number == steps.c.run_number)
        .where(runs.c.ledger_id.in_(ledger_ids), which)
        .order_by(runs.c.number, steps.c.seq)
    )
    return list(connection.execute(query))

"""One owner for each resource of a platform, also between projects that apply at one moment.

A run takes what its steps touch when it begins, in the transaction that writes them, and keeps it
until it ends: until then no other project can begin a run on the same resources, or on what is
below those that either of the two deletes or renames. Begins on one platform go one after the
other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from reconciler.errors import PlanStale
from reconciler.kinds.address import above, identity
from reconciler.state.journal import NewStep
from reconciler.state.keys import LedgerKey
from reconciler.state.ledger_rows import insert_or, other_ledgers
from reconciler.state.tables import ledger_entries, platforms, runs, steps

_MOVES_A_TREE = ("delete", "rename")


@dataclass(frozen=True, slots=True)
class Taken:
    """A resource that another project has: as its owner, or in a run that has not ended.

    `moves_a_tree` where that run deletes or renames it: what is below goes along.
    """

    key: str
    address: str
    project: str
    run_id: str = ""
    moves_a_tree: bool = False

    @classmethod
    def by_step(cls, address: str, action: str, project: str, run_id: str) -> Taken:
        """What a step of an unfinished run takes at one of its addresses."""
        moves = action in _MOVES_A_TREE
        return cls(identity(address), address, project, run_id, moves_a_tree=moves)

    def __str__(self) -> str:
        if not self.run_id:
            return f"{self.address} is managed by project '{self.project}' now"
        return (
            f"{self.address} is being changed by project '{self.project}', whose run "
            f"{self.run_id} has not ended"
        )


def refuse_taken(connection: Connection, key: LedgerKey, new: Sequence[NewStep]) -> None:
    """Raises PlanStale where another project has something that a run would touch."""
    _lock(connection, key.platform_id)
    refuse(first_taken(new, _taken(connection, key)))


def refuse(taken: Taken | None) -> None:
    """Raises PlanStale for a resource that another project has."""
    if taken is not None:
        raise PlanStale(
            f"this plan is stale: {taken}. Make it again with `reconciler plan --out FILE`; "
            "nothing was written"
        )


def first_taken(new: Sequence[NewStep], others: Iterator[Taken]) -> Taken | None:
    """The first resource of others that the steps would touch, None where there is none."""
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
    uppers = {upper for key in touched for upper in above(key)}
    for other in others:
        if other.key in touched or not trees.isdisjoint(above(other.key)):
            return other
        if other.moves_a_tree and other.key in uppers:
            return other
    return None


def _lock(connection: Connection, platform_id: str) -> None:
    """Wait for whoever begins a run on this platform now. SQLite lets one write at a time."""
    connection.execute(
        insert_or(connection, platforms).values(id=platform_id).on_conflict_do_nothing()
    )
    connection.execute(select(platforms).where(platforms.c.id == platform_id).with_for_update())


def _taken(connection: Connection, key: LedgerKey) -> Iterator[Taken]:
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
    for step in _steps_of_unfinished(connection, list(others)):
        project = others[step.ledger_id]
        yield Taken.by_step(step.address, step.action, project, step.id)
        if step.previous_address is not None:
            yield Taken.by_step(step.previous_address, step.action, project, step.id)


def _steps_of_unfinished(connection: Connection, ledger_ids: list[int]) -> list[Row[Any]]:
    query: Select[Any] = (
        select(
            steps.c.address,
            steps.c.previous_address,
            steps.c.action,
            runs.c.ledger_id,
            runs.c.id,
        )
        .join(runs, runs.c.number == steps.c.run_number)
        .where(runs.c.ledger_id.in_(ledger_ids), runs.c.finished_at.is_(None))
        .order_by(runs.c.number, steps.c.seq)
    )
    return list(connection.execute(query))

"""A run on paper, its journal, and its undo."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.kinds.base import Fields
from reconciler.live.platform import Snapshot
from reconciler.manifests.desired import Desired
from reconciler.planning.plan import Plan
from reconciler.planning.undo.planner import make_undo_plan
from reconciler.state.journal import Step, StepState
from reconciler.state.ledger import Ledger, LedgerEntry
from tests.planning.plan_worlds import (
    NOW,
    SETTINGS,
    carried_out,
    planned,
)

World = tuple[Snapshot, Ledger]


def journal(
    made: Plan, failed: Collection[str] = (), *, found_so: Collection[str] = ()
) -> list[Step]:
    """The steps of a run: those whose key is in `failed` failed, the rest was done; those in
    `found_so` were so already."""
    return [
        Step(
            seq=seq,
            address=change.address,
            action=change.action,
            state=StepState.FAILED if change.key in failed else StepState.SUCCEEDED,
            idempotency_key="k",
            before=change.before,
            after=change.after,
            previous_address=change.previous_address,
            detail="",
            status_code=200 if change.sends and change.key not in found_so else None,
            attempts=1,
            updated_at=NOW,
            fenced=False,
        )
        for seq, change in enumerate(made.changes)
    ]


def undone(made: Plan, world: World, failed: Collection[str] = ()) -> Plan:
    """The undo of a run that applied `made`, in the world it left."""
    return make_undo_plan(
        made, journal(made, failed), *world, run_id="r1", settings=SETTINGS, now=NOW
    )


def there_and_back(want: Desired, live: Snapshot, books: Ledger) -> tuple[Plan, Plan, World]:
    """A plan, its undo, and the world once both were carried out."""
    made = planned(want, live, books)
    world = carried_out(made, live, books)
    back = undone(made, world)
    return made, back, carried_out(back, *world)


def fields_of(world: World) -> dict[str, tuple[str, Fields]]:
    return {key: (one.address, one.fields) for key, one in world[0].resources.items()}


def entries_of(books: Ledger, live: Snapshot) -> dict[str, LedgerEntry]:
    """The entries of what is there: nobody can own what is not."""
    return {key: one for key, one in books.entries.items() if key in live.resources}

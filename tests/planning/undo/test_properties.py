"""Properties of undo over random runs: there and back is where one was."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import ManifestError
from reconciler.live.platform import Snapshot
from reconciler.manifests.desired import Desired
from reconciler.planning.change import Origin
from reconciler.state.ledger import Ledger
from tests.planning.plan_worlds import (
    carried_out,
    planned,
)
from tests.planning.test_planner_properties import _cases
from tests.planning.undo.undo_plans import entries_of, fields_of, undone


@settings(max_examples=300, deadline=None)
@given(_cases(), st.data())
def test_undo_restores_every_run(
    case: tuple[Desired, Snapshot, Ledger], data: st.DataObject
) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    failed: set[str] = set()
    broken = data.draw(st.sets(st.sampled_from([c.key for c in made.changes] or ["none"])))
    for change in made.changes:
        if (change.key in broken and not change.cascaded) or failed & set(change.depends_on):
            failed.add(change.key)
    done = replace(made, changes=tuple(c for c in made.changes if c.key not in failed))
    world = carried_out(done, live, books)
    back = undone(made, world, failed)
    assert not [d for c in back.changes for d in c.differences if d.origin is Origin.BOTH]
    after = carried_out(back, *world)
    assert fields_of(after) == fields_of((live, books))
    assert entries_of(after[1], live) == entries_of(books, live)


@settings(max_examples=300, deadline=None)
@given(_cases())
def test_undo_of_an_undo_is_the_run_again(case: tuple[Desired, Snapshot, Ledger]) -> None:
    want, live, books = case
    try:
        made = planned(want, live, books)
    except ManifestError:
        return
    done = carried_out(made, live, books)
    back = undone(made, done)
    again = undone(back, carried_out(back, *done))
    after = carried_out(again, *carried_out(back, *done))
    assert fields_of(after) == fields_of(done)
    assert entries_of(after[1], done[0]) == entries_of(done[1], done[0])

"""Compare the checkout that a plan comes from with the commits that runs applied."""

from __future__ import annotations

from pathlib import Path

from reconciler.manifests.files.git_history import standings
from reconciler.planning.applied_elsewhere import (
    AppliedElsewhere,
    is_apply_of_commit,
    runs_elsewhere,
    with_taken_back,
)
from reconciler.planning.plan import Plan
from reconciler.state.keys import LedgerKey
from reconciler.state.sql.store import Store

_RUNS_COMPARED = 20


def applied_elsewhere(
    plan: Plan, store: Store, key: LedgerKey, folder: Path
) -> tuple[AppliedElsewhere, ...]:
    """The newest runs whose commit the checkout may not contain, with what the plan takes back.

    Empty for an undo, which takes back a run on purpose.
    """
    if plan.undoes or plan.is_empty:
        return ()
    runs = store.runs(key, _RUNS_COMPARED)
    commits = [run.git_commit for run in runs if is_apply_of_commit(run)]
    elsewhere = runs_elsewhere(runs, standings(folder, commits)) if commits else ()
    if not elsewhere:
        return ()
    oldest = runs.index(elsewhere[-1].run)
    steps = {run.id: store.steps(run.id) for run in runs[: oldest + 1]}
    return with_taken_back(elsewhere, plan.changes, steps)

"""Which runs applied commits that this checkout does not contain, and what a plan takes back.

A plan takes back a run when it deletes what the run created, changed or began to manage, creates
what it deleted, returns a field to its value before the run, or, when the run's commit is known to
be on another line of history, changes a field that the run changed. Only the last run that touched
a resource counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.kinds.address import Address, identity
from reconciler.kinds.registry import KINDS
from reconciler.manifests.files.git_history import Standing
from reconciler.planning.change import Action, Change, Origin, Reason
from reconciler.planning.diff import differences
from reconciler.planning.plan import Plan
from reconciler.state.journal import Step, StepState
from reconciler.state.runs import Run

_BEGINS_TRACKING = (Action.CREATE, Action.REPLACE, Action.ADOPT)


@dataclass(frozen=True, slots=True)
class AppliedElsewhere:
    """A run whose commit this checkout does not contain, or may not contain."""

    run: Run
    standing: Standing
    is_latest: bool
    """Whether it is the last apply."""
    taken_back: tuple[Address, ...] = ()
    """The addresses of the changes that take back what it applied."""


def runs_elsewhere(
    runs: Sequence[Run], standings: Mapping[str, Standing]
) -> tuple[AppliedElsewhere, ...]:
    """The applies, newest first, whose commit is not known to be contained. `runs` are newest
    first; undo runs, runs without a commit and runs that applied nothing do not count."""
    applies = [run for run in runs if is_apply_of_commit(run)]
    return tuple(
        AppliedElsewhere(run, standings[run.git_commit], is_latest=run is applies[0])
        for run in applies
        if standings[run.git_commit] is not Standing.CONTAINED
    )


def is_apply_of_commit(run: Run) -> bool:
    """Whether it applied something of a known commit."""
    return run.operation == "apply" and bool(run.git_commit) and run.summary.succeeded > 0


def with_taken_back(
    elsewhere: Sequence[AppliedElsewhere],
    changes: Iterable[Change],
    steps: Mapping[str, Sequence[Step]],
) -> tuple[AppliedElsewhere, ...]:
    """The runs with what the changes take back.

    `steps` has the steps of these and of all later runs, by run id, newest run first.
    """
    last = _last_steps(steps)
    standings = {found.run.id: found.standing for found in elsewhere}
    taken: dict[str, list[Address]] = {}
    for change in changes:
        for run_id in _runs_taken_back(change, last, standings):
            taken.setdefault(run_id, []).append(change.address)
    return tuple(
        replace(found, taken_back=tuple(dict.fromkeys(taken.get(found.run.id, ()))))
        for found in elsewhere
    )


def with_reasons(plan: Plan, elsewhere: Iterable[AppliedElsewhere]) -> Plan:
    """The plan, where a delete of what was never in this checkout does not say that git removed
    it."""
    foreign = {identity(address) for found in elsewhere for address in found.taken_back}
    if not foreign:
        return plan
    changes = tuple(
        replace(change, reason=Reason.APPLIED_ELSEWHERE)
        if change.reason is Reason.REMOVED_FROM_GIT and identity(change.address) in foreign
        else change
        for change in plan.changes
    )
    return replace(plan, changes=changes)


_LastSteps = Mapping[str, tuple[str, Step]]
"""The run and the step that touched an address last, by identity; also by a rename's old name."""


def _last_steps(steps: Mapping[str, Sequence[Step]]) -> _LastSteps:
    last: dict[str, tuple[str, Step]] = {}
    for run_id, journal in steps.items():
        for step in journal:
            if step.state is StepState.SUCCEEDED:
                for address in (step.address, step.previous_address):
                    if address is not None:
                        last.setdefault(identity(address), (run_id, step))
    return last


def _runs_taken_back(
    change: Change, last: _LastSteps, standings: Mapping[str, Standing]
) -> Iterator[str]:
    for address in (change.address, change.previous_address):
        found = last.get(identity(address or ""))
        if found is not None and found[0] in standings:
            run_id, step = found
            if _takes_back(change, step, standings[run_id]):
                yield run_id


def _takes_back(change: Change, step: Step, standing: Standing) -> bool:
    did = Action(step.action)
    is_old_name = identity(step.address) != identity(change.address)
    match change.action:
        case Action.DELETE:
            return did is not Action.DELETE and not is_old_name
        case Action.FORGET:
            return did in _BEGINS_TRACKING and change.reason is not Reason.GONE
        case Action.CREATE | Action.REPLACE:
            return did is Action.DELETE or (did is Action.RENAME and is_old_name)
        case Action.RENAME:
            back = step.previous_address
            return did is Action.RENAME and identity(back or "") == identity(change.address)
        case Action.UPDATE | Action.ADOPT:
            return not is_old_name and _reverts_fields(change, step, standing)
    return False


def _reverts_fields(change: Change, step: Step, standing: Standing) -> bool:
    if step.before is None or step.after is None:
        return standing is Standing.DIVERGED and bool(change.differences)
    kind = KINDS[change.kind]
    undone = {d.path: d.after for d in differences(kind, step.after, step.before, step.after)}
    mine = [d for d in change.differences if d.origin in (Origin.GIT, Origin.BOTH)]
    if standing is Standing.DIVERGED:
        return any(each.path in undone for each in mine)
    return any(each.path in undone and undone[each.path] == each.after for each in mine)

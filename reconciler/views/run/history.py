"""The history as text: one line a run with its approvals, and one run in full.

All of it comes from the journal. Uncertain steps are called uncertain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.kinds.registry import parse_address
from reconciler.message import Command
from reconciler.planning.change import Change, Reason
from reconciler.planning.diff import differences
from reconciler.privacy.known_people import masker_for_steps
from reconciler.state.journal import Step, StepState, Summary
from reconciler.state.lease import duration_text
from reconciler.state.runs import Run, RunState, UsedApproval
from reconciler.text import visible
from reconciler.views.fragments.fields import difference_lines
from reconciler.views.run.step import effective_action, next_step_lines, state_symbol, step_text
from reconciler.views.style.table import table
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import moment

_ID_CHARACTERS = 10
_COMMIT_CHARACTERS = 10

_STATE_WORDS = {
    RunState.RUNNING: "running",
    RunState.INTERRUPTED: "unfinished",
    RunState.FINISHED: "applied",
    RunState.PARTLY: "partly applied",
    RunState.FAILED: "failed",
}

_STEP_WORDS = {
    StepState.PENDING: "not tried",
    StepState.SENT: "uncertain",
    StepState.SUCCEEDED: "done",
    StepState.FAILED: "failed",
    StepState.SKIPPED: "skipped",
    StepState.UNKNOWN: "uncertain",
}


@dataclass(frozen=True, slots=True)
class History:
    """Runs, newest first; with an `address`, only the runs that changed it."""

    runs: Sequence[Run]
    address: str = ""


def history_text(history: History, view: View) -> str:
    """One line a run, with its approvals and their reasons."""
    if not history.runs:
        if history.address:
            return f"No run has changed {view.address(history.address)}.\n"
        return "Nothing has been applied yet.\n"
    titles = ("Run", "When", "Who", "Result", "Plan")
    heading, *rows = table(titles, [_row(run, view) for run in history.runs], view.paint)
    lines = [heading]
    for run, row in zip(history.runs, rows, strict=True):
        lines.append(row)
        lines.extend(_grouped_approvals(run.approvals, view))
    hint = f"Every step of a run: {view.command('history', history.runs[0].id)}"
    return "\n".join([*lines, "", view.paint.faint(hint)]) + "\n"


def _grouped_approvals(approvals: Sequence[UsedApproval], view: View) -> Iterator[str]:
    """One line for all approvals with the same reason."""
    groups: dict[str, list[str]] = {}
    for covered, why in (_approval(approval, view) for approval in approvals):
        groups.setdefault(why, []).append(covered)
    for why, approved in groups.items():
        more = f" and {len(approved) - 1} more" if approved[1:] else ""
        yield f"  {approved[0]}{more}: {why}"


def _row(run: Run, view: View) -> tuple[str, ...]:
    return (
        visible(run.id),
        moment(run.started_at),
        visible(run.actor),
        f"{_state(run, view)}: {_counts(run.summary)}",
        visible(run.plan_id[:_ID_CHARACTERS]),
    )


def _state(run: Run, view: View) -> str:
    words = _STATE_WORDS[run.state(view.now)]
    return f"undo, {words}" if run.operation == "undo" else words


def _counts(summary: Summary) -> str:
    parts = [f"{summary.succeeded:,} of {summary.total:,} done"]
    for count, words in (
        (summary.failed, "failed"),
        (summary.skipped, "skipped"),
        (summary.uncertain, "uncertain"),
        (summary.pending, "not tried"),
    ):
        if count:
            parts.append(f"{count:,} {words}")
    return ", ".join(parts)


def run_text(run_and_steps: tuple[Run, Sequence[Step]], view: View) -> str:
    """One run: who, when, which plan, its approvals, and every step."""
    run, steps = run_and_steps
    view = view.with_masker(masker_for_steps(view.masker, steps))
    blocks = [
        list(_head(run, view)),
        list(_approvals(run.approvals, view)),
        [line for step in steps for line in _step(step, view)],
        list(_next_step(run, view)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _next_step(run: Run, view: View) -> Iterator[str]:
    """What to do next, as far as the journal shows it."""
    if run.state(view.now) is RunState.RUNNING:
        command = view.command("apply", "--resume", run.id)
        arrow = view.paint.caution("→")
        yield f"{arrow} The run has not ended. If its process has ended, continue it: {command}"
        return
    again = None if run.operation == "undo" else Command.of("plan", "--out", "FILE")
    yield from next_step_lines(run, view, again)


def _head(run: Run, view: View) -> Iterator[str]:
    state = _state(run, view)
    yield view.paint.strong(f"Run {visible(run.id)}: {state}, {_counts(run.summary)}")
    ended = ""
    if run.finished_at:
        took = duration_text(run.finished_at - run.started_at)
        ended = f", ended {moment(run.finished_at)} after {took}"
    yield f"  by {visible(run.actor)}, started {moment(run.started_at)}{ended}"
    yield f"  for {visible(str(run.key))}"
    author = f" by {visible(run.git_author)}" if run.git_author else ""
    commit = f", git {visible(run.git_commit[:_COMMIT_CHARACTERS])}{author}"
    commit = commit if run.git_commit else ""
    yield f"  plan {visible(run.plan_id[:_ID_CHARACTERS])}{commit}"
    if run.pruned:
        yield "  its plan is no longer kept, so it cannot be undone"


def _approvals(approvals: Sequence[UsedApproval], view: View) -> Iterator[str]:
    if approvals:
        yield view.paint.strong(f"Approvals: {len(approvals)}")
    for covered, why in (_approval(approval, view) for approval in approvals):
        yield f"  {covered}: {why}"


def _approval(approval: UsedApproval, view: View) -> tuple[str, str]:
    """What an approval covers; its reason and author."""
    text = view.text(approval.reason, about=approval.address)
    by = f", by {visible(approval.by)}" if approval.by else ""
    return f"{visible(approval.guard)} at {view.address(approval.address)}", f'"{text}"{by}'


def _step(step: Step, view: View) -> Iterator[str]:
    state = "" if step.state is StepState.SUCCEEDED else f"{_STEP_WORDS[step.state]}: "
    yield f"  {state_symbol(step.state, view.paint)} {state}{step_text(step, view)}"
    if step.before is not None and step.after is not None:
        yield from (f"      {line}" for line in difference_lines(_as_change(step), view))


def _as_change(step: Step) -> Change:
    kind = parse_address(step.address).kind
    return Change(
        address=step.address,
        kind=kind.name,
        action=effective_action(step),
        reason=Reason.CHANGED,
        before=step.before,
        after=step.after,
        differences=differences(kind, step.before or {}, step.after or {}, step.before),
    )

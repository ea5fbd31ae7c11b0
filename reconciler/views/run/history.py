"""The history for people: a line a run with why it was approved, and one run whole.

Everything is told from the journal's rows: what is uncertain is called so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from reconciler.kinds.registry import parse_address
from reconciler.planning.change import Change, Reason
from reconciler.planning.diff import differences
from reconciler.privacy.known_people import masker_for_steps
from reconciler.privacy.masking import Masker
from reconciler.state.journal import Step, StepState, Summary
from reconciler.state.lease import spoken
from reconciler.state.runs import Run, RunState
from reconciler.views.plan.fields import difference_lines
from reconciler.views.run.step import effective_action, mark, next_step_lines, said
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.escaping import visible
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


def render_history(
    runs: Sequence[Run],
    masker: Masker,
    now: datetime,
    paint: Paint = PLAIN,
    *,
    address: str = "",
) -> str:
    """A line a run, newest first, with what was approved for it and why; or what there is none of.

    `address` is what the runs have touched, where only those were asked for.
    """
    view = View(masker, paint)
    if not runs:
        none = f"No run has touched {view.address(address)}." if address else ""
        return (none or "Nothing has been applied yet.") + "\n"
    titles = ("Run", "When", "Who", "What became of it", "Plan")
    heading, *rows = table(titles, [_row(run, now) for run in runs], paint)
    lines = [heading]
    for run, row in zip(runs, rows, strict=True):
        lines.append(row)
        lines.extend(_reasons(run.reasons, view))
    hint = f"Every step of one: reconciler history {visible(runs[0].id)}"
    return "\n".join([*lines, "", paint.faint(hint)]) + "\n"


def _reasons(reasons: Sequence[JsonValue], view: View) -> Iterator[str]:
    """What was approved, told once for all that was approved in the same words."""
    groups: dict[str, list[str]] = {}
    for one in reasons:
        if isinstance(one, dict):
            what, why = _approval(one, view)
            groups.setdefault(why, []).append(what)
    for why, approved in groups.items():
        more = f" and {len(approved) - 1} more" if approved[1:] else ""
        yield f"  {approved[0]}{more}: {why}"


def _row(run: Run, now: datetime) -> tuple[str, ...]:
    return (
        visible(run.id),
        moment(run.started_at),
        visible(run.actor),
        f"{_what(run, now)}: {_counts(run.summary)}",
        visible(run.plan_id[:_ID_CHARACTERS]),
    )


def _what(run: Run, now: datetime) -> str:
    words = _STATE_WORDS[run.state(now)]
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


def render_run(
    run: Run, steps: Sequence[Step], masker: Masker, now: datetime, paint: Paint = PLAIN
) -> str:
    """One run whole: who, when, which plan, with which approvals, and every step."""
    view = View(masker_for_steps(masker, steps), paint)
    blocks = [
        list(_about(run, now, view)),
        list(_approvals(run.reasons, view)),
        [line for one in steps for line in _step_in_run(one, view)],
        list(next_step_lines(run, now, view)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _about(run: Run, now: datetime, view: View) -> Iterator[str]:
    yield view.paint.strong(f"Run {visible(run.id)}: {_what(run, now)}, {_counts(run.summary)}")
    ended = f", ended {moment(run.finished_at)}" if run.finished_at else ""
    took = f" after {spoken(run.finished_at - run.started_at)}" if run.finished_at else ""
    yield f"  by {visible(run.actor)}, started {moment(run.started_at)}{ended}{took}"
    yield f"  for {visible(str(run.key))}"
    commit = f", git {visible(run.git_commit[:_COMMIT_CHARACTERS])}" if run.git_commit else ""
    yield f"  plan {visible(run.plan_id[:_ID_CHARACTERS])}{commit}"
    if run.pruned:
        yield "  its plan is no longer kept, so it cannot be undone"


def _approvals(reasons: Sequence[JsonValue], view: View) -> Iterator[str]:
    given = [one for one in reasons if isinstance(one, dict)]
    if given:
        yield view.paint.strong(f"Approvals: {len(given)}")
    for one in given:
        what, why = _approval(one, view)
        yield f"  {what}: {why}"


def _approval(one: Mapping[str, JsonValue], view: View) -> tuple[str, str]:
    """What an approval covered, and why and by whom."""
    address = str(one.get("address", ""))
    reason = view.text(str(one.get("reason", "")), about=address)
    by = f", by {visible(str(one['by']))}" if one.get("by") else ""
    return f"{visible(str(one.get('guard', '')))} at {view.address(address)}", f'"{reason}"{by}'


def _step_in_run(step: Step, view: View) -> Iterator[str]:
    if step.state is StepState.SUCCEEDED:
        yield f"  {mark(step.state, view.paint)} {said(step, view)}"
    else:
        yield f"  {mark(step.state, view.paint)} {_STEP_WORDS[step.state]}: {said(step, view)}"
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

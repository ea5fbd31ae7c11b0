"""Runs for people: an apply as it goes, what became of it, and the history; JSON beside each.

Everything is told from the journal's rows: what is uncertain is called so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pydantic import JsonValue

from reconciler.applying.events import CollateralFound, Event, RunStarted, StepFinished, Waiting
from reconciler.applying.report import RunReport
from reconciler.planning.handles import is_personal
from reconciler.planning.model import Action
from reconciler.state.journal import Step, StepState, Summary
from reconciler.state.lease import spoken
from reconciler.state.runs import Run, RunState
from reconciler.views.knowing import knowing_steps
from reconciler.views.masking import Masker
from reconciler.views.paint import PLAIN, Paint
from reconciler.views.pen import Pen
from reconciler.views.run_json import history_to_json, report_to_json, run_to_json
from reconciler.views.scrubbing import MASK
from reconciler.views.table import table
from reconciler.views.visible import visible
from reconciler.views.words import DONE, TO_DO, counted, joined, moment, sentence

__all__ = [
    "history_to_json",
    "render_event",
    "render_history",
    "render_report",
    "render_run",
    "report_to_json",
    "run_to_json",
]

_ID_CHARACTERS = 10
_COMMIT_CHARACTERS = 10
_UNCERTAIN = (StepState.SENT, StepState.UNKNOWN)

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


# ---- while it runs -----------------------------------------------------------------------


def render_event(event: Event, masker: Masker, paint: Paint = PLAIN) -> str | None:
    """One line of progress; None for what needs none."""
    pen = Pen(masker, paint)
    match event:
        case RunStarted(run, steps):
            return f"Run {visible(run)}: {counted(steps, 'change')}"
        case StepFinished(state=StepState.SUCCEEDED, writes=False, detail=""):
            return None
        case StepFinished():
            return _step_finished(event, pen)
        case CollateralFound():
            return _collateral(event, pen)
        case Waiting(why, seconds):
            reason = pen.text(why)
            link = "" if reason.startswith("for ") else "for "
            return f"Waiting up to {_seconds(seconds)} {link}{reason}"


def _step_finished(event: StepFinished, pen: Pen) -> str:
    address = pen.address(event.address)
    detail = pen.text(event.detail, about=event.address)
    if event.state == StepState.SUCCEEDED:
        noted = f" ({detail})" if detail else ""
        done = DONE[Action.UPDATE if _is_update(event) else event.action]
        return f"  {pen.paint.good('✓')} {done} {address}{noted}"
    if event.state == StepState.SKIPPED:
        return f"  {pen.paint.careful('○')} skipped {address}: {detail}"
    return f"  {pen.paint.bad('✗')} could not {TO_DO[event.action]} {address}: {detail}"


def _is_update(event: StepFinished) -> bool:
    """An adoption that changed fields is an update to whoever reads of it."""
    return event.action is Action.ADOPT and event.writes


def _collateral(event: CollateralFound, pen: Pen) -> str:
    hidden = is_personal(event.address) and not pen.masker.show_personal
    expected, found = (MASK, MASK) if hidden else (event.expected, event.found)
    return (
        f"  {pen.paint.careful('!')} {pen.address(event.address)} is not as planned after the "
        f"write: {pen.text(event.field)} should be {pen.text(expected)}, is {pen.text(found)}"
    )


def _seconds(seconds: float) -> str:
    return f"{max(1, round(seconds))} s"


# ---- what became of it -------------------------------------------------------------------


def render_report(report: RunReport, masker: Masker, now: datetime, paint: Paint = PLAIN) -> str:
    """What landed, what did not and why, and how to go on."""
    pen = Pen(knowing_steps(masker, report.steps), paint)
    summary, run = report.run.summary, visible(report.run.id)
    first = f"Applied {summary.succeeded:,} of {counted(summary.total, 'change')} in run {run}."
    told = f"{first} {_landed(report.steps)}".rstrip()
    blocks = [[paint.strong(told)]]
    if report.stopped_by is not None:
        blocks.append([f"{paint.bad('Stopped:')} {sentence(pen.text(str(report.stopped_by)))}"])
    blocks.extend(_not_done(report.steps, pen))
    blocks.append(list(_how_to_go_on(report.run, now, pen)))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _landed(steps: Iterable[Step]) -> str:
    counts: dict[str, int] = {}
    for step in steps:
        if step.state is StepState.SUCCEEDED:
            words = DONE[_action(step)]
            counts[words] = counts.get(words, 0) + 1
    text = joined([f"{counts[words]:,} {words}" for words in DONE.values() if words in counts])
    return f"{text}." if text else ""


def _action(step: Step) -> Action:
    """What was done; an adoption that made it as git says was an update."""
    action = Action(step.action)
    changed = action is Action.ADOPT and step.before != step.after
    return Action.UPDATE if changed else action


def _not_done(steps: Sequence[Step], pen: Pen) -> Iterator[list[str]]:
    noted = [one for one in steps if one.state is StepState.SUCCEEDED and _is_notable(one)]
    yield _block("Done, to be looked at", noted, pen)
    for title, states in (
        ("Failed", (StepState.FAILED,)),
        ("Uncertain, it may have happened or not", _UNCERTAIN),
        ("Skipped", (StepState.SKIPPED,)),
        ("Not tried", (StepState.PENDING,)),
    ):
        yield _block(title, [one for one in steps if one.state in states], pen)


def _is_notable(step: Step) -> bool:
    return step.fenced or step.detail.startswith(("differs", "not read back"))


def _block(title: str, steps: Sequence[Step], pen: Pen) -> list[str]:
    if not steps:
        return []
    return [pen.paint.strong(f"{title}: {len(steps):,}"), *(_step(one, pen) for one in steps)]


def _step(step: Step, pen: Pen) -> str:
    return f"  {_mark(step.state, pen.paint)} {_said(step, pen)}"


def _said(step: Step, pen: Pen) -> str:
    detail = pen.text(step.detail, about=step.address)
    if step.fenced:
        detail = "; ".join(filter(None, (detail, "answered after the lock was lost")))
    why = f": {detail}" if detail else ""
    was = f"{pen.address(step.previous_address)} → " if step.previous_address else ""
    return f"{TO_DO[_action(step)]} {was}{pen.address(step.address)}{why}"


def _mark(state: StepState, paint: Paint) -> str:
    if state is StepState.SUCCEEDED:
        return paint.good("✓")
    if state is StepState.FAILED:
        return paint.bad("✗")
    return paint.careful("?") if state in _UNCERTAIN else paint.careful("○")


def _how_to_go_on(run: Run, now: datetime, pen: Pen) -> Iterator[str]:
    state = run.state(now)
    if run.finished_at is None:
        yield (
            f"{pen.paint.careful('→')} It is not finished. Go on with: "
            f"reconciler apply --resume {visible(run.id)}"
        )
    elif state is not RunState.FINISHED:
        yield (
            f"{pen.paint.careful('→')} It is finished, and what is done stays. For the rest, make "
            "a new plan: reconciler plan"
        )


# ---- history -----------------------------------------------------------------------------


def render_history(
    runs: Sequence[Run], now: datetime, paint: Paint = PLAIN, masker: Masker | None = None
) -> str:
    """A line a run, newest first."""
    del masker  # a run's own row names nobody
    if not runs:
        return "Nothing has been applied yet.\n"
    titles = ("Run", "When", "Who", "What became of it", "Plan")
    return "\n".join(table(titles, [_row(run, now) for run in runs], paint)) + "\n"


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
    pen = Pen(knowing_steps(masker, steps), paint)
    blocks = [
        list(_about(run, now, pen)),
        list(_approvals(run.reasons, pen)),
        [_step_in_run(one, pen) for one in steps],
        list(_how_to_go_on(run, now, pen)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _about(run: Run, now: datetime, pen: Pen) -> Iterator[str]:
    yield pen.paint.strong(f"Run {visible(run.id)}: {_what(run, now)}, {_counts(run.summary)}")
    ended = f", ended {moment(run.finished_at)}" if run.finished_at else ""
    took = f" after {spoken(run.finished_at - run.started_at)}" if run.finished_at else ""
    yield f"  by {visible(run.actor)}, started {moment(run.started_at)}{ended}{took}"
    yield f"  for {visible(str(run.key))}"
    commit = f", git {visible(run.git_commit[:_COMMIT_CHARACTERS])}" if run.git_commit else ""
    yield f"  plan {visible(run.plan_id[:_ID_CHARACTERS])}{commit}"
    if run.pruned:
        yield "  its plan is no longer kept, so it cannot be undone"


def _approvals(reasons: Sequence[JsonValue], pen: Pen) -> Iterator[str]:
    given = [one for one in reasons if isinstance(one, dict)]
    if given:
        yield pen.paint.strong(f"Approvals: {len(given)}")
    for one in given:
        address = str(one.get("address", ""))
        by = f", by {visible(str(one['by']))}" if one.get("by") else ""
        reason = pen.text(str(one.get("reason", "")), about=address)
        guard = visible(str(one.get("guard", "")))
        yield f'  {guard} at {pen.address(address)}: "{reason}"{by}'


def _step_in_run(step: Step, pen: Pen) -> str:
    if step.state is StepState.SUCCEEDED:
        return f"  {_mark(step.state, pen.paint)} {_said(step, pen)}"
    return f"  {_mark(step.state, pen.paint)} {_STEP_WORDS[step.state]}: {_said(step, pen)}"

"""An apply as text: its progress, one line an event, and its result.

All of the result comes from the journal. Uncertain steps are called uncertain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.applying.events import (
    ClocksDiffer,
    CollateralFound,
    Event,
    RunStarted,
    StepFinished,
    Waiting,
)
from reconciler.applying.report import RunReport
from reconciler.kinds.registry import is_personal
from reconciler.message import MASK
from reconciler.planning.change import Action
from reconciler.privacy.known_people import masker_for_steps
from reconciler.state.journal import Step, StepState
from reconciler.text import counted, joined, visible
from reconciler.views.fragments.clock import clock_warning
from reconciler.views.run.step import UNCERTAIN, effective_action, next_step_lines, step_line
from reconciler.views.style.colour import RELEASED
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import PARTICIPLES, VERBS, sentence

_REVERT_IN_GIT = (
    "If git still declares what was undone, the next plan brings it back: revert it in git too."
)


def event_line(event: Event, view: View) -> str | None:
    """One line of progress; None for an event that needs none."""
    match event:
        case ClocksDiffer(ahead):
            return f"  {view.paint.caution('!')} {clock_warning(ahead)}"
        case RunStarted(run, steps):
            return f"Run {visible(run)}: {counted(steps, 'change')}"
        case StepFinished(state=StepState.SUCCEEDED, writes=False) if not event.detail:
            return None
        case StepFinished():
            return _step_finished(event, view)
        case CollateralFound():
            return _collateral(event, view)
        case Waiting(what, seconds):
            return f"Waiting up to {max(1, round(seconds))} s for {view.message(what)}"


def _step_finished(event: StepFinished, view: View) -> str:
    address = view.address(event.address)
    detail = view.message(event.detail)
    if event.state == StepState.SUCCEEDED:
        is_update = event.action is Action.ADOPT and event.writes
        done = PARTICIPLES[Action.UPDATE if is_update else event.action]
        return f"  {view.paint.good('✓')} {done} {address}{f' ({detail})' if detail else ''}"
    if event.state == StepState.SKIPPED:
        return f"  {view.paint.caution(RELEASED)} skipped {address}: {detail}"
    return f"  {view.paint.bad('✗')} could not {VERBS[event.action]} {address}: {detail}"


def _collateral(event: CollateralFound, view: View) -> str:
    is_hidden = is_personal(event.address) and not view.masker.show_personal
    expected, found = (MASK, MASK) if is_hidden else (event.expected, event.found)
    return (
        f"  {view.paint.caution('!')} {view.address(event.address)} differs from the plan after "
        f"the write: {view.text(event.field)} should be {view.text(expected)}, "
        f"is {view.text(found)}"
    )


def report_text(report: RunReport, view: View) -> str:
    """What was applied, what was not and why, and what to do next."""
    view = view.with_masker(masker_for_steps(view.masker, report.steps))
    paint, summary, run = view.paint, report.run.summary, visible(report.run.id)
    total = counted(summary.total, "change")
    counts = _counts(report.steps)
    first = f"Applied {summary.succeeded:,} of {total} in run {run}.{counts}"
    blocks = [[paint.strong(first)]]
    if report.plan.only:
        blocks.append([f"{counted(report.plan.left_out, 'other change')} left out by --only."])
    if report.stopped_by is not None:
        reason = sentence(view.message(report.stopped_by.message_and_next_step))
        blocks.append([f"{paint.bad('Stopped:')} {reason}"])
    blocks.extend(_steps_by_state(report.steps, view))
    blocks.append(list(next_step_lines(report.run, view, report.plan.command_to_save)))
    if report.run.operation == "undo" and summary.succeeded:
        blocks.append([f"{paint.caution('→')} {_REVERT_IN_GIT}"])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _counts(steps: Iterable[Step]) -> str:
    counts = Counter(
        PARTICIPLES[effective_action(step)] for step in steps if step.state is StepState.SUCCEEDED
    )
    done = [f"{counts[words]:,} {words}" for words in PARTICIPLES.values() if words in counts]
    return f" {joined(done)}." if done else ""


def _steps_by_state(steps: Sequence[Step], view: View) -> Iterator[list[str]]:
    notable = [step for step in steps if step.state is StepState.SUCCEEDED and _is_notable(step)]
    yield _block("Done, needs a look", notable, view)
    for title, states in (
        ("Failed", (StepState.FAILED,)),
        ("Uncertain, may have happened or not", UNCERTAIN),
        ("Skipped", (StepState.SKIPPED,)),
        ("Not tried", (StepState.PENDING,)),
    ):
        yield _block(title, [step for step in steps if step.state in states], view)


def _is_notable(step: Step) -> bool:
    return step.fenced or step.needs_look


def _block(title: str, steps: Sequence[Step], view: View) -> list[str]:
    if not steps:
        return []
    title = view.paint.strong(f"{title}: {len(steps):,}")
    return [title, *(step_line(step, view) for step in steps)]

"""An apply for people: as it goes, and what became of it; JSON beside it.

Everything is told from the journal's rows: what is uncertain is called so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from reconciler.applying.events import (
    ClocksDiffer,
    CollateralFound,
    Event,
    RunStarted,
    StepFinished,
    Waiting,
)
from reconciler.applying.report import RunReport
from reconciler.manifests.masking.masked_text import MASK
from reconciler.planning.change import Action
from reconciler.privacy.handles import is_personal
from reconciler.privacy.known_people import masker_for_steps
from reconciler.privacy.masking import Masker
from reconciler.state.journal import Step, StepState
from reconciler.text import counted, joined
from reconciler.views.reports.clock import clock_warning
from reconciler.views.run.json import report_to_json
from reconciler.views.run.step import UNCERTAIN, effective_action, next_step_lines, step_line
from reconciler.views.style.colour import PLAIN, Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import PARTICIPLES, VERBS, sentence

__all__ = [
    "render_event",
    "render_report",
    "report_to_json",
]

_GIT_STILL_SAYS = (
    "Where git still asks for what was undone, the next plan brings it back: revert it there too."
)


# ---- while it runs -----------------------------------------------------------------------


def render_event(event: Event, masker: Masker, paint: Paint = PLAIN) -> str | None:
    """One line of progress; None for what needs none."""
    view = View(masker, paint)
    match event:
        case ClocksDiffer(ahead):
            return f"  {paint.caution('!')} {clock_warning(ahead)}"
        case RunStarted(run, steps):
            return f"Run {visible(run)}: {counted(steps, 'change')}"
        case StepFinished(state=StepState.SUCCEEDED, writes=False, detail=""):
            return None
        case StepFinished():
            return _step_finished(event, view)
        case CollateralFound():
            return _collateral(event, view)
        case Waiting(why, seconds):
            reason = view.text(why)
            link = "" if reason.startswith("for ") else "for "
            return f"Waiting up to {_seconds(seconds)} {link}{reason}"


def _step_finished(event: StepFinished, view: View) -> str:
    address = view.address(event.address)
    detail = view.text(event.detail, about=event.address)
    if event.state == StepState.SUCCEEDED:
        noted = f" ({detail})" if detail else ""
        done = PARTICIPLES[Action.UPDATE if _is_update(event) else event.action]
        return f"  {view.paint.good('✓')} {done} {address}{noted}"
    if event.state == StepState.SKIPPED:
        return f"  {view.paint.caution('○')} skipped {address}: {detail}"
    return f"  {view.paint.bad('✗')} could not {VERBS[event.action]} {address}: {detail}"


def _is_update(event: StepFinished) -> bool:
    """An adoption that changed fields is an update to whoever reads of it."""
    return event.action is Action.ADOPT and event.writes


def _collateral(event: CollateralFound, view: View) -> str:
    hidden = is_personal(event.address) and not view.masker.show_personal
    expected, found = (MASK, MASK) if hidden else (event.expected, event.found)
    return (
        f"  {view.paint.caution('!')} {view.address(event.address)} is not as planned after the "
        f"write: {view.text(event.field)} should be {view.text(expected)}, is {view.text(found)}"
    )


def _seconds(seconds: float) -> str:
    return f"{max(1, round(seconds))} s"


# ---- what became of it -------------------------------------------------------------------


def render_report(report: RunReport, masker: Masker, now: datetime, paint: Paint = PLAIN) -> str:
    """What landed, what did not and why, and how to go on."""
    view = View(masker_for_steps(masker, report.steps), paint)
    summary, run = report.run.summary, visible(report.run.id)
    first = f"Applied {summary.succeeded:,} of {counted(summary.total, 'change')} in run {run}."
    told = f"{first} {_landed(report.steps)}".rstrip()
    blocks = [[paint.strong(told)]]
    if report.stopped_by is not None:
        blocks.append([f"{paint.bad('Stopped:')} {sentence(view.text(str(report.stopped_by)))}"])
    blocks.extend(_not_done(report.steps, view))
    blocks.append(list(next_step_lines(report.run, now, view)))
    if report.run.operation == "undo" and summary.succeeded:
        blocks.append([f"{paint.caution('→')} {_GIT_STILL_SAYS}"])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _landed(steps: Iterable[Step]) -> str:
    counts: dict[str, int] = {}
    for step in steps:
        if step.state is StepState.SUCCEEDED:
            words = PARTICIPLES[effective_action(step)]
            counts[words] = counts.get(words, 0) + 1
    text = joined(
        [f"{counts[words]:,} {words}" for words in PARTICIPLES.values() if words in counts]
    )
    return f"{text}." if text else ""


def _not_done(steps: Sequence[Step], view: View) -> Iterator[list[str]]:
    noted = [one for one in steps if one.state is StepState.SUCCEEDED and _is_notable(one)]
    yield _block("Done, to be looked at", noted, view)
    for title, states in (
        ("Failed", (StepState.FAILED,)),
        ("Uncertain, it may have happened or not", UNCERTAIN),
        ("Skipped", (StepState.SKIPPED,)),
        ("Not tried", (StepState.PENDING,)),
    ):
        yield _block(title, [one for one in steps if one.state in states], view)


def _is_notable(step: Step) -> bool:
    return step.fenced or step.detail.startswith(("differs", "not read back"))


def _block(title: str, steps: Sequence[Step], view: View) -> list[str]:
    if not steps:
        return []
    return [
        view.paint.strong(f"{title}: {len(steps):,}"),
        *(step_line(one, view) for one in steps),
    ]

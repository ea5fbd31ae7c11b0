"""A journal row as a line, and what is left to do about its run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.planning.change import Action
from reconciler.state.journal import Step, StepState
from reconciler.state.runs import Run, RunState
from reconciler.views.style.colour import Paint
from reconciler.views.style.escaping import visible
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import VERBS

UNCERTAIN = (StepState.SENT, StepState.UNKNOWN)


def effective_action(step: Step) -> Action:
    """What was done; an adoption that made it as git says was an update."""
    action = Action(step.action)
    changed = action is Action.ADOPT and step.before != step.after
    return Action.UPDATE if changed else action


def step_line(step: Step, view: View) -> str:
    """A step in a list of those in its state."""
    return f"  {mark(step.state, view.paint)} {said(step, view)}"


def said(step: Step, view: View) -> str:
    """What a step does, and what is known of it."""
    detail = view.text(step.detail, about=step.address)
    if step.fenced:
        detail = "; ".join(filter(None, (detail, "answered after the lock was lost")))
    why = f": {detail}" if detail else ""
    was = f"{view.address(step.previous_address)} → " if step.previous_address else ""
    return f"{VERBS[effective_action(step)]} {was}{view.address(step.address)}{why}"


def mark(state: StepState, paint: Paint) -> str:
    """The sign of a state."""
    if state is StepState.SUCCEEDED:
        return paint.good("✓")
    if state is StepState.FAILED:
        return paint.bad("✗")
    return paint.caution("?") if state in UNCERTAIN else paint.caution("○")


def next_step_lines(run: Run, now: datetime, view: View) -> Iterator[str]:
    """What to do next, where something is left."""
    state = run.state(now)
    if run.finished_at is None:
        yield (
            f"{view.paint.caution('→')} It is not finished. Go on with: "
            f"reconciler apply --resume {visible(run.id)}"
        )
    elif state is not RunState.FINISHED:
        yield (
            f"{view.paint.caution('→')} It is finished, and what is done stays. For the rest, make "
            "a new plan: reconciler plan"
        )

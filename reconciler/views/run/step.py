"""A step of a run as a line, and what to do next about its run."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.message import Command
from reconciler.planning.change import Action
from reconciler.state.journal import Step, StepState
from reconciler.state.runs import Run, RunState
from reconciler.views.style.colour import RELEASED, Paint
from reconciler.views.style.view import View
from reconciler.views.style.vocabulary import VERBS

UNCERTAIN = (StepState.SENT, StepState.UNKNOWN)


def effective_action(step: Step) -> Action:
    """The step's action; an adoption that changed fields is an update."""
    action = Action(step.action)
    has_changes = action is Action.ADOPT and step.before != step.after
    return Action.UPDATE if has_changes else action


def step_line(step: Step, view: View) -> str:
    """The step with the symbol of its state."""
    return f"  {state_symbol(step.state, view.paint)} {step_text(step, view)}"


def step_text(step: Step, view: View) -> str:
    """`delete statuses/Lunch: no answer`"""
    detail = view.message(step.detail)
    if step.fenced:
        detail = "; ".join(filter(None, (detail, "answered after the lock was lost")))
    suffix = f": {detail}" if detail else ""
    previous = f"{view.address(step.previous_address)} → " if step.previous_address else ""
    return f"{VERBS[effective_action(step)]} {previous}{view.address(step.address)}{suffix}"


def state_symbol(state: StepState, paint: Paint) -> str:
    """The symbol of a step's state."""
    if state is StepState.SUCCEEDED:
        return paint.good("✓")
    if state is StepState.FAILED:
        return paint.bad("✗")
    return paint.caution("?") if state in UNCERTAIN else paint.caution(RELEASED)


def next_step_lines(run: Run, view: View, again: Command | None = None) -> Iterator[str]:
    """What to do next about an unfinished or partly applied run; `again` plans the rest of it."""
    arrow, state = view.paint.caution("→"), run.state(view.now)
    if run.finished_at is None:
        command = view.command("apply", "--resume", run.id)
        yield f"{arrow} The run is unfinished. Continue it: {command}"
    elif state is not RunState.FINISHED and again is not None:
        command = view.command(*again.command)
        yield f"{arrow} The run is finished and its changes stay. Plan the rest again: {command}"
    elif state is not RunState.FINISHED:
        yield f"{arrow} The run is finished and its changes stay."

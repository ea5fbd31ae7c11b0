"""What is told while something goes on: plain lines, and on a terminal how far it is below them.

All of it goes to stderr, so that data stays pure. rich is loaded on a terminal only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.cli import defects
from reconciler.cli.output import paint_for, print_note

if TYPE_CHECKING:
    from rich.console import Console

    from reconciler.applying.events import Event, Listener
    from reconciler.privacy.masking import Masker


@contextmanager
def progress_listener(masker: Masker) -> Iterator[Listener]:
    """A listener to a run: a line for each event, and a bar of the steps where a person looks.

    It raises nothing: a run does not stop in the middle because it cannot be told about.
    """
    from reconciler.views.run.text import render_event

    if not _is_interactive():

        def tell(event: Event) -> None:
            line = render_event(event, masker=masker)
            if line is not None:
                print_note(line)

        yield _without_raising(tell)
        return
    with _bar(masker) as tell_and_count:
        yield _without_raising(tell_and_count)


def _without_raising(tell: Listener) -> Listener:
    """The listener; what goes wrong in it is a defect of ours, told once."""
    failed: list[Exception] = []

    def told(event: Event) -> None:
        try:
            tell(event)
        except Exception as error:
            if not failed:
                print_note(defects.defect_message(error, os.environ))
            failed.append(error)

    return told


@contextmanager
def status_line(what: str) -> Iterator[None]:
    """Says on a terminal what is being waited for, and leaves nothing behind."""
    if not _is_interactive():
        yield
        return
    with _console().status(what):
        yield


@contextmanager
def _bar(masker: Masker) -> Iterator[Listener]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

    from reconciler.applying.events import RunStarted, StepFinished
    from reconciler.views.run.text import render_event

    paint = paint_for(sys.stderr)
    columns = (TextColumn("Applying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console(), transient=True) as progress:
        steps = progress.add_task("", total=None)

        def tell(event: Event) -> None:
            line = render_event(event, masker=masker, paint=paint)
            if line is not None:
                progress.console.print(Text.from_ansi(line), soft_wrap=True)
            if isinstance(event, RunStarted):
                progress.update(steps, total=event.steps)
            elif isinstance(event, StepFinished):
                progress.advance(steps)

        yield tell


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def _is_interactive() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")

"""Progress on stderr: one line an event, and a progress bar on a terminal.

rich is loaded on a terminal only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.cli.defects import defect_message
from reconciler.cli.output import print_note, view_for

if TYPE_CHECKING:
    from rich.console import Console

    from reconciler.applying.events import Event, Listener
    from reconciler.privacy.masking import Masker


@contextmanager
def progress_listener(masker: Masker) -> Iterator[Listener]:
    """A listener that prints the events of a run. It never raises: a failure to print does not
    stop a run."""
    from reconciler.views.run.report import event_line
    from reconciler.views.style.view import View

    def print_line(event: Event) -> None:
        line = event_line(event, View(masker, datetime.now(UTC)))
        if line is not None:
            print_note(line)

    if _is_interactive():
        with _progress_bar(masker) as listener:
            yield _without_raising(listener)
    else:
        yield _without_raising(print_line)


def _without_raising(listener: Listener) -> Listener:
    """The listener; its first exception is reported as a defect."""
    failures: list[Exception] = []

    def safe_listener(event: Event) -> None:
        try:
            listener(event)
        except Exception as error:
            if not failures:
                print_note(defect_message(error, os.environ))
            failures.append(error)

    return safe_listener


@contextmanager
def status_line(text: str) -> Iterator[None]:
    """Show a status on a terminal until the block ends."""
    if not _is_interactive():
        yield
        return
    with _console().status(text):
        yield


@contextmanager
def _progress_bar(masker: Masker) -> Iterator[Listener]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

    from reconciler.applying.events import RunStarted, StepFinished
    from reconciler.views.run.report import event_line

    view = view_for(sys.stderr, masker)
    columns = (TextColumn("Applying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console(), transient=True) as progress:
        steps = progress.add_task("", total=None)

        def listener(event: Event) -> None:
            line = event_line(event, view)
            if line is not None:
                progress.console.print(Text.from_ansi(line), soft_wrap=True)
            if isinstance(event, RunStarted):
                progress.update(steps, total=event.steps)
            elif isinstance(event, StepFinished):
                progress.advance(steps)

        yield listener


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def _is_interactive() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")

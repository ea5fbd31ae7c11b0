"""What a command prints: data on stdout, everything else on stderr, colour on terminals only."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from reconciler.cli.command_line import CommandLine, current

if TYPE_CHECKING:
    from reconciler.errors import ReconcilerError
    from reconciler.invocation import Invocation
    from reconciler.planning.change import Change
    from reconciler.privacy.masking import Masker
    from reconciler.views.style.colour import Paint
    from reconciler.views.style.view import View


def paint_for(stream: IO[str]) -> Paint:
    """Colour if `stream` is a terminal and NO_COLOR is not set (no-color.org)."""
    from reconciler.views.style.colour import Paint

    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paint(colour)


def view_for(stream: IO[str], masker: Masker | None = None, parts: Collection[str] = ()) -> View:
    """A view for a stream. Without a masker, customers are masked without handles."""
    from reconciler.privacy.masking import Masker
    from reconciler.views.style.view import View

    masker = masker or Masker(b"", invocation=invocation_of(current()))
    return View(masker, datetime.now(UTC), paint_for(stream), frozenset(parts))


def invocation_of(command_line: CommandLine) -> Invocation:
    """The folder, the environment and the plan file that printed commands name."""
    from reconciler.invocation import Invocation

    folder = "" if command_line.folder == Path() else str(command_line.folder)
    plan_file = "" if command_line.plan_file is None else str(command_line.plan_file)
    return Invocation(folder, command_line.environment or "", plan_file)


@contextmanager
def masked_errors(masker: Masker, changes: Iterable[Change] = ()) -> Iterator[None]:
    """Print errors from inside with this masker, which also masks the customers of `changes`."""
    from reconciler.errors import Interrupted, ReconcilerError
    from reconciler.privacy.known_people import masker_for_changes

    try:
        yield
    except Interrupted:
        raise
    except ReconcilerError as error:
        print_error(error, masker_for_changes(masker, changes))
        raise click.exceptions.Exit(error.exit_code) from error


def print_data(text: str | bytes) -> None:
    """Print data on stdout. Raises OutputLost if stdout does not accept it."""
    if isinstance(text, bytes):
        text = text.decode()
    click.echo(text.rstrip("\n"))


def print_note(text: str) -> None:
    """Print anything that is not data on stderr."""
    click.echo(text, err=True)


def print_error(
    error: ReconcilerError,
    masker: Masker | None = None,
    *,
    command_line: CommandLine | None = None,
) -> None:
    """Print an error and its next step on stderr."""
    from reconciler.privacy.masking import Masker
    from reconciler.views.reports.errors import error_text

    if masker is None:
        masker = Masker(b"", invocation=invocation_of(command_line or current()))
    print_note(error_text(error, view_for(sys.stderr, masker)))


def print_clock_warning(ahead_seconds: int | None) -> None:
    """Print a warning if the platform's clock differs from this machine's."""
    from reconciler.views.fragments.clock import clock_warning

    warning = clock_warning(ahead_seconds)
    if warning:
        print_note(f"{paint_for(sys.stderr).caution('Warning:')} {warning}")

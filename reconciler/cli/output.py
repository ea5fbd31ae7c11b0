"""Where output goes and how it is dressed: colour only on a terminal that wants it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.planning.change import Change
    from reconciler.privacy.masking import Masker
    from reconciler.project.project import Project
    from reconciler.views.style.colour import Paint


def paint_for(stream: IO[str]) -> Paint:
    """Colour when `stream` is a terminal and NO_COLOR is not set (no-color.org)."""
    from reconciler.views.style.colour import Paint

    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paint(colour)


def masker_of(project: Project, *, show_personal: bool) -> Masker:
    """The masker with the key of the project's state."""
    from reconciler.privacy.masking import Masker

    return Masker(project.mask_key(), show_personal=show_personal)


@contextmanager
def masked_errors(masker: Masker, changes: Iterable[Change] = ()) -> Iterator[None]:
    """Errors inside, about these changes, are told with these masks: a customer as in a plan."""
    from reconciler.errors import Interrupted, ReconcilerError
    from reconciler.privacy.known_people import masker_for_changes
    from reconciler.views.reports.errors import render_error

    try:
        yield
    except Interrupted:
        raise
    except ReconcilerError as error:
        known = masker_for_changes(masker, changes)
        print_note(render_error(error, paint_for(sys.stderr), known))
        raise click.exceptions.Exit(error.exit_code) from error


def print_data(text: str | bytes) -> None:
    """Data, on stdout. Raises OutputLost where stdout does not take it."""
    if isinstance(text, bytes):
        text = text.decode()
    click.echo(text.rstrip("\n"))


def print_clock_warning(ahead_seconds: int | None) -> None:
    """A warning where the platform's clock differs from this machine's."""
    from reconciler.views.reports.clock import clock_warning

    warning = clock_warning(ahead_seconds)
    if warning:
        print_note(f"{paint_for(sys.stderr).caution('Warning:')} {warning}")


def print_note(text: str) -> None:
    """Anything that is not data, on stderr."""
    click.echo(text, err=True)

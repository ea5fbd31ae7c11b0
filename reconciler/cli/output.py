"""Where output goes and how it is dressed: colour only on a terminal that wants it."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.project import Project
    from reconciler.views.masking import Masker
    from reconciler.views.paint import Paint


def paint_for(stream: IO[str]) -> Paint:
    """Colour when `stream` is a terminal and NO_COLOR is not set (no-color.org)."""
    from reconciler.views.paint import Paint

    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paint(colour)


def masker_of(project: Project, *, show_personal: bool) -> Masker:
    """The masker with the key of the project's state."""
    from reconciler.views.masking import Masker

    return Masker(project.mask_key(), show_personal=show_personal)


def put(text: str | bytes) -> None:
    """Data, on stdout."""
    if isinstance(text, bytes):
        text = text.decode()
    click.echo(text.rstrip("\n"))


def note(text: str) -> None:
    """Anything that is not data, on stderr."""
    click.echo(text, err=True)

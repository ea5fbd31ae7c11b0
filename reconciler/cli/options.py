"""Options that several commands share, and the project they open."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.output import print_note

if TYPE_CHECKING:
    from reconciler.manifests.settings import Approval
    from reconciler.project.project import Project
    from reconciler.views.formats import Document

_Command = TypeVar("_Command", bound=Callable[..., Any])

folder_argument = click.argument(
    "folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path)
)
folder_option = click.option(
    "--dir",
    "folder",
    default=".",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The project folder.",
)
env_option = click.option(
    "--env",
    "environment",
    metavar="ENV",
    help="The environment; required if there are several.",
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path), help="Write the plan file here."
)
all_option = click.option("--all", "expand", is_flag=True, help="Show folded and cut parts.")
detailed_option = click.option(
    "--detailed-exitcode", is_flag=True, help="Exit 2 if there are, or may be, changes."
)
personal_option = click.option(
    "--show-personal-data", is_flag=True, help="Show customers and contacts unmasked."
)


def format_option(document: Document[Any]) -> Callable[[_Command], _Command]:
    """--format, with the formats of a document."""
    formats = list(document.formats)
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="The output format.",
    )


def approval_options(command: _Command) -> _Command:
    """--approve GUARD:ADDRESS, repeatable, and their shared --reason."""
    command = click.option("--reason", default="", help="Why; required with --approve.")(command)
    return click.option(
        "--approve",
        "approved",
        multiple=True,
        metavar="GUARD:ADDRESS",
        help="Approve a finding; repeatable.",
    )(command)


def approvals_of(approved: tuple[str, ...], reason: str) -> tuple[Approval, ...]:
    """The approvals of --approve and --reason. Raises click.UsageError for invalid ones."""
    if not approved:
        if reason:
            raise click.UsageError("--reason needs --approve GUARD:ADDRESS")
        return ()
    if not reason.strip():
        raise click.UsageError("--approve needs --reason, which the history keeps")
    from reconciler.guards.registry import GUARD_CODES
    from reconciler.manifests.problems.suggestions import did_you_mean
    from reconciler.manifests.settings import Approval
    from reconciler.project.credentials import user_name

    approvals: list[Approval] = []
    for text in approved:
        guard, colon, address = text.partition(":")
        if not colon or not guard or not address:
            raise click.UsageError(
                f"'{text}' is not a GUARD:ADDRESS, such as delete-in-use:statuses/Lunch"
            )
        if guard not in GUARD_CODES:
            hint = did_you_mean(guard, sorted(GUARD_CODES))
            raise click.UsageError(f"unknown guard '{guard}': {hint}")
        approvals.append(Approval(guard, address, reason.strip(), by=user_name()))
    return tuple(approvals)


def open_project(folder: Path, environment: str | None) -> Project:
    """The project of a folder, with credentials from the environment variables."""
    from reconciler.project.project import Access, Project

    return Project.open(folder, environment, access=Access.of(os.environ, warn=_warn))


@cache
def _warn(sentence: str) -> None:
    """Print each warning once."""
    print_note(f"Warning: {sentence}.")

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
    "--env", "environment", metavar="ENV", help="Environment; required when there are several."
)
format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to print.",
)
personal_option = click.option(
    "--show-personal-data", is_flag=True, help="Show customers and contacts unmasked."
)


def approval_options(command: _Command) -> _Command:
    """--approve GUARD:ADDRESS, repeatable, and the one --reason they share."""
    command = click.option("--reason", default="", help="Why; required with --approve.")(command)
    return click.option(
        "--approve",
        "approved",
        multiple=True,
        metavar="GUARD:ADDRESS",
        help="Approve a finding; repeatable.",
    )(command)


def approvals_of(approved: tuple[str, ...], reason: str) -> tuple[Approval, ...]:
    """What --approve and --reason say. Raises click.UsageError when they do not fit."""
    if not approved:
        if reason:
            raise click.UsageError("--reason goes with --approve GUARD:ADDRESS")
        return ()
    if not reason.strip():
        raise click.UsageError("--approve needs --reason: it is kept in the history")
    from reconciler.guards.registry import GUARD_CODES
    from reconciler.manifests.problems.suggestions import did_you_mean
    from reconciler.manifests.settings import Approval
    from reconciler.project.credentials import user_name

    made: list[Approval] = []
    for one in approved:
        guard, colon, address = one.partition(":")
        if not colon or not guard or not address:
            raise click.UsageError(
                f"'{one}' is no GUARD:ADDRESS, as in delete-in-use:statuses/Lunch"
            )
        if guard not in GUARD_CODES:
            hint = did_you_mean(guard, sorted(GUARD_CODES))
            raise click.UsageError(f"there is no guard '{guard}': {hint}")
        made.append(Approval(guard, address, reason.strip(), by=user_name()))
    return tuple(made)


def open_project(folder: Path, environment: str | None) -> Project:
    """The project of a folder, with access from the environment variables."""
    from reconciler.project.project import Access, Project

    return Project.open(folder, environment, access=Access.of(os.environ, warn=_warned))


@cache
def _warned(sentence: str) -> None:
    """Warn on stderr, once of each thing."""
    print_note(f"Warning: {sentence}.")

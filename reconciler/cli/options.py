"""Options that several commands share, the project they open, and how it is printed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import click

from reconciler.cli.output import print_data, print_note, view_for

if TYPE_CHECKING:
    from reconciler.manifests.settings import Approval
    from reconciler.privacy.masking import Masker
    from reconciler.project.project import Project
    from reconciler.views.formats import Document

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Subject = TypeVar("_Subject")
_LONGEST = timedelta(days=36_525)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

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
_PARTS = {
    "details": "Show every change and every name, uncut.",
    "unchanged": "List what is tracked and already matches git.",
    "unmanaged": "List what is on the platform and not in git.",
}
"""The parts of a plan that are folded unless asked for."""
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


def parts_options(command: _Command) -> _Command:
    """--details, --unchanged and --unmanaged; the command gets the chosen ones as `parts`."""

    @wraps(command)
    def run(**options: Any) -> Any:
        parts = frozenset(part for part in _PARTS if options.pop(part))
        return command(parts=parts, **options)

    decorated: Callable[..., Any] = run
    for part, words in reversed(_PARTS.items()):
        decorated = click.option(f"--{part}", is_flag=True, help=words)(decorated)
    return cast("_Command", decorated)


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


def duration(text: str) -> timedelta:
    """The duration `30s`, `5m`, `1h` or `90d`. Raises click.UsageError for anything else."""
    match = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if match is None:
        raise click.UsageError(f"'{text}' is not a duration: write 30s, 5m, 1h or 90d")
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if length > _LONGEST:
        raise click.UsageError(f"'{text}' is longer than a hundred years")
    return length


def open_project(folder: Path, environment: str | None) -> Project:
    """The project of a folder, with credentials from the environment variables."""
    from reconciler.project.project import Access, Project

    return Project.open(folder, environment, access=Access.of(os.environ, warn=_warn))


@dataclass(frozen=True)
class Output(Generic[_Subject]):
    """A document of a project, printed as the options of the command line say."""

    document: Document[_Subject]
    folder: Path
    environment: str | None
    output_format: str
    show_personal: bool
    parts: Collection[str] = ()
    """The folded parts to show: `details`, `unchanged`, `unmanaged`."""

    @property
    def project(self) -> Project:
        """The project of --dir and --env."""
        return open_project(self.folder, self.environment)

    @cached_property
    def masker(self) -> Masker:
        """A masker with the key of the project's state, which is read once."""
        from reconciler.privacy.masking import Masker

        return Masker(self.project.mask_key(), show_personal=self.show_personal)

    def print(self, subject: _Subject) -> None:
        """Print the document on stdout."""
        view = view_for(sys.stdout, self.masker, self.parts)
        print_data(self.document.render(subject, self.output_format, view))


def output_options(
    document: Document[Any],
    folder: Callable[..., Any] = folder_option,
    *,
    has_parts: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--dir, --env, --format, --show-personal-data and, for a document that `has_parts`, the
    options that show them.

    The command gets them as an `Output`, its first argument.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def run(
            folder: Path,
            environment: str | None,
            output_format: str,
            show_personal_data: bool,
            parts: Collection[str] = (),
            **options: Any,
        ) -> Any:
            output = Output(document, folder, environment, output_format, show_personal_data, parts)
            return command(output, **options)

        decorated: Callable[..., Any] = parts_options(run) if has_parts else run
        for option in (personal_option, format_option(document), env_option, folder):
            decorated = option(decorated)
        return decorated

    return decorate


@cache
def _warn(sentence: str) -> None:
    """Print each warning once."""
    print_note(f"Warning: {sentence}.")

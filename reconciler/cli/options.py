"""Options that several commands share, the project they open, and how it is printed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import click

from reconciler.cli import completing
from reconciler.cli.command_line import current
from reconciler.cli.output import invocation_of, print_data, print_note, view_for

if TYPE_CHECKING:
    from reconciler.manifests.settings import Approval
    from reconciler.privacy.masking import Masker
    from reconciler.project.project import Project
    from reconciler.views.formats import Document
    from reconciler.views.style.view import View

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Subject = TypeVar("_Subject")
_LONGEST = timedelta(days=36_525)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

ENVIRONMENT_VARIABLE = "RECONCILER_ENV"


def _remember_folder(_: click.Context, __: click.Parameter, folder: Path | None) -> Path:
    if folder is not None:
        current().folder = folder
    return folder or Path()


def _remember_environment(
    _: click.Context, __: click.Parameter, environment: str | None
) -> str | None:
    if environment is not None:
        current().environment = environment
    return environment


folder_option = click.option(
    "--dir",
    "-C",
    "folder",
    metavar="DIR",
    callback=_remember_folder,
    type=click.Path(path_type=Path),
    help="The project folder; without it, this folder.",
)
env_option = click.option(
    "--env",
    "-e",
    "environment",
    metavar="ENV",
    envvar=ENVIRONMENT_VARIABLE,
    callback=_remember_environment,
    shell_complete=completing.environments,
    help=f"The environment; required if there are several. Or set {ENVIRONMENT_VARIABLE}.",
)


def folder_argument(command: _Command) -> _Command:
    """The project folder as --dir, or as an argument."""

    @wraps(command)
    def with_folder(*arguments: Any, directory: Path | None, folder: Path, **options: Any) -> Any:
        return command(*arguments, folder=one_folder(directory, folder), **options)

    argument = click.argument(
        "directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path)
    )
    return cast("_Command", argument(folder_option(with_folder)))


def one_folder(argument: Path | None, option: Path) -> Path:
    """The folder that an argument or --dir names. Raises click.UsageError for two folders."""
    if argument is None:
        return option
    if option not in (Path(), argument):
        raise click.UsageError(f"name the folder once: --dir {option}, or {argument}")
    current().folder = argument
    return argument


out_option = click.option(
    "--out", type=click.Path(path_type=Path), help="Write the plan file here."
)
_PARTS = {
    "details": "Show every change and every name, uncut.",
    "unchanged": "List what is tracked and already matches git.",
    "unmanaged": "List what is on the platform and not in git.",
}
"""The parts of a document that are folded unless asked for."""
PLAN_PARTS = tuple(_PARTS)
DETAILS = ("details",)
detailed_option = click.option(
    "--detailed-exitcode", is_flag=True, help="Exit 2 if there are, or may be, changes."
)
personal_option = click.option(
    "--show-personal-data", is_flag=True, help="Show customers and contacts unmasked."
)


only_option = click.option(
    "--only",
    multiple=True,
    metavar="GLOB",
    shell_complete=completing.addresses,
    help="Limit the plan to these addresses and what is below them; repeatable.",
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


def parts_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A flag for each of these folded parts; the command gets the chosen ones as `parts`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def run(**options: Any) -> Any:
            parts = frozenset(name for name in names if options.pop(name))
            return command(parts=parts, **options)

        decorated: Callable[..., Any] = run
        for name in reversed(names):
            flag = click.option(f"--{name}", is_flag=True, help=_PARTS[name])
            decorated = flag(decorated)
        return decorated

    return decorate


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

    current().folder = folder
    return Project.open(folder, environment, access=Access.of(os.environ, warn=_warn))


def remember_environment(folder: Path, environment: str) -> None:
    """Let printed commands name the environment of a plan or a run, if there are several."""
    from reconciler.errors import ReconcilerError
    from reconciler.manifests.loading.loader import environment_names

    with suppress(ReconcilerError):  # a run can be shown without its project
        if len(environment_names(folder)) > 1:
            current().environment = environment


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
    notice: str = ""
    """What a reader must know before the document; see `View.notice`."""

    @property
    def project(self) -> Project:
        """The project of --dir and --env."""
        return open_project(self.folder, self.environment)

    @cached_property
    def _mask_key(self) -> bytes:
        return self.project.mask_key()

    @property
    def masker(self) -> Masker:
        """A masker with the key of the project's state, which is read once."""
        from reconciler.privacy.masking import Masker

        invocation = invocation_of(current())
        return Masker(self._mask_key, show_personal=self.show_personal, invocation=invocation)

    def plain_view(self) -> View:
        """A view for files: without colours."""
        from reconciler.views.style.colour import PLAIN
        from reconciler.views.style.view import View

        return View(self.masker, datetime.now(UTC), PLAIN, frozenset(self.parts), self.notice)

    def rendered(self, subject: _Subject, output_format: str) -> bytes:
        """The document in another format, as the bytes of a file."""
        content = self.document.render(subject, output_format, self.plain_view())
        return content.encode() if isinstance(content, str) else content

    def print(self, subject: _Subject) -> None:
        """Print the document on stdout."""
        view = replace(view_for(sys.stdout, self.masker, self.parts), notice=self.notice)
        print_data(self.document.render(subject, self.output_format, view))


def output_options(
    document: Document[Any],
    folder: Callable[..., Any] = folder_option,
    *,
    parts: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--dir, --env, --format, --show-personal-data and a flag for each folded part.

    The command gets them as an `Output`, its first argument.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def run(
            folder: Path,
            environment: str | None,
            output_format: str,
            show_personal_data: bool,
            parts: Collection[str],
            **options: Any,
        ) -> Any:
            output = Output(document, folder, environment, output_format, show_personal_data, parts)
            return command(output, **options)

        decorated: Callable[..., Any] = parts_options(*parts)(run)
        for option in (personal_option, format_option(document), env_option, folder):
            decorated = option(decorated)
        return decorated

    return decorate


@cache
def _warn(sentence: str) -> None:
    """Print each warning once."""
    print_note(f"Warning: {sentence}.")

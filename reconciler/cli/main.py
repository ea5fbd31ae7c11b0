"""The entry point: the group of commands, and how every error ends.

Command modules import only click and other cheap modules at the top. They import the rest when
they run, so that `--version` and `--help` are fast.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler import __version__
from reconciler.cli.apply import apply
from reconciler.cli.command_line import CommandLine, words_in_folder
from reconciler.cli.compare import compare
from reconciler.cli.completion import completion
from reconciler.cli.explain import explain, usage
from reconciler.cli.export import export
from reconciler.cli.fmt import fmt
from reconciler.cli.help import VARIABLES, help_page
from reconciler.cli.history import history
from reconciler.cli.init import init
from reconciler.cli.permissions import permissions, unlock
from reconciler.cli.plan import drift, plan, show
from reconciler.cli.platform import platform
from reconciler.cli.sandbox import sandbox
from reconciler.cli.schema import schema
from reconciler.cli.sign import sign
from reconciler.cli.state import state
from reconciler.cli.streams import OutputLost, replace_streams
from reconciler.cli.undo import undo
from reconciler.cli.validate import validate_command

if TYPE_CHECKING:
    from reconciler.errors import ManifestError, ProjectElsewhere

_DEFECT = 1
_OUTPUT_LOST = 1
_USAGE = 64
_INTERRUPTED = 130


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=help_page(
        "reconciler init acme",
        "reconciler plan --dir acme --out plan.json",
        "reconciler apply plan.json --dir acme",
        reads=tuple(VARIABLES),
    ),
)
@click.version_option(__version__, prog_name="reconciler")
def cli() -> None:
    """A contact centre's configuration as code: validate, plan, review, apply.

    Exit codes: 0 done, or nothing to do; 1 error; 2 changes present (--detailed-exitcode);
    3 blocked by a guard; 4 stale or refused plan; 5 partly applied; 6 unreachable; 7 locked;
    64 usage; 130 interrupted before anything was written.

    Every command that reads a project takes its folder as --dir (-C).
    """


for command in (
    init,
    validate_command,
    fmt,
    plan,
    show,
    apply,
    drift,
    compare,
    explain,
    usage,
    export,
    history,
    undo,
    sign,
    permissions,
    platform,
    unlock,
    state,
    schema,
    completion,
    sandbox,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit.

    The garbage collector is off, because commands are short. A long-running command turns it on.
    """
    gc.disable()
    replace_streams()
    # httpx imports its own command line, and rich with it, if it can.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    _exit(run(sys.argv[1:]))


def _exit(code: int) -> NoReturn:
    """Exit without destroying every object, which can take longer than the command."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # a failure to print was reported before
            stream.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code. Errors are printed on stderr without a traceback;
    the traceback of an unexpected error is written to a file."""
    command_line = CommandLine()
    try:
        _check_text(arguments)
        code = cli.main(
            args=arguments, prog_name="reconciler", standalone_mode=False, obj=command_line
        )
    except Exception as error:
        return _exit_code_of(error, command_line, arguments)
    return code if isinstance(code, int) else 0


def _exit_code_of(error: Exception, command_line: CommandLine, arguments: list[str]) -> int:
    from reconciler.cli.output import print_error
    from reconciler.errors import Interrupted, ProjectElsewhere, ReconcilerError

    match error:
        case click.exceptions.Abort():
            click.echo("Interrupted.", err=True)
            return _INTERRUPTED
        case click.ClickException():
            error.show()
            return _USAGE
        case OutputLost():
            if not error.is_reader_gone:
                click.echo(f"Error: {error}", err=True)
            return _OUTPUT_LOST
        case Interrupted():
            click.echo(str(error), err=True)
            return error.exit_code
        case ReconcilerError():
            if isinstance(error, ProjectElsewhere):
                words = words_in_folder(arguments, command_line.folder, error.folder)
                error, command_line = _with_command(error, words), CommandLine()
            print_error(error, command_line=command_line)
            return error.exit_code
    from reconciler.cli.defects import defect_message

    click.echo(defect_message(error, os.environ), err=True)
    return _DEFECT


def _with_command(error: ProjectElsewhere, words: list[str]) -> ManifestError:
    """The error with the command that works."""
    from dataclasses import replace

    from reconciler.errors import ManifestError
    from reconciler.message import Command, Message

    hint = Message.of("run {command}", command=Command.of(*words))
    return ManifestError([replace(problem, hint=hint) for problem in error.problems])


def _check_text(arguments: list[str]) -> None:
    """Raises UsageError for an argument that is not UTF-8."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            from reconciler.errors import UsageError

            shown = argument.encode("utf-8", "surrogateescape")
            raise UsageError(f"an argument is not UTF-8: {shown!r}") from error

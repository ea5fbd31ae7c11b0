"""The entry point: the group of commands, and how every error ends.

Command modules import click alone at the top; what a command needs it imports when it runs, so
that `--version` and `--help` cost nothing.
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
from reconciler.cli.explain import explain, usage
from reconciler.cli.export import export
from reconciler.cli.fmt import fmt
from reconciler.cli.history import history
from reconciler.cli.init import init
from reconciler.cli.permissions import permissions, unlock
from reconciler.cli.plan import drift, plan, show
from reconciler.cli.sandbox import sandbox
from reconciler.cli.schema import schema
from reconciler.cli.sign import sign
from reconciler.cli.state import state
from reconciler.cli.streams import OutputLost, prepare
from reconciler.cli.undo import undo
from reconciler.cli.validate import validate_command

if TYPE_CHECKING:
    from reconciler.errors import ReconcilerError

_DEFECT = 1
_OUTPUT_LOST = 1
_USAGE = 64
_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reconciler")
def cli() -> None:
    """A contact centre's configuration as code: validate, plan, review, apply.

    Exit codes: 0 done, or nothing to do; 1 error; 2 changes present (--detailed-exitcode);
    3 blocked by a guard; 4 stale or refused plan; 5 partly applied; 6 unreachable; 7 locked;
    64 usage; 130 interrupted, with nothing written.
    """


for command in (
    init,
    validate_command,
    fmt,
    plan,
    show,
    apply,
    drift,
    explain,
    usage,
    export,
    history,
    undo,
    sign,
    permissions,
    unlock,
    state,
    schema,
    sandbox,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit.

    Without the garbage collector: a command is over before it would pay. A command that stays,
    turns it on again.
    """
    gc.disable()
    prepare()
    # httpx imports a command line of its own, and rich with it, unless that cannot be had.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """Exit without taking apart every object there is, which can take longer than the command."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # what could not be printed has been told already
            stream.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command; its exit code. Errors are told on stderr, never as a traceback: that of
    an error nobody foresaw is kept in a file."""
    try:
        _check_text(arguments)
        code = cli.main(args=arguments, prog_name="reconciler", standalone_mode=False)
    except Exception as error:
        return _ended(error)
    return code if isinstance(code, int) else 0


def _ended(error: Exception) -> int:
    from reconciler.errors import ReconcilerError

    match error:
        case click.exceptions.Abort():
            click.echo("Interrupted.", err=True)
            return _INTERRUPTED
        case click.ClickException():
            error.show()
            return _USAGE
        case OutputLost():
            if not error.reader_left:
                click.echo(f"Error: {error}", err=True)
            return _OUTPUT_LOST
        case ReconcilerError():
            _tell(error)
            return error.exit_code
    from reconciler.cli.defects import defect_message

    click.echo(defect_message(error, os.environ), err=True)
    return _DEFECT


def _check_text(arguments: list[str]) -> None:
    """Raises UsageError for bytes that are no text: they could neither be looked up nor told."""
    from reconciler.errors import UsageError

    for one in arguments:
        try:
            one.encode()
        except UnicodeEncodeError as error:
            shown = one.encode("utf-8", "surrogateescape")
            raise UsageError(f"an argument is not UTF-8: {shown!r}") from error


def _tell(error: ReconcilerError) -> None:
    from reconciler.cli.output import paint_for
    from reconciler.errors import Interrupted
    from reconciler.views.reports.errors import render_error

    if isinstance(error, Interrupted):
        click.echo(str(error), err=True)
    else:
        click.echo(render_error(error, paint=paint_for(sys.stderr)), err=True)

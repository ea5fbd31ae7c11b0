"""`reconciler state`: maintenance of the state database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.help import help_page
from reconciler.cli.options import duration, folder_option, open_project
from reconciler.cli.output import print_data, print_note, view_for

if TYPE_CHECKING:
    from reconciler.project.copy_state import StateCopy


@click.group()
def state() -> None:
    """Maintain the state database."""


@state.command(
    epilog=help_page(
        "reconciler state copy --to postgresql://reconciler@db.example/reconciler",
        "reconciler state copy --to /srv/reconciler/state.db",
        reads=("RECONCILER_STATE", "RECONCILER_STATE_TO", "CI"),
    )
)
@folder_option
@click.option(
    "--to",
    required=True,
    metavar="URL|PATH",
    envvar="RECONCILER_STATE_TO",
    help="An empty PostgreSQL database or a new file. A URL with a password is safer in "
    "RECONCILER_STATE_TO, because other users see command lines.",
)
def copy(folder: Path, to: str) -> None:
    """Copy the state into an empty one, for example from a file to PostgreSQL.

    It copies the ledgers, runs, journals, plans and keys of all projects and environments in the
    state, in one transaction, and compares counts and digests. No apply can run meanwhile. The
    old state does not change.
    """
    from reconciler.text import counted

    done = open_project(folder, None).copy_state(to)
    rows = done.rows
    parts = (
        counted(rows["ledgers"], "ledger"),
        counted(rows["ledger_entries"], "entry", "entries"),
        counted(rows["runs"], "run"),
        counted(rows["steps"], "step"),
        counted(rows["mask_keys"], "key"),
    )
    print_data(f"Copied {', '.join(parts)} to {done.target}. Counts and digests match.")
    print_note(_next_step(done, folder))


def _next_step(done: StateCopy, folder: Path) -> str:
    from reconciler.manifests.loading.loader import environment_names
    from reconciler.state.locations import SqliteLocation

    is_file = isinstance(done.target, SqliteLocation)
    value = f"RECONCILER_STATE={done.target}" if is_file else "RECONCILER_STATE to that URL"
    names = environment_names(folder)
    environment = ("--env", names[0]) if len(names) > 1 else ()
    history = view_for(sys.stderr).command("history", *environment)
    return (
        f"Next: set {value} wherever reconciler runs, and check it with `{history}`. Then move the "
        f"old state away, {done.source}: it still works, and two states of one platform do not "
        "see each other's applies."
    )


@state.command(
    epilog=help_page(
        "reconciler state prune --older-than 90d",
        reads=("RECONCILER_STATE", "CI"),
    )
)
@folder_option
@click.option("--older-than", required=True, metavar="TIME", help="The least age, e.g. 90d.")
def prune(folder: Path, older_than: str) -> None:
    """Delete the plans and before-images of old runs.

    The runs stay in the history and can no longer be undone. This affects the finished runs of
    every project and environment in the state.
    """
    from reconciler.text import counted

    count = open_project(folder, None).prune(duration(older_than))
    if not count:
        print_data(f"Nothing to prune: no run with a plan ended more than {older_than} ago.")
        return
    print_data(
        f"{counted(count, 'run')} pruned: still in the history, but can no longer be undone."
    )

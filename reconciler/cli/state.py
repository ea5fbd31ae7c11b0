"""`reconciler state`: housekeeping of what is remembered."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.durations import duration
from reconciler.cli.options import folder_option, open_project
from reconciler.cli.output import print_data


@click.group()
def state() -> None:
    """Keep the state small: what is remembered of runs long past."""


@state.command()
@folder_option
@click.option("--older-than", required=True, metavar="TIME", help="How long ago, e.g. 90d.")
def prune(folder: Path, older_than: str) -> None:
    """Drop the plans and before-images of runs that ended long ago.

    They stay in the history, and cannot be undone any more. Runs of every project and environment
    of the state are meant; none that is unfinished.
    """
    from reconciler.text import counted

    count = open_project(folder, None).prune(duration(older_than))
    if not count:
        print_data(
            f"Nothing to prune: no run that still has its plan ended more than {older_than} ago."
        )
        return
    print_data(
        f"{counted(count, 'run')} pruned: still in the history, but not to be undone any more."
    )

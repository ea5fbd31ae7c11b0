"""`reconciler state`: maintenance of the state database."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import duration, folder_option, open_project
from reconciler.cli.output import print_data


@click.group()
def state() -> None:
    """Maintain the state database."""


@state.command()
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

"""`reconciler permissions` and `unlock`: what the token may do, and releasing a lock."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.cli.help import PLATFORM, STATE, help_page
from reconciler.cli.options import env_option, folder_option, format_option, open_project
from reconciler.cli.output import print_data, view_for
from reconciler.views.formats import PERMISSIONS


@click.command(
    epilog=help_page(
        "reconciler permissions --env prod",
        reads=PLATFORM,
    )
)
@folder_option
@env_option
@format_option(PERMISSIONS)
def permissions(folder: Path, environment: str | None, output_format: str) -> None:
    """Show the token's user and what the token may do in each section."""
    info = open_project(folder, environment).permissions()
    print_data(PERMISSIONS.render(info, output_format, view_for(sys.stdout)))


@click.command(
    epilog=help_page(
        "reconciler unlock --env prod",
        reads=STATE,
    )
)
@folder_option
@env_option
def unlock(folder: Path, environment: str | None) -> None:
    """Release the lock of a process that no longer runs, and show its holder."""
    lease = open_project(folder, environment).unlock()
    if lease is None:
        print_data("Nothing is locked.")
    else:
        print_data(f"Unlocked. The lock was held for {lease.describe(datetime.now(UTC))}.")

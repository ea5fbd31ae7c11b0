"""`reconciler permissions` and `unlock`: what the token may do, and a lease that must go."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.cli.options import env_option, folder_option, format_option, open_project
from reconciler.cli.output import paint_for, print_data


@click.command()
@folder_option
@env_option
@format_option
def permissions(folder: Path, environment: str | None, output_format: str) -> None:
    """Show who the token belongs to and what it may do, section by section."""
    from reconciler.views.reports.permissions import permissions_to_json, render_permissions

    info = open_project(folder, environment).permissions()
    if output_format == "json":
        print_data(permissions_to_json(info))
    else:
        print_data(render_permissions(info, paint=paint_for(sys.stdout)))


@click.command()
@folder_option
@env_option
def unlock(folder: Path, environment: str | None) -> None:
    """Take the lock away from a process that is gone for good; says whose it was."""
    broken = open_project(folder, environment).unlock()
    if broken is None:
        print_data("Nothing is locked.")
    else:
        print_data(f"Unlocked. It was held for {broken.describe(datetime.now(UTC))}.")

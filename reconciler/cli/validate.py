"""`reconciler validate`: read and check the manifests, with no network."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.options import env_option, folder_argument
from reconciler.cli.output import paint_for, print_data, print_note


@click.command("validate")
@folder_argument
@env_option
def validate_command(folder: Path, environment: str | None) -> None:
    """Check the manifests of one environment, or of all, without any network."""
    from reconciler.guards.registry import GUARD_CODES
    from reconciler.manifests.loading.loader import environment_names, validate
    from reconciler.views.reports.problems import render_problems

    warnings = validate(folder, environment, guards=GUARD_CODES)
    if warnings:
        print_note(render_problems(warnings, paint=paint_for(sys.stderr)))
    names = [environment] if environment else environment_names(folder)
    print_data(f"{', '.join(names)}: valid")

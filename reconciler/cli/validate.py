"""`reconciler validate`: read and check the manifests, with no network."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.options import env_option, folder_argument, open_project
from reconciler.cli.output import note, paint_for, put


@click.command()
@folder_argument
@env_option
def validate(folder: Path, environment: str | None) -> None:
    """Check the manifests of one environment, or of all, without any network."""
    from reconciler.manifests.load import environments
    from reconciler.views.problems_text import render_problems

    names = [environment] if environment else list(environments(folder))
    for name in names:
        manifests = open_project(folder, name).manifests()
        if manifests.desired.warnings:
            note(render_problems(manifests.desired.warnings, paint=paint_for(sys.stderr)))
        put(f"{name}: {len(manifests.desired.resources)} resources, all valid")

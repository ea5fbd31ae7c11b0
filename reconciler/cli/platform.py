"""`reconciler platform`: what manifests may refer to, and which numbers are free."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.options import env_option, folder_option, format_option, open_project
from reconciler.cli.output import masker_of, print_data, view_for
from reconciler.cli.progress import status_line
from reconciler.views.formats import DIRECTORY

_SECTIONS = ("users", "connectors", "forms", "numbers")


@click.command()
@click.argument("section", metavar=f"[{'|'.join(_SECTIONS)}]", type=click.Choice(_SECTIONS))
@folder_option
@env_option
@format_option(DIRECTORY)
@click.option("--all", "expand", is_flag=True, help="Show every use.")
def platform(
    section: str, folder: Path, environment: str | None, output_format: str, expand: bool
) -> None:
    """List the users, connectors, forms or numbers that manifests may refer to.

    Each one has the live resources that use it. A number without one is free.
    """
    from reconciler.planning.reports.directory import Section

    project = open_project(folder, environment)
    with status_line("Reading the platform"):
        report = project.directory(Section(section))
    masker = masker_of(project, show_personal=False)
    view = view_for(sys.stdout, masker, expand=expand)
    print_data(DIRECTORY.render(report, output_format, view))

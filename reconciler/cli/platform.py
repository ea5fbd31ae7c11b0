"""`reconciler platform`: what manifests may refer to, and which numbers are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.help import PLATFORM, help_page
from reconciler.cli.options import DETAILS, Output, output_options
from reconciler.cli.progress import status_line
from reconciler.views.formats import DIRECTORY

if TYPE_CHECKING:
    from reconciler.planning.reports.directory import DirectoryReport

_SECTIONS = ("users", "connectors", "forms", "numbers")


@click.command(
    epilog=help_page(
        "reconciler platform numbers --env prod",
        "reconciler platform users --format json",
        reads=PLATFORM,
    )
)
@click.argument("section", metavar=f"[{'|'.join(_SECTIONS)}]", type=click.Choice(_SECTIONS))
@output_options(DIRECTORY, parts=DETAILS)
def platform(output: Output[DirectoryReport], section: str) -> None:
    """List the users, connectors, forms or numbers that manifests may refer to.

    Each one has the live resources that use it. A number without one is free.
    """
    from reconciler.planning.reports.directory import Section

    project = output.project
    with status_line("Reading the platform"):
        report = project.directory(Section(section))
    output.print(report)

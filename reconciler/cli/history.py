"""`reconciler history`: applied runs with their authors and approvals."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.options import (
    env_option,
    folder_option,
    format_option,
    open_project,
    personal_option,
)
from reconciler.cli.output import masker_of, print_data, view_for
from reconciler.views.formats import HISTORY, RUN


@click.command()
@click.argument("subject", metavar="[RUN|ADDRESS]", required=False)
@folder_option
@env_option
@click.option("--limit", default=20, show_default=True, help="The number of runs.")
@format_option(HISTORY)
@personal_option
def history(
    subject: str | None,
    folder: Path,
    environment: str | None,
    limit: int,
    output_format: str,
    show_personal_data: bool,
) -> None:
    """List the runs, list the runs that changed an ADDRESS, or show every step of a RUN."""
    from reconciler.views.run.history import History

    project = open_project(folder, environment)
    view = view_for(sys.stdout, masker_of(project, show_personal=show_personal_data))
    if subject is not None and "/" not in subject:
        print_data(RUN.render(project.run(subject), output_format, view))
        return
    runs = project.history(address=subject, limit=limit)
    print_data(HISTORY.render(History(runs, subject or ""), output_format, view))

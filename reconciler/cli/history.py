"""`reconciler history`: what was applied, when, by whom, and with which approvals."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.cli.options import (
    env_option,
    folder_option,
    format_option,
    open_project,
    personal_option,
)
from reconciler.cli.output import masker_of, paint_for, print_data


@click.command()
@click.argument("subject", metavar="[RUN|ADDRESS]", required=False)
@folder_option
@env_option
@click.option("--limit", default=20, show_default=True, help="How many runs.")
@format_option
@personal_option
def history(
    subject: str | None,
    folder: Path,
    environment: str | None,
    limit: int,
    output_format: str,
    show_personal_data: bool,
) -> None:
    """List the runs, those that touched an ADDRESS, or show one RUN whole."""
    from reconciler.views.run.history import render_history, render_run
    from reconciler.views.run.json import history_to_json, run_to_json

    project = open_project(folder, environment)
    masker = masker_of(project, show_personal=show_personal_data)
    paint, now = paint_for(sys.stdout), datetime.now(UTC)
    if subject is not None and not _is_address(subject):
        run, steps = project.run(subject)
        if output_format == "json":
            print_data(run_to_json(run, steps, masker=masker, now=now))
        else:
            print_data(render_run(run, steps, masker=masker, paint=paint, now=now))
        return
    runs = project.history(address=subject, limit=limit)
    if output_format == "json":
        print_data(history_to_json(runs, masker=masker, now=now))
    else:
        print_data(render_history(runs, masker=masker, paint=paint, now=now, address=subject or ""))


def _is_address(subject: str) -> bool:
    return "/" in subject

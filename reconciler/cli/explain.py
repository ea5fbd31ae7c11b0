"""`reconciler explain` and `usage`: one resource by field, and who uses it."""

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
from reconciler.views.formats import EXPLANATION, USAGE


@click.command()
@click.argument("address")
@folder_option
@env_option
@format_option(EXPLANATION)
@personal_option
def explain(
    address: str,
    folder: Path,
    environment: str | None,
    output_format: str,
    show_personal_data: bool,
) -> None:
    """Explain each field of ADDRESS: in git, last applied, live, and who changed it when."""
    _check_address(address)
    project = open_project(folder, environment)
    explanation = project.explain(address)
    view = view_for(sys.stdout, masker_of(project, show_personal=show_personal_data))
    print_data(EXPLANATION.render(explanation, output_format, view))


@click.command()
@click.argument("address")
@folder_option
@env_option
@format_option(USAGE)
@personal_option
def usage(
    address: str,
    folder: Path,
    environment: str | None,
    output_format: str,
    show_personal_data: bool,
) -> None:
    """Show who and what uses ADDRESS now."""
    _check_address(address)
    project = open_project(folder, environment)
    found = project.usage(address)
    view = view_for(sys.stdout, masker_of(project, show_personal=show_personal_data))
    print_data(USAGE.render(found, output_format, view))


def _check_address(address: str) -> None:
    from reconciler.kinds.registry import parse_address

    try:
        parse_address(address)
    except ValueError as error:
        raise click.UsageError(str(error)) from error

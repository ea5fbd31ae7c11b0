"""`reconciler explain` and `usage`: one resource, field by field, and who uses it."""

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
from reconciler.cli.output import masker_of, paint_for, print_data


@click.command()
@click.argument("address")
@folder_option
@env_option
@format_option
@personal_option
def explain(
    address: str,
    folder: Path,
    environment: str | None,
    output_format: str,
    show_personal_data: bool,
) -> None:
    """Explain each field of ADDRESS: in git, as last applied, live, who changed it and when."""
    from reconciler.views.reports.explain import explanation_to_json, render_explanation

    _check_address(address)
    project = open_project(folder, environment)
    found = project.explain(address)
    masker = masker_of(project, show_personal=show_personal_data)
    if output_format == "json":
        print_data(explanation_to_json(found, masker=masker))
    else:
        print_data(render_explanation(found, masker=masker, paint=paint_for(sys.stdout)))


@click.command()
@click.argument("address")
@folder_option
@env_option
@format_option
@personal_option
def usage(
    address: str,
    folder: Path,
    environment: str | None,
    output_format: str,
    show_personal_data: bool,
) -> None:
    """Show who and what uses ADDRESS now."""
    from reconciler.views.reports.usage import render_usage, usage_to_json

    _check_address(address)
    project = open_project(folder, environment)
    found = project.usage(address)
    masker = masker_of(project, show_personal=show_personal_data)
    if output_format == "json":
        print_data(usage_to_json(found, masker=masker))
    else:
        print_data(render_usage(found, masker=masker, paint=paint_for(sys.stdout)))


def _check_address(address: str) -> None:
    from reconciler.kinds.registry import parse_address

    try:
        parse_address(address)
    except ValueError as error:
        raise click.UsageError(str(error)) from error

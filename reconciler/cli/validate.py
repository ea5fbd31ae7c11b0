"""`reconciler validate`: check the manifests without a network."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.help import FILES, help_page
from reconciler.cli.options import env_option, folder_argument, format_option
from reconciler.cli.output import print_data, print_note, view_for
from reconciler.views.formats import VALIDATION


@click.command(
    "validate",
    epilog=help_page(
        "reconciler validate",
        "reconciler validate --dir configs --env prod",
        "reconciler validate --format json",
        reads=FILES,
    ),
)
@folder_argument
@env_option
@format_option(VALIDATION)
def validate_command(folder: Path, environment: str | None, output_format: str) -> int:
    """Check the manifests of one environment, or of all, without a network."""
    from reconciler.errors import ManifestError
    from reconciler.guards.registry import GUARD_CODES
    from reconciler.manifests.loading.loader import environment_names, validate
    from reconciler.views.reports.problems import Validation, problems_text

    view = view_for(sys.stdout)
    try:
        warnings = validate(folder, environment, guards=GUARD_CODES)
        names = [environment] if environment else environment_names(folder)
    except ManifestError as error:
        if output_format == "text":
            raise
        names = [environment] if environment else []
        result = Validation(names, problems=error.problems)
        print_data(VALIDATION.render(result, output_format, view))
        return error.exit_code
    if warnings and output_format == "text":
        print_note(problems_text(warnings, view_for(sys.stderr)))
    print_data(VALIDATION.render(Validation(names, warnings=warnings), output_format, view))
    return 0

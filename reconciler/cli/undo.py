"""`reconciler undo`: a plan that takes back what a run did."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import (
    approval_options,
    approvals_of,
    env_option,
    folder_option,
    format_option,
    open_project,
    personal_option,
)
from reconciler.cli.output import masker_of, print_clock_warning, print_note
from reconciler.cli.plan import all_option, detailed_option, exit_code_of, print_plan, written
from reconciler.cli.progress import status_line


@click.command()
@click.argument("run")
@folder_option
@env_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the plan file here.")
@format_option
@approval_options
@detailed_option
@all_option
@personal_option
def undo(
    run: str,
    folder: Path,
    environment: str | None,
    out: Path | None,
    output_format: str,
    approved: tuple[str, ...],
    reason: str,
    detailed_exitcode: bool,
    expand: bool,
    show_personal_data: bool,
) -> int:
    """Show what would take RUN back, and save it as a plan to apply.

    Only what the run did is put back; what changed since elsewhere stays.
    """
    from reconciler.planning.planfile.atomic_write import check_target

    approvals = approvals_of(approved, reason)
    project = open_project(folder, environment)
    if out is not None:
        check_target(out)
    with status_line("Reading the platform"):
        made = project.undo_plan(run, approvals)
    print_clock_warning(made.platform_ahead_seconds)
    if out is not None:
        project.plans.write(made, out)
    print_plan(
        made, masker_of(project, show_personal=show_personal_data), output_format, expand=expand
    )
    if out is not None:
        print_note(written(made, out))
    elif not made.is_empty:
        print_note(f"To apply it, save it first: reconciler undo {run} --out FILE")
    return exit_code_of(made, detailed=detailed_exitcode)

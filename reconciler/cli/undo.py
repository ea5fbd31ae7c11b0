"""`reconciler undo`: a plan that takes back what a run did."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.options import (
    all_option,
    approval_options,
    approvals_of,
    detailed_option,
    env_option,
    folder_option,
    format_option,
    open_project,
    out_option,
    personal_option,
    remember_environment,
)
from reconciler.cli.output import masker_of, print_data, print_note, view_for
from reconciler.cli.plan import exit_code_of, make_plan, written_message
from reconciler.views.formats import PLAN


@click.command()
@click.argument("run")
@folder_option
@env_option
@out_option
@format_option(PLAN)
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
    """Show a plan that takes back what RUN did; --out saves it to apply.

    Later changes by other runs and by people stay.
    """
    approvals = approvals_of(approved, reason)
    project = open_project(folder, environment)
    plan = make_plan(
        project, lambda: project.undo_plan(run, approvals), out, "Reading the platform"
    )
    remember_environment(folder, plan.environment)
    masker = masker_of(project, show_personal=show_personal_data)
    print_data(PLAN.render(plan, output_format, view_for(sys.stdout, masker, expand=expand)))
    if out is not None:
        print_note(written_message(plan, out))
    elif not plan.is_empty and not plan.refusals():
        print_note(f"To apply it, save it first: {masker.command(plan.command_to_save)}")
    return exit_code_of(plan, detailed=detailed_exitcode)

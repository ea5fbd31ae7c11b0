"""`reconciler plan`, `show` and `drift`: what would be done, and what changed outside git."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options import (
    approval_options,
    approvals_of,
    env_option,
    folder_argument,
    folder_option,
    format_option,
    open_project,
    personal_option,
)
from reconciler.cli.output import masker_of, paint_for, print_clock_warning, print_data, print_note
from reconciler.cli.progress import status_line

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan
    from reconciler.privacy.masking import Masker
    from reconciler.project.saved_plans import PlanToShow

_CHANGES = 2
_BLOCKED = 3
_REFUSED = 4

all_option = click.option("--all", "expand", is_flag=True, help="Expand what is folded.")
detailed_option = click.option(
    "--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes, or may be."
)


@click.command()
@folder_argument
@env_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the plan file here.")
@format_option
@approval_options
@detailed_option
@all_option
@personal_option
def plan(
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
    """Compare the manifests with the platform and show what an apply would do."""
    from reconciler.planning.planfile.atomic_write import check_target

    approvals = approvals_of(approved, reason)
    project = open_project(folder, environment)
    if out is not None:
        check_target(out)
    with status_line("Reading the platform and the manifests"):
        made = project.plan(approvals)
    print_clock_warning(made.platform_ahead_seconds)
    if out is not None:
        project.plans.write(made, out)
    print_plan(
        made, masker_of(project, show_personal=show_personal_data), output_format, expand=expand
    )
    if out is not None:
        print_note(written(made, out))
    return exit_code_of(made, detailed=detailed_exitcode)


def written(plan: Plan, out: Path) -> str:
    """That a plan file is there, and what to do with it."""
    if plan.refusals():
        return f"Plan written to {out}; as it is it cannot be applied."
    return f"Plan written to {out}; apply it with: reconciler apply {out}"


def exit_code_of(plan: Plan, *, detailed: bool) -> int:
    """How a command that made a plan ends."""
    if plan.blocking:
        return _BLOCKED
    if plan.refusals():
        return _REFUSED
    is_settled = plan.is_empty and not plan.unread
    return _CHANGES if detailed and not is_settled else 0


def print_plan(plan: Plan, masker: Masker, output_format: str, *, expand: bool) -> None:
    """Print a plan in the format asked for."""
    if output_format == "json":
        from reconciler.views.plan.json import plan_to_json

        print_data(plan_to_json(plan, masker=masker))
        return
    from reconciler.views.plan.text import render_plan

    print_data(render_plan(plan, masker=masker, paint=paint_for(sys.stdout), expand=expand))


@click.command()
@click.argument("plan_path", metavar="PLAN", type=click.Path(path_type=Path))
@folder_option
@format_option
@all_option
@personal_option
def show(
    plan_path: Path, folder: Path, output_format: str, expand: bool, show_personal_data: bool
) -> None:
    """Show a saved plan, verified with the state it was made with where that is at hand."""
    found = open_project(folder, None).plans.read_to_show(plan_path)
    project = open_project(folder, found.plan.environment)
    if found.unverified and output_format == "json":
        print_note(not_verified(plan_path, found))
    elif found.unverified:
        print_data(paint_for(sys.stdout).bad(not_verified(plan_path, found)))
        print_data("")
    masker = masker_of(project, show_personal=show_personal_data)
    print_plan(found.plan, masker, output_format, expand=expand)


def not_verified(path: Path, found: PlanToShow) -> str:
    """That nothing shows who wrote a plan file, and why not."""
    return (
        f"NOT VERIFIED: nothing shows that reconciler wrote {path}, since {found.unverified}. "
        "`reconciler apply` verifies it, and refuses a forged one."
    )


@click.command()
@folder_argument
@env_option
@format_option
@detailed_option
@personal_option
def drift(
    folder: Path,
    environment: str | None,
    output_format: str,
    detailed_exitcode: bool,
    show_personal_data: bool,
) -> int:
    """Show what was changed on the platform outside git since the last apply, and by whom."""
    from reconciler.planning.reports.drift import drift_report
    from reconciler.views.reports.drift import drift_to_json, render_drift

    project = open_project(folder, environment)
    with status_line("Reading the platform and the manifests"):
        report = drift_report(project.plan())
    print_clock_warning(report.platform_ahead_seconds)
    masker = masker_of(project, show_personal=show_personal_data)
    if output_format == "json":
        print_data(drift_to_json(report, masker=masker))
    else:
        print_data(render_drift(report, masker=masker, paint=paint_for(sys.stdout)))
    is_settled = report.is_empty and not any(one.wanted for one in report.unknowns)
    return _CHANGES if detailed_exitcode and not is_settled else 0

"""`reconciler plan`, `show` and `drift`: what an apply would do, and what changed outside git."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options import (
    Output,
    all_option,
    approval_options,
    approvals_of,
    detailed_option,
    folder_argument,
    folder_option,
    format_option,
    open_project,
    out_option,
    output_options,
    personal_option,
)
from reconciler.cli.output import paint_for, print_clock_warning, print_data, print_note
from reconciler.cli.progress import status_line
from reconciler.views.formats import DRIFT, PLAN

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan
    from reconciler.planning.reports.drift import DriftReport
    from reconciler.project.saved_plans import PlanToShow

_READING = "Reading the platform and the manifests"
_CHANGES = 2
_BLOCKED = 3
_REFUSED = 4


@click.command()
@output_options(PLAN, folder_argument, expands=True)
@out_option
@approval_options
@detailed_option
def plan(
    output: Output[Plan],
    out: Path | None,
    approved: tuple[str, ...],
    reason: str,
    detailed_exitcode: bool,
) -> int:
    """Compare the manifests with the platform and show what an apply would do."""
    approvals = approvals_of(approved, reason)
    project = output.project
    return print_plan(
        output, lambda: project.plan(approvals), out, status=_READING, detailed=detailed_exitcode
    )


def print_plan(
    output: Output[Plan],
    make: Callable[[], Plan],
    out: Path | None,
    *,
    status: str,
    detailed: bool,
    unsaved_hint: str = "",
) -> int:
    """Make a plan, write it to `out` if it is given, and print it. Returns the exit code."""
    from reconciler.planning.planfile.atomic_write import check_target

    if out is not None:
        check_target(out)
    with status_line(status):
        made = make()
    print_clock_warning(made.platform_ahead_seconds)
    if out is not None:
        output.project.plans.write(made, out)
    output.print(made)
    if out is None:
        if unsaved_hint and not made.is_empty:
            print_note(unsaved_hint)
    elif made.refusals():
        print_note(f"Plan written to {out}; it cannot be applied in this state.")
    else:
        print_note(f"Plan written to {out}; apply it with: reconciler apply {out}")
    return _exit_code(made, detailed=detailed)


def _exit_code(plan: Plan, *, detailed: bool) -> int:
    if plan.blocking:
        return _BLOCKED
    if plan.refusals():
        return _REFUSED
    is_settled = plan.is_empty and not plan.unread
    return _CHANGES if detailed and not is_settled else 0


@click.command()
@click.argument("plan_path", metavar="PLAN", type=click.Path(path_type=Path))
@folder_option
@format_option(PLAN)
@all_option
@personal_option
def show(
    plan_path: Path, folder: Path, output_format: str, expand: bool, show_personal_data: bool
) -> None:
    """Show a saved plan. It is verified if the state it was made with is available."""
    found = open_project(folder, None).plans.read_to_show(plan_path)
    environment = found.plan.environment
    output = Output(PLAN, folder, environment, output_format, show_personal_data, expand)
    if found.unverified and output_format == "text":
        print_data(paint_for(sys.stdout).bad(not_verified_message(plan_path, found)))
        print_data("")
    elif found.unverified:
        print_note(not_verified_message(plan_path, found))
    output.print(found.plan)


def not_verified_message(path: Path, found: PlanToShow) -> str:
    """That the author of a plan file is not verified, and why."""
    return (
        f"NOT VERIFIED: reconciler may not have written {path}, because {found.unverified}. "
        "`reconciler apply` verifies it and refuses a forged plan."
    )


@click.command()
@output_options(DRIFT, folder_argument)
@detailed_option
def drift(output: Output[DriftReport], detailed_exitcode: bool) -> int:
    """Show what changed on the platform outside git since the last apply, and who changed it."""
    from reconciler.planning.reports.drift import drift_report

    with status_line(_READING):
        report = drift_report(output.project.plan())
    print_clock_warning(report.platform_ahead_seconds)
    output.print(report)
    is_settled = report.is_empty and not any(unknown.wanted for unknown in report.unknowns)
    return _CHANGES if detailed_exitcode and not is_settled else 0

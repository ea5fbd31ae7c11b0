"""`reconciler plan`, `show` and `drift`: what an apply would do, and what changed outside git."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options import (
    all_option,
    approval_options,
    approvals_of,
    detailed_option,
    env_option,
    folder_argument,
    folder_option,
    format_option,
    only_option,
    open_project,
    out_option,
    personal_option,
    remember_environment,
)
from reconciler.cli.output import (
    masker_of,
    paint_for,
    print_clock_warning,
    print_data,
    print_note,
    view_for,
)
from reconciler.cli.progress import status_line
from reconciler.views.formats import DRIFT, PLAN

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan
    from reconciler.project.project import Project
    from reconciler.project.saved_plans import PlanToShow

_CHANGES = 2
_BLOCKED = 3
_REFUSED = 4


@click.command()
@folder_argument
@env_option
@out_option
@only_option
@format_option(PLAN)
@approval_options
@detailed_option
@all_option
@personal_option
def plan(
    folder: Path,
    environment: str | None,
    out: Path | None,
    only: tuple[str, ...],
    output_format: str,
    approved: tuple[str, ...],
    reason: str,
    detailed_exitcode: bool,
    expand: bool,
    show_personal_data: bool,
) -> int:
    """Compare the manifests with the platform and show what an apply would do."""
    approvals = approvals_of(approved, reason)
    project = open_project(folder, environment)
    made = make_plan(
        project,
        lambda: project.plan(approvals, only=only),
        out,
        "Reading the platform and the manifests",
    )
    masker = masker_of(project, show_personal=show_personal_data)
    print_data(PLAN.render(made, output_format, view_for(sys.stdout, masker, expand=expand)))
    if out is not None:
        print_note(written_message(made, out))
    return exit_code_of(made, detailed=detailed_exitcode)


def make_plan(
    project: Project, plan_now: Callable[[], Plan], out: Path | None, status: str
) -> Plan:
    """A plan, written to `out` if it is given, with a warning if the clocks differ."""
    from reconciler.planning.planfile.atomic_write import check_target

    if out is not None:
        check_target(out)
    with status_line(status):
        made = plan_now()
    print_clock_warning(made.platform_ahead_seconds)
    if out is not None:
        project.plans.write(made, out)
    return made


def written_message(plan: Plan, out: Path) -> str:
    """Where the plan file is, and how to apply it; no command that would be refused."""
    view = view_for(sys.stderr)
    if plan.refusals():
        return f"Plan written to {out}; it cannot be applied in this state."
    if plan.is_empty:
        return f"Plan written to {out}; it has nothing to apply."
    apply = view.command("apply", str(out))
    if plan.is_frozen:
        return f"Plan written to {out}; apply it when the freeze has ended: {apply}"
    if plan.safeguards.require_signature:
        sign = view.command("sign", str(out), "--key", "KEY.pem")
        return f"Plan written to {out}; have it signed: {sign}; then apply it with: {apply}"
    return f"Plan written to {out}; apply it with: {apply}"


def exit_code_of(plan: Plan, *, detailed: bool) -> int:
    """The exit code of a command that made a plan."""
    if plan.blocking:
        return _BLOCKED
    if plan.refusals():
        return _REFUSED
    is_settled = plan.is_empty and not plan.unread and not plan.left_out
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
    project = open_project(folder, found.plan.environment)
    remember_environment(folder, found.plan.environment)
    if found.unverified and output_format == "text":
        print_data(paint_for(sys.stdout).bad(not_verified_message(plan_path, found)))
        print_data("")
    elif found.unverified:
        print_note(not_verified_message(plan_path, found))
    masker = masker_of(project, show_personal=show_personal_data)
    view = view_for(sys.stdout, masker, expand=expand)
    print_data(PLAN.render(found.plan, output_format, view))


def not_verified_message(path: Path, found: PlanToShow) -> str:
    """That the author of a plan file is not verified, and why."""
    return (
        f"NOT VERIFIED: reconciler may not have written {path}, because {found.unverified}. "
        "An apply verifies it and refuses a forged plan."
    )


@click.command()
@folder_argument
@env_option
@format_option(DRIFT)
@detailed_option
@personal_option
def drift(
    folder: Path,
    environment: str | None,
    output_format: str,
    detailed_exitcode: bool,
    show_personal_data: bool,
) -> int:
    """Show what changed on the platform outside git since the last apply, and who changed it."""
    from reconciler.planning.reports.drift import drift_report

    project = open_project(folder, environment)
    with status_line("Reading the platform and the manifests"):
        report = drift_report(project.plan())
    print_clock_warning(report.platform_ahead_seconds)
    view = view_for(sys.stdout, masker_of(project, show_personal=show_personal_data))
    print_data(DRIFT.render(report, output_format, view))
    is_settled = report.is_empty and not any(unknown.wanted for unknown in report.unknowns)
    return _CHANGES if detailed_exitcode and not is_settled else 0

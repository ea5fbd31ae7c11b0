"""`reconciler plan`, `show` and `drift`: what an apply would do, and what changed outside git."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command_line import current
from reconciler.cli.help import PLANS, PLATFORM, STATE, help_page
from reconciler.cli.options import (
    PLAN_PARTS,
    Output,
    approval_options,
    approvals_of,
    detailed_option,
    folder_argument,
    folder_option,
    format_option,
    only_option,
    open_project,
    out_option,
    output_options,
    parts_options,
    personal_option,
    remember_environment,
)
from reconciler.cli.output import (
    paint_for,
    print_clock_warning,
    print_data,
    print_note,
    view_for,
)
from reconciler.cli.progress import status_line
from reconciler.cli.report_files import (
    SUMMARY_VARIABLE,
    ReportFile,
    check_report_files,
    print_everywhere,
    report_files_option,
)
from reconciler.views.formats import DRIFT, PLAN

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan
    from reconciler.planning.reports.drift import DriftReport
    from reconciler.project.saved_plans import PlanToShow

_READING = "Reading the platform and the manifests"
_CHANGES = 2
_BLOCKED = 3
_REFUSED = 4


@click.command(
    epilog=help_page(
        "reconciler plan --env prod",
        "reconciler plan --env prod --out plan.json --out-format markdown=plan.md",
        "reconciler plan --only 'campaigns/Sales' --only statuses/Lunch",
        "reconciler plan --out plan.json --approve delete-in-use:statuses/Lunch --reason 'merged'",
        reads=(*PLANS, SUMMARY_VARIABLE),
    )
)
@output_options(PLAN, folder_argument, parts=PLAN_PARTS)
@out_option
@report_files_option(PLAN)
@only_option
@approval_options
@detailed_option
def plan(
    output: Output[Plan],
    out: Path | None,
    report_files: Sequence[ReportFile],
    only: tuple[str, ...],
    approved: tuple[str, ...],
    reason: str,
    detailed_exitcode: bool,
) -> int:
    """Compare the manifests with the platform and show what an apply would do."""
    approvals = approvals_of(approved, reason)
    project = output.project
    return print_plan(
        output,
        lambda: project.plan(approvals, only=only),
        out,
        report_files,
        status=_READING,
        detailed=detailed_exitcode,
    )


def print_plan(
    output: Output[Plan],
    make: Callable[[], Plan],
    out: Path | None,
    report_files: Sequence[ReportFile] = (),
    *,
    status: str,
    detailed: bool,
) -> int:
    """Make a plan, write it to `out` if it is given, and print it. Returns the exit code."""
    from reconciler.planning.planfile.atomic_write import check_target

    check_report_files(report_files, out)
    if out is not None:
        check_target(out)
        current().plan_file = out
    with status_line(status):
        made = make()
    print_clock_warning(made.platform_ahead_seconds)
    if out is not None:
        output.project.plans.write(made, out)
    remember_environment(output.folder, made.environment)
    print_everywhere(output, made, report_files)
    if out is not None:
        print_note(written_message(made, out))
    elif made.undoes and not (made.is_empty or made.refusals()):
        save = output.masker.command(made.command_to_save)
        print_note(f"To apply it, save it first: {save}")
    return _exit_code(made, detailed=detailed)


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


def _exit_code(plan: Plan, *, detailed: bool) -> int:
    if plan.blocking:
        return _BLOCKED
    if plan.refusals():
        return _REFUSED
    is_settled = plan.is_empty and not plan.unread and not plan.left_out
    return _CHANGES if detailed and not is_settled else 0


@click.command(
    epilog=help_page(
        "reconciler show plan.json",
        "reconciler show plan.json --format json",
        reads=(*STATE, "RECONCILER_PLAN_KEY", SUMMARY_VARIABLE),
    )
)
@click.argument("plan_path", metavar="PLAN", type=click.Path(path_type=Path))
@folder_option
@format_option(PLAN)
@report_files_option(PLAN)
@parts_options(*PLAN_PARTS)
@personal_option
def show(
    plan_path: Path,
    folder: Path,
    output_format: str,
    report_files: Sequence[ReportFile],
    parts: Collection[str],
    show_personal_data: bool,
) -> None:
    """Show a saved plan. It is verified if the state it was made with is available."""
    check_report_files(report_files, plan_path)
    found = open_project(folder, None).plans.read_to_show(plan_path)
    environment = found.plan.environment
    notice = not_verified_message(plan_path, found) if found.unverified else ""
    output = Output(PLAN, folder, environment, output_format, show_personal_data, parts, notice)
    remember_environment(folder, environment)
    if notice and output_format == "text":
        print_data(paint_for(sys.stdout).bad(notice))
        print_data("")
    elif notice:
        print_note(notice)
    print_everywhere(output, found.plan, report_files)


def not_verified_message(path: Path, found: PlanToShow) -> str:
    """That the author of a plan file is not verified, and why."""
    return (
        f"NOT VERIFIED: reconciler may not have written {path}, because {found.unverified}. "
        "An apply verifies it and refuses a forged plan."
    )


@click.command(
    epilog=help_page(
        "reconciler drift --env prod",
        "reconciler drift --env prod --detailed-exitcode",
        reads=PLATFORM,
    )
)
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

"""`reconciler apply`: apply a reviewed plan, or resume a run that did not finish."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing
from reconciler.cli.command_line import current
from reconciler.cli.defects import defect_message
from reconciler.cli.help import PLANS, help_page
from reconciler.cli.options import (
    Output,
    approval_options,
    approvals_of,
    duration,
    one_folder,
    only_option,
    output_options,
    remember_environment,
)
from reconciler.cli.output import masked_errors, print_note, view_for
from reconciler.cli.progress import progress_listener
from reconciler.cli.streams import OutputLost
from reconciler.views.formats import REPORT

if TYPE_CHECKING:
    from reconciler.applying.report import RunReport
    from reconciler.manifests.settings import Approval
    from reconciler.planning.change import Change
    from reconciler.planning.planfile.requirements import ApplyRequirements


@click.command(
    epilog=help_page(
        "reconciler apply plan.json",
        "reconciler apply configs --env prod --expect 5ce056358e78c53b",
        "reconciler apply --resume 20261125T1802-3f2a",
        "reconciler apply plan.json --trust keys/maria.pub.pem --wait 5m",
        reads=PLANS,
    )
)
@click.argument(
    "target",
    metavar="[PLAN|DIR|RUN]",
    required=False,
    shell_complete=completing.plans_or_runs,
)
@output_options(REPORT)
@click.option("--expect", metavar="DIGEST", help="Plan DIR again; apply only if it has DIGEST.")
@click.option(
    "--against",
    metavar="PLAN",
    type=click.Path(path_type=Path),
    help="With --expect: the approved plan, to show what differs.",
)
@click.option(
    "--trust",
    multiple=True,
    metavar="PUBKEY.pem",
    type=click.Path(path_type=Path),
    help="Apply PLAN only if this key signed it; repeatable: any of the keys.",
)
@only_option
@click.option("--require-clean", is_flag=True, help="Refuse a plan made from uncommitted files.")
@click.option("--resume", is_flag=True, help="Settle and continue a run that did not finish.")
@click.option("--wait", metavar="TIME", default="0s", help="Wait for another apply, e.g. 5m.")
@click.option(
    "--stop-on-collateral",
    is_flag=True,
    help="Stop if anything outside the plan changes, or a write cannot be read back.",
)
@approval_options
def apply(
    output: Output[RunReport],
    target: str | None,
    expect: str | None,
    against: Path | None,
    trust: tuple[Path, ...],
    only: tuple[str, ...],
    require_clean: bool,
    resume: bool,
    wait: str,
    stop_on_collateral: bool,
    approved: tuple[str, ...],
    reason: str,
) -> int:
    """Apply a saved PLAN; plan DIR again and apply it if it has the --expect digest; or --resume
    a RUN that did not finish."""
    from reconciler.applying.apply import ApplySettings
    from reconciler.planning.planfile.requirements import ApplyRequirements
    from reconciler.planning.planfile.signing import signature_path

    settings = ApplySettings(wait=duration(wait), stop_on_collateral=stop_on_collateral)
    approvals = approvals_of(approved, reason)
    _check_target(target, expect=expect, resume=resume, approvals=approvals)
    requirements = ApplyRequirements(trust=trust, clean=require_clean)
    _check_requirements(requirements, expect=expect, resume=resume, against=against)
    if only and expect is None:
        raise click.UsageError("--only needs --expect: a saved plan has its selection")
    if resume:
        output = _of_run(output, target)
        return _run(output, partial(output.project.resume, target, settings=settings))
    if expect is not None:
        folder = one_folder(None if target is None else Path(target), output.folder)
        output = replace(output, folder=folder)
        project = output.project
        expected = partial(
            project.apply_expected,
            expect,
            approvals=approvals,
            settings=settings,
            requirements=requirements,
            against=None if against is None else project.plans.read(against),
            only=only,
        )
        return _run(output, expected)
    path = Path(target or "")
    current().plan_file = path
    plan = output.project.plans.read(path)
    remember_environment(output.folder, plan.environment)
    output = replace(output, environment=output.environment or plan.environment)
    requirements = replace(requirements, signature=signature_path(path))
    saved = partial(output.project.apply, plan, settings=settings, requirements=requirements)
    return _run(output, saved, plan.changes)


def _of_run(output: Output[RunReport], run_id: str | None) -> Output[RunReport]:
    """The output in the environment of a run, unless the command line names one."""
    if run_id is None or output.environment is not None:
        return output
    run, _ = output.project.run(run_id)
    remember_environment(output.folder, run.key.environment)
    return replace(output, environment=run.key.environment)


def _check_target(
    target: str | None, *, expect: str | None, resume: bool, approvals: tuple[Approval, ...]
) -> None:
    if resume and expect is not None:
        raise click.UsageError("--resume and --expect cannot be combined")
    if approvals and expect is None:
        raise click.UsageError("--approve needs --expect: a saved plan has its approvals")
    if target is None and not resume and expect is None:
        raise click.UsageError("name a PLAN, a DIR with --expect DIGEST, or --resume")
    if target is not None and not resume and expect is None and Path(target).is_dir():
        raise click.UsageError(
            f"{target} is a folder: apply a plan of it "
            f"({view_for(sys.stderr).command('plan', '--dir', target, '--out', 'FILE')}), or give "
            "the approved digest with --expect"
        )


def _check_requirements(
    requirements: ApplyRequirements, *, expect: str | None, resume: bool, against: Path | None
) -> None:
    if against is not None and expect is None:
        raise click.UsageError("--against needs --expect")
    if requirements.trust and (resume or expect is not None):
        raise click.UsageError("--trust needs a saved PLAN: nothing else has a signature")
    if requirements.clean and resume:
        raise click.UsageError("--require-clean cannot be combined with --resume")


def _run(
    output: Output[RunReport], apply: Callable[..., RunReport], changes: tuple[Change, ...] = ()
) -> int:
    """Apply and print the report. The exit code is the run's, even if printing fails."""
    masker = output.masker
    with masked_errors(masker, changes), progress_listener(masker) as notify:
        report = apply(notify=notify)
    try:
        output.print(report)
    except (Exception, KeyboardInterrupt) as error:  # the run has ended
        print_note(_not_printed_message(report, error))
    return report.exit_code


def _not_printed_message(report: RunReport, error: BaseException) -> str:
    """Why the report could not be printed, and the command that shows it."""
    match error:
        case OutputLost():
            reason = str(error)
        case KeyboardInterrupt():
            reason = "interrupted"
        case _:
            reason = defect_message(error, os.environ).rstrip(".")
    command = view_for(sys.stderr).command("history", report.run.id)
    return f"The result could not be printed: {reason}. The journal has it: {command}"

"""`reconciler apply`: make a reviewed plan so, or go on with one that did not finish."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.durations import duration
from reconciler.cli.options import (
    approval_options,
    approvals_of,
    env_option,
    folder_option,
    format_option,
    open_project,
    personal_option,
)
from reconciler.cli.output import masked_errors, masker_of, paint_for, print_data, print_note
from reconciler.cli.progress import progress_listener
from reconciler.cli.streams import OutputLost

if TYPE_CHECKING:
    from reconciler.applying.apply import ApplySettings
    from reconciler.applying.report import RunReport
    from reconciler.manifests.settings import Approval
    from reconciler.planning.planfile.requirements import ApplyRequirements
    from reconciler.privacy.masking import Masker
    from reconciler.project.project import Project


@click.command()
@click.argument("target", metavar="[PLAN|DIR|RUN]", required=False)
@folder_option
@env_option
@click.option("--expect", metavar="DIGEST", help="Plan DIR afresh; go on only if it is this one.")
@click.option(
    "--against",
    metavar="PLAN",
    type=click.Path(path_type=Path),
    help="With --expect: the plan that was approved, to tell what differs.",
)
@click.option(
    "--trust",
    multiple=True,
    metavar="PUBKEY.pem",
    type=click.Path(path_type=Path),
    help="Apply PLAN only if this key signed it; several: any of them.",
)
@click.option("--require-clean", is_flag=True, help="Only a plan made from committed files.")
@click.option("--resume", is_flag=True, help="Settle a run that did not finish.")
@click.option("--wait", metavar="TIME", default="0s", help="Wait for another apply, e.g. 5m.")
@click.option("--stop-on-collateral", is_flag=True, help="Stop when anything else changed.")
@approval_options
@format_option
@personal_option
def apply(
    target: str | None,
    folder: Path,
    environment: str | None,
    expect: str | None,
    against: Path | None,
    trust: tuple[Path, ...],
    require_clean: bool,
    resume: bool,
    wait: str,
    stop_on_collateral: bool,
    approved: tuple[str, ...],
    reason: str,
    output_format: str,
    show_personal_data: bool,
) -> int:
    """Apply a saved PLAN; or plan DIR afresh and apply it if its digest is the expected one; or
    go on with a run that did not finish (--resume)."""
    from reconciler.applying.apply import ApplySettings
    from reconciler.planning.planfile.requirements import ApplyRequirements

    settings = ApplySettings(wait=duration(wait), stop_on_collateral=stop_on_collateral)
    approvals = approvals_of(approved, reason)
    _check_words(target, expect=expect, resume=resume, approvals=approvals)
    demands = ApplyRequirements(trust=trust, clean=require_clean)
    _check_demands(demands, expect=expect, resume=resume, against=against)
    if expect is not None:
        folder = Path(target or folder)
    path = None if resume or expect is not None else Path(target or "")
    work = _Work(folder, environment, settings, output_format, show_personal_data)
    if path is not None:
        return work.saved(path, demands)
    if expect is not None:
        return work.expected(expect, approvals, demands, against)
    return work.resumed(target)


def _check_words(
    target: str | None, *, expect: str | None, resume: bool, approvals: tuple[Approval, ...]
) -> None:
    if resume and expect is not None:
        raise click.UsageError("--resume and --expect do not go together")
    if approvals and expect is None:
        raise click.UsageError("--approve goes with --expect: a saved plan has its approvals")
    if target is None and not resume and expect is None:
        raise click.UsageError("name a PLAN, or DIR with --expect DIGEST, or say --resume")
    if target is not None and not resume and expect is None and Path(target).is_dir():
        raise click.UsageError(
            f"{target} is a folder: apply a plan of it (reconciler plan {target} --out FILE), or "
            "name the digest that was approved with --expect"
        )


def _check_demands(
    demands: ApplyRequirements, *, expect: str | None, resume: bool, against: Path | None
) -> None:
    if against is not None and expect is None:
        raise click.UsageError("--against goes with --expect")
    if demands.trust and (resume or expect is not None):
        raise click.UsageError("--trust goes with a saved PLAN: nothing else is signed")
    if demands.clean and resume:
        raise click.UsageError("--require-clean is for a plan that has not begun; it has")


class _Work:
    """One apply as the command line asked for it."""

    def __init__(
        self,
        folder: Path,
        environment: str | None,
        settings: ApplySettings,
        output_format: str,
        show_personal: bool,
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._settings = settings
        self._style = output_format
        self._show_personal = show_personal

    def saved(self, path: Path, demands: ApplyRequirements) -> int:
        from reconciler.planning.planfile.signing import signature_path

        plan = self._project(self._environment).plans.read(path)
        demands = replace(demands, signature=signature_path(path))
        project = self._project(self._environment or plan.environment)
        masker = self._masker(project)
        with masked_errors(masker, plan.changes), progress_listener(masker) as tell:
            report = project.apply(plan, tell=tell, settings=self._settings, demands=demands)
        return self._tell(report, masker)

    def expected(
        self,
        digest: str,
        approvals: tuple[Approval, ...],
        demands: ApplyRequirements,
        against: Path | None,
    ) -> int:
        project = self._project(self._environment)
        masker = self._masker(project)
        with masked_errors(masker), progress_listener(masker) as tell:
            report = project.apply_expected(
                digest,
                approvals=approvals,
                tell=tell,
                settings=self._settings,
                demands=demands,
                against=None if against is None else project.plans.read(against),
            )
        return self._tell(report, masker)

    def resumed(self, run: str | None) -> int:
        project = self._project(self._environment)
        masker = self._masker(project)
        with masked_errors(masker), progress_listener(masker) as tell:
            report = project.resume(run, tell=tell, settings=self._settings)
        return self._tell(report, masker)

    def _project(self, environment: str | None) -> Project:
        return open_project(self._folder, environment)

    def _masker(self, project: Project) -> Masker:
        return masker_of(project, show_personal=self._show_personal)

    def _tell(self, report: RunReport, masker: Masker) -> int:
        """Print the report; the exit code is the journal's, printed or not."""
        try:
            self._print(report, masker)
        except (Exception, KeyboardInterrupt) as error:  # the run is over, whatever happens here
            print_note(self._unprinted(report, error))
        return report.exit_code

    def _print(self, report: RunReport, masker: Masker) -> None:
        from reconciler.views.run.text import render_report, report_to_json

        now = datetime.now(UTC)
        if self._style == "json":
            print_data(report_to_json(report, masker=masker, now=now))
        else:
            print_data(render_report(report, masker=masker, paint=paint_for(sys.stdout), now=now))

    def _unprinted(self, report: RunReport, error: BaseException) -> str:
        """Why the report is not there, and how to see it all the same."""
        from reconciler.cli.defects import defect_message

        match error:
            case OutputLost():
                why = str(error)
            case KeyboardInterrupt():
                why = "interrupted"
            case _:
                why = defect_message(error, os.environ).rstrip(".")
        where = "" if self._folder == Path() else f" --dir {shlex.quote(str(self._folder))}"
        return (
            f"The result could not be printed: {why}. It is in the journal: "
            f"reconciler history {report.run.id}{where}"
        )

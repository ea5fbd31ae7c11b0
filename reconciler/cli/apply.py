"""`reconciler apply`: apply a reviewed plan, or resume a run that did not finish."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
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
    one_folder,
    only_option,
    open_project,
    personal_option,
    remember_environment,
)
from reconciler.cli.output import masked_errors, masker_of, print_data, print_note, view_for
from reconciler.cli.progress import progress_listener
from reconciler.cli.streams import OutputLost
from reconciler.views.formats import REPORT

if TYPE_CHECKING:
    from reconciler.applying.apply import ApplySettings
    from reconciler.applying.events import Listener
    from reconciler.applying.report import RunReport
    from reconciler.manifests.settings import Approval
    from reconciler.planning.change import Change
    from reconciler.planning.planfile.requirements import ApplyRequirements
    from reconciler.privacy.masking import Masker
    from reconciler.project.project import Project


@click.command()
@click.argument("target", metavar="[PLAN|DIR|RUN]", required=False)
@folder_option
@env_option
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
@format_option(REPORT)
@personal_option
def apply(
    target: str | None,
    folder: Path,
    environment: str | None,
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
    output_format: str,
    show_personal_data: bool,
) -> int:
    """Apply a saved PLAN; plan DIR again and apply it if it has the --expect digest; or --resume
    a RUN that did not finish."""
    from reconciler.applying.apply import ApplySettings
    from reconciler.planning.planfile.requirements import ApplyRequirements

    settings = ApplySettings(wait=duration(wait), stop_on_collateral=stop_on_collateral)
    approvals = approvals_of(approved, reason)
    _check_target(target, expect=expect, resume=resume, approvals=approvals)
    requirements = ApplyRequirements(trust=trust, clean=require_clean)
    _check_requirements(requirements, expect=expect, resume=resume, against=against)
    if expect is not None:
        folder = one_folder(None if target is None else Path(target), folder)
    command = _Apply(folder, environment, settings, output_format, show_personal_data)
    if only and expect is None:
        raise click.UsageError("--only needs --expect: a saved plan has its selection")
    if resume:
        return command.resume(target)
    if expect is not None:
        return command.expected(expect, approvals, requirements, against, only)
    return command.saved(Path(target or ""), requirements)


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


@dataclass(frozen=True, slots=True)
class _Apply:
    """One apply with the options of the command line."""

    folder: Path
    environment: str | None
    settings: ApplySettings
    output_format: str
    show_personal: bool

    def saved(self, path: Path, requirements: ApplyRequirements) -> int:
        from reconciler.planning.planfile.signing import signature_path

        plan = open_project(self.folder, self.environment).plans.read(path)
        remember_environment(self.folder, plan.environment)
        requirements = replace(requirements, signature=signature_path(path))
        project = open_project(self.folder, self.environment or plan.environment)
        return self._run(
            project,
            lambda notify: project.apply(
                plan, notify=notify, settings=self.settings, requirements=requirements
            ),
            changes=plan.changes,
        )

    def expected(
        self,
        digest: str,
        approvals: tuple[Approval, ...],
        requirements: ApplyRequirements,
        against: Path | None,
        only: tuple[str, ...],
    ) -> int:
        project = open_project(self.folder, self.environment)
        return self._run(
            project,
            lambda notify: project.apply_expected(
                digest,
                approvals=approvals,
                notify=notify,
                settings=self.settings,
                requirements=requirements,
                against=None if against is None else project.plans.read(against),
                only=only,
            ),
        )

    def resume(self, run: str | None) -> int:
        project = open_project(self.folder, self.environment)
        return self._run(
            project, lambda notify: project.resume(run, notify=notify, settings=self.settings)
        )

    def _run(
        self,
        project: Project,
        run: Callable[[Listener], RunReport],
        changes: tuple[Change, ...] = (),
    ) -> int:
        """Run it and print its report. The exit code is the run's, even if printing fails."""
        masker = masker_of(project, show_personal=self.show_personal)
        with masked_errors(masker, changes), progress_listener(masker) as notify:
            report = run(notify)
        try:
            self._print(report, masker)
        except (Exception, KeyboardInterrupt) as error:  # the run has ended
            print_note(self._not_printed_message(report, error))
        return report.exit_code

    def _print(self, report: RunReport, masker: Masker) -> None:
        print_data(REPORT.render(report, self.output_format, view_for(sys.stdout, masker)))

    def _not_printed_message(self, report: RunReport, error: BaseException) -> str:
        """Why the report could not be printed, and the command that shows it."""
        from reconciler.cli.defects import defect_message

        match error:
            case OutputLost():
                reason = str(error)
            case KeyboardInterrupt():
                reason = "interrupted"
            case _:
                reason = defect_message(error, os.environ).rstrip(".")
        command = view_for(sys.stderr).command("history", report.run.id)
        return f"The result could not be printed: {reason}. The journal has it: {command}"

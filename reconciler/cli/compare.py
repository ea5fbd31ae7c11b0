"""`reconciler compare`: how two environments or two plans differ."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing
from reconciler.cli.help import help_page
from reconciler.cli.options import (
    Output,
    folder_option,
    format_option,
    open_project,
    personal_option,
)
from reconciler.views.formats import COMPARISON

if TYPE_CHECKING:
    from reconciler.planning.reports.comparison import Comparison
    from reconciler.project.project import Project

_DIFFERENT = 2
_TWO = 2


@click.command(
    epilog=help_page(
        "reconciler compare --env staging --env prod",
        "reconciler compare --env staging --env prod --live",
        "reconciler compare old.json new.json",
        reads=("RECONCILER_TOKEN_<ENV>", "RECONCILER_STATE", "RECONCILER_PLAN_KEY"),
    )
)
@click.argument("plans", metavar="[PLAN PLAN]", nargs=-1, type=click.Path(path_type=Path))
@folder_option
@click.option(
    "--env",
    "-e",
    "environments",
    metavar="ENV",
    multiple=True,
    shell_complete=completing.environments,
    help="An environment; give two.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Compare what the two platforms have, not what git wants. Needs a token of each: "
    "RECONCILER_TOKEN_<ENV>.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when they differ.")
@format_option(COMPARISON)
@personal_option
def compare(
    plans: tuple[Path, ...],
    folder: Path,
    environments: tuple[str, ...],
    live: bool,
    detailed_exitcode: bool,
    output_format: str,
    show_personal_data: bool,
) -> int:
    """Compare two environments (--env A --env B) or two saved plans, field by field."""
    _check(plans, environments, live=live)
    if plans:
        found = _compared_plans(open_project(folder, None), plans[0], plans[1])
    else:
        found = _compared_environments(folder, environments, live=live)
    environment = environments[0] if environments else None
    Output(COMPARISON, folder, environment, output_format, show_personal_data).print(found)
    return _DIFFERENT if detailed_exitcode and not found.is_equal else 0


def _check(plans: tuple[Path, ...], environments: tuple[str, ...], *, live: bool) -> None:
    if plans and (environments or live):
        raise click.UsageError("compare two plans or two environments, not both")
    if plans and len(plans) != _TWO:
        raise click.UsageError("give two plan files, as in: reconciler compare A.json B.json")
    if not plans and len(environments) != _TWO:
        raise click.UsageError("give two environments, as in: --env dev --env prod")
    if environments and environments[0] == environments[1]:
        raise click.UsageError(f"'{environments[0]}' is given twice: give two environments")


def _compared_plans(project: Project, first: Path, second: Path) -> Comparison:
    from reconciler.planning.reports.comparison import compare_plans

    plans = [project.plans.read_to_show(path).plan for path in (first, second)]
    return compare_plans(plans[0], plans[1], names=(str(first), str(second)))


def _compared_environments(
    folder: Path, environments: tuple[str, ...], *, live: bool
) -> Comparison:
    from reconciler.project.compare import compare_desired, compare_live

    if not live:
        first, second = (open_project(folder, name) for name in environments)
        return compare_desired(first, second)
    first, second = (_project_of_platform(folder, name) for name in environments)
    return compare_live(first, second)


def _project_of_platform(folder: Path, environment: str) -> Project:
    """The project with the token of this environment.

    One token for both would reach a platform that it is not for.
    """
    from reconciler.project.credentials import Access, token_variable
    from reconciler.project.project import Project

    if os.environ.get("RECONCILER_URL"):
        raise click.UsageError(
            "RECONCILER_URL names one platform, and --live reads two: unset it and write each "
            "url in environments/"
        )
    access = Access.of_environment(os.environ, environment)
    if not access.token:
        raise click.UsageError(
            f"set {token_variable(environment)}: --live reads two platforms, and each token is "
            "sent to its own platform only"
        )
    return Project.open(folder, environment, access=access)

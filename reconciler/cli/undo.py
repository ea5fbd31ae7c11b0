"""`reconciler undo`: a plan that takes back what a run did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing
from reconciler.cli.help import PLANS, help_page
from reconciler.cli.options import (
    PLAN_PARTS,
    Output,
    approval_options,
    approvals_of,
    detailed_option,
    out_option,
    output_options,
)
from reconciler.cli.plan import print_plan
from reconciler.views.formats import PLAN

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan


@click.command(
    epilog=help_page(
        "reconciler undo 20261125T1802-3f2a",
        "reconciler undo 20261125T1802-3f2a --out undo.json",
        reads=PLANS,
    )
)
@click.argument("run", shell_complete=completing.runs)
@output_options(PLAN, parts=PLAN_PARTS)
@out_option
@approval_options
@detailed_option
def undo(
    output: Output[Plan],
    run: str,
    out: Path | None,
    approved: tuple[str, ...],
    reason: str,
    detailed_exitcode: bool,
) -> int:
    """Show a plan that takes back what RUN did; --out saves it to apply.

    Later changes by other runs and by people stay.
    """
    approvals = approvals_of(approved, reason)
    project = output.project
    return print_plan(
        output,
        lambda: project.undo_plan(run, approvals),
        out,
        status="Reading the platform",
        detailed=detailed_exitcode,
    )

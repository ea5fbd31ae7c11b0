"""`reconciler history`: applied runs with their authors and approvals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from reconciler.cli import completing
from reconciler.cli.help import STATE, help_page
from reconciler.cli.options import Output, output_options, remember_environment
from reconciler.views.formats import HISTORY, RUN


@click.command(
    epilog=help_page(
        "reconciler history --env prod",
        "reconciler history 20261125T1802-3f2a",
        "reconciler history campaigns/Sales --limit 5",
        reads=STATE,
    )
)
@click.argument(
    "subject", metavar="[RUN|ADDRESS]", required=False, shell_complete=completing.runs_and_addresses
)
@output_options(HISTORY)
@click.option("--limit", default=20, show_default=True, help="The number of runs.")
def history(output: Output[Any], subject: str | None, limit: int) -> None:
    """List the runs, list the runs that changed an ADDRESS, or show every step of a RUN."""
    from reconciler.views.run.history import History

    if subject is not None and "/" not in subject:
        run, steps = output.project.run(subject)
        remember_environment(output.folder, run.key.environment)
        replace(output, document=RUN).print((run, steps))
        return
    runs = output.project.history(address=subject, limit=limit)
    output.print(History(runs, subject or ""))

"""`reconciler explain` and `usage`: one resource by field, and who uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli import completing
from reconciler.cli.help import PLATFORM, help_page
from reconciler.cli.options import Output, output_options
from reconciler.views.formats import EXPLANATION, USAGE

if TYPE_CHECKING:
    from reconciler.live.platform import Usage
    from reconciler.planning.reports.explanation import Explanation


@click.command(
    epilog=help_page(
        "reconciler explain campaigns/Sales --env prod",
        "reconciler explain campaigns/Sales/channels/whatsapp --format json",
        reads=PLATFORM,
    )
)
@click.argument("address", shell_complete=completing.addresses)
@output_options(EXPLANATION)
def explain(output: Output[Explanation], address: str) -> None:
    """Explain each field of ADDRESS: in git, last applied, live, and who changed it when."""
    _check_address(address)
    output.print(output.project.explain(address))


@click.command(
    epilog=help_page(
        "reconciler usage statuses/Lunch --env prod",
        reads=PLATFORM,
    )
)
@click.argument("address", shell_complete=completing.addresses)
@output_options(USAGE)
def usage(output: Output[Usage], address: str) -> None:
    """Show who and what uses ADDRESS now."""
    _check_address(address)
    output.print(output.project.usage(address))


def _check_address(address: str) -> None:
    from reconciler.kinds.registry import parse_address

    try:
        parse_address(address)
    except ValueError as error:
        raise click.UsageError(str(error)) from error

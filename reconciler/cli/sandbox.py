"""`reconciler sandbox`: the embedded platform, to learn, demonstrate and test with."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.cli.help import help_page
from reconciler.cli.output import print_data, print_note

_DEFAULT_PORT = 8350


@click.command(
    epilog=help_page(
        "reconciler sandbox",
        "reconciler sandbox --seed empty --port 0",
        "reconciler sandbox --data ./sandbox-data --clock 2026-12-24T09:00",
        reads=("RECONCILER_SANDBOX_TOKENS",),
    )
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=_DEFAULT_PORT,
    show_default=True,
    help="The port; 0 picks a free one.",
)
@click.option("--data", metavar="DIR|URL", help="Where to keep data; without it, in memory.")
@click.option(
    "--seed", default="demo", show_default=True, help="The first data: demo, empty or a JSON file."
)
@click.option("--platform-id", help="The platform's id; without it, the seed's.")
@click.option(
    "--clock", metavar="TIME", help="Stop the clock at this ISO 8601 time; UTC without a zone."
)
@click.option(
    "--faults",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Faults to inject, YAML or JSON; see docs/sandbox.md.",
)
@click.option(
    "--test-controls", is_flag=True, help="Open /_test/ for tests: clock, requests and faults."
)
def sandbox(
    port: int,
    data: str | None,
    seed: str,
    platform_id: str | None,
    clock: str | None,
    faults: Path | None,
    test_controls: bool,
) -> None:
    """Run the embedded platform on this machine until Ctrl-C."""
    gc.enable()
    from reconciler.errors import UsageError
    from reconciler.sandbox.api.server import PortTaken, run
    from reconciler.sandbox.api.settings import SandboxSettings
    from reconciler.sandbox.faults.faults import BadFaults
    from reconciler.sandbox.store.session import BadData

    def announce(url: str) -> None:
        print_data(url)
        print_note("Tokens: sandbox-admin and sandbox-ci (all rights), sandbox-viewer.")
        print_note("Stop it with Ctrl-C.")

    settings = SandboxSettings(
        port=port,
        data=data,
        seed=seed,
        platform_id=platform_id,
        clock_start=_moment(clock),
        test_controls=test_controls,
        faults=faults,
        announce=announce,
    )
    try:
        run(settings)
    except BadFaults as error:
        raise UsageError(f"--faults: {error}") from error
    except BadData as error:
        raise UsageError(f"--data: {error}") from error
    except PortTaken as error:
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}; choose another with --port"
        ) from error
    except (ValueError, OSError) as error:
        raise UsageError(f"the sandbox cannot start: {error}") from error


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--clock: {error}") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

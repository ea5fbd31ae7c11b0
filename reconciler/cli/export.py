"""`reconciler export`: the live platform as manifests."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.help import PLATFORM, help_page
from reconciler.cli.options import env_option, folder_option, open_project
from reconciler.cli.output import print_data, print_note, view_for
from reconciler.cli.progress import status_line


@click.command(
    epilog=help_page(
        "reconciler export ../exported --env prod",
        "reconciler export ../sales --env prod --only campaigns/Sales",
        reads=PLATFORM,
    )
)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@folder_option
@env_option
@click.option("--only", multiple=True, metavar="GLOB", help="Addresses to export; repeatable.")
@click.option(
    "--include",
    default="",
    metavar="contacts,blacklist",
    help="Personal collections to export; without it, none.",
)
def export(
    target: Path, folder: Path, environment: str | None, only: tuple[str, ...], include: str
) -> None:
    """Write the live platform as manifests into DIR, which must be empty or not exist.

    --dir and --env name the project and the environment of the platform.
    """
    from reconciler.manifests.exporting.export import PERSONAL, export_files, left_out, write_files
    from reconciler.privacy.masking import Masker

    wanted = frozenset(filter(None, include.split(",")))
    if not wanted <= PERSONAL:
        raise click.UsageError(f"--include takes {', '.join(sorted(PERSONAL))}")
    project = open_project(folder, environment)
    with status_line("Reading the platform"):
        live = project.snapshot()
    resources = live.resources.values()
    view = view_for(sys.stderr, Masker(project.mask_key()))
    for address, unread_reason in live.unread():
        what = f"{view.address(address)} ({view.message(unread_reason)})"
        print_note(f"Not exported, because it could not be read: {what}")
    for address, reason in left_out(resources, only=only, include=wanted).items():
        what = f"{view.address(address)} ({reason})"
        print_note(f"Not exported, because no manifest can declare it: {what}")
    if live.unreadable:
        print_note("A complete list with an unreadable entry is not exported at all.")
    files = export_files(
        resources,
        project.settings(),
        only=only,
        include=wanted,
        names=live.directory.names(),
        unread=[resource.address for resource in live.unreadable.values()],
    )
    write_files(files, target)
    print_data(f"{len(files)} files written to {target}")

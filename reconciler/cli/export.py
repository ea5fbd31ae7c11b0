"""`reconciler export`: the live platform as tidy manifests."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import env_option, folder_option, open_project
from reconciler.cli.output import masker_of, print_data, print_note
from reconciler.cli.progress import status_line


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@folder_option
@env_option
@click.option("--only", multiple=True, metavar="GLOB", help="Addresses to export; repeatable.")
@click.option(
    "--include",
    default="",
    metavar="contacts,blacklist",
    help="Personal collections, left out unless named.",
)
def export(
    target: Path, folder: Path, environment: str | None, only: tuple[str, ...], include: str
) -> None:
    """Write the live platform as manifests into DIR, which must be empty or not exist.

    The platform is the one of --dir and --env.
    """
    from reconciler.manifests.exporting.export import PERSONAL, export_files, left_out, write_files

    wanted = frozenset(filter(None, include.split(",")))
    if not wanted <= PERSONAL:
        raise click.UsageError(f"--include takes {', '.join(sorted(PERSONAL))}")
    project = open_project(folder, environment)
    with status_line("Reading the platform"):
        live = project.snapshot()
    resources = live.resources.values()
    masker = masker_of(project, show_personal=False)
    for part, why in live.unread():
        said = f"{masker.address(part)} ({masker.text(why, about=part)})"
        print_note(f"Not exported, since it could not be read: {said}")
    for address, why in left_out(resources, only=only, include=wanted).items():
        shown = masker.address(address)
        print_note(f"Not exported, since no manifest can declare it: {shown} ({why})")
    if live.unreadable:
        print_note(
            "A list that is complete in a manifest is left out whole where it would lack one."
        )
    files = export_files(
        resources,
        project.settings(),
        only=only,
        include=wanted,
        names=live.directory.names(),
        unread=[one.address for one in live.unreadable.values()],
    )
    write_files(files, target)
    print_data(f"{len(files)} files written to {target}")

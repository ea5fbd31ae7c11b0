"""`reconciler init`: a project to start from."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.output import print_data, print_note


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
def init(target: Path) -> None:
    """Start a project in DIR, which must be empty or not exist.

    It validates as it is, and can be planned against `reconciler sandbox --seed empty`.
    """
    from reconciler.manifests.exporting.scaffold import project_files
    from reconciler.manifests.exporting.writer import write_files

    files = project_files(target.resolve().name)
    write_files(files, target)
    print_data("\n".join(f"{target}/{file}" for file in files))
    print_note(
        f"A project is in {target}. Next, from inside it: `reconciler validate`; then, with "
        "`reconciler sandbox --seed empty` running elsewhere and RECONCILER_TOKEN=sandbox-ci, "
        "`reconciler plan`."
    )

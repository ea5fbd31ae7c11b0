"""`reconciler init`: a new project."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.help import help_page
from reconciler.cli.output import print_data, print_note, view_for


@click.command(
    epilog=help_page(
        "reconciler init acme",
    )
)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
def init(target: Path) -> None:
    """Create a project in DIR, which must be empty or not exist.

    The project is valid. Plan it against `reconciler sandbox --seed empty`.
    """
    from reconciler.manifests.exporting.scaffold import project_files
    from reconciler.manifests.exporting.writer import write_files

    files = project_files(target.resolve().name)
    write_files(files, target)
    print_data("\n".join(f"{target}/{file}" for file in files))
    view, folder = view_for(sys.stderr), str(target)
    validate = view.command("validate", "--dir", folder)
    plan = view.command("plan", "--dir", folder)
    print_note(
        f"The project is in {target}. Next: `{validate}`. Then run "
        "`reconciler sandbox --seed empty` in another terminal, set RECONCILER_TOKEN=sandbox-ci, "
        f"and run `{plan}`."
    )

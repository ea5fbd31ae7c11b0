"""`reconciler schema`: JSON Schemas of manifests, plan files and JSON output."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from reconciler.cli.help import help_page
from reconciler.cli.output import print_data
from reconciler.views.schemas import NAMES


@click.command(
    epilog=help_page(
        "reconciler schema plan",
        "reconciler schema --out schemas",
    )
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write all schemas into this folder instead of printing one.",
)
@click.argument("name", required=False, type=click.Choice(NAMES))
def schema(out: Path | None, name: str | None) -> None:
    """Print the JSON Schema NAME (2020-12), or write all of them with --out.

    `plan` is the plan file; the names with `-output` are what --format json prints.
    """
    from reconciler.views.schemas import schema_files

    if (out is None) == (name is None):
        raise click.UsageError("name one schema to print, or write all with --out FOLDER")
    files = schema_files()
    if name is not None:
        print_data(files[f"{name}.schema.json"])
        return
    if out is not None:
        _write(files, out)
        print_data(f"{len(files)} schemas written to {out}")


def _write(files: Mapping[str, bytes], out: Path) -> None:
    from reconciler.errors import UsageError
    from reconciler.planning.planfile.atomic_write import check_target

    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            check_target(out / file)
            (out / file).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from error

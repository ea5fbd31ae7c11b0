"""`reconciler schema`: the JSON Schemas of everything people write, and of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from reconciler.cli.output import print_data
from reconciler.errors import UsageError


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write all of them into this folder instead of printing one.",
)
@click.argument(
    "name",
    required=False,
    type=click.Choice(["manifest", "project", "environment", "approvals", "plan"]),
)
def schema(out: Path | None, name: str | None) -> None:
    """Print the JSON Schema NAME (2020-12), or write all of them with --out."""
    from reconciler.views.reports.schemas import schema_files

    if (out is None) == (name is None):
        raise click.UsageError("name one schema to print, or --out FOLDER to write all")
    files = schema_files()
    if name is not None:
        print_data(files[f"{name}.schema.json"])
        return
    if out is not None:
        _write(files, out)
        print_data(f"{len(files)} schemas written to {out}")


def _write(files: Mapping[str, bytes], out: Path) -> None:
    from reconciler.planning.planfile.atomic_write import check_target

    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            check_target(out / file)
            (out / file).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from error

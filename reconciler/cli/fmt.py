"""`reconciler fmt`: one layout for all YAML files of a project."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.help import help_page
from reconciler.cli.options import folder_argument
from reconciler.cli.output import print_data, print_note, view_for

_ERROR = 1


@click.command(
    epilog=help_page(
        "reconciler fmt",
        "reconciler fmt --dir configs --check",
    )
)
@folder_argument
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
def fmt(folder: Path, check: bool) -> int:
    """Format the YAML files of a project and list the changed ones.

    Comments and values do not change. A file that cannot be formatted safely is not changed.
    """
    from reconciler.manifests.formatting.project_formatter import format_project
    from reconciler.views.reports.problems import problems_text

    done = format_project(folder, write=not check)
    if done.changed:
        print_data("\n".join(done.changed))
    for file, left in done.left_alone.items():
        print_note(f"{file} is not changed: {left.why}")
        if left.problems:
            print_note(problems_text(left.problems, view_for(sys.stderr)))
    has_problems = any(left.problems for left in done.left_alone.values())
    return _ERROR if has_problems or (check and done.changed) else 0

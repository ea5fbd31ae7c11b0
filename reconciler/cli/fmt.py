"""`reconciler fmt`: one layout for all the files of a project."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.options import folder_argument
from reconciler.cli.output import paint_for, print_data, print_note

_ERROR = 1


@click.command()
@folder_argument
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
def fmt(folder: Path, check: bool) -> int:
    """Lay out the YAML files of a project alike, and list those that change.

    Comments stay, and no value changes: a file for which that is not sure is left alone.
    """
    from reconciler.manifests.formatting.project_formatter import format_project
    from reconciler.views.reports.problems import render_problems

    done = format_project(folder, write=not check)
    if done.changed:
        print_data("\n".join(done.changed))
    for file, left in done.left_alone.items():
        print_note(f"{file} is left as it is: {left.why}")
        if left.problems:
            print_note(render_problems(left.problems, paint=paint_for(sys.stderr)))
    broken = any(left.problems for left in done.left_alone.values())
    return _ERROR if broken or (check and done.changed) else 0

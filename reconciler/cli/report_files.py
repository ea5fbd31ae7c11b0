"""--out-format FORMAT=FILE, and the step summary of GitHub Actions: a plan in several places."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.options import Output
from reconciler.cli.output import print_note

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan
    from reconciler.views.formats import Document

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SHARED_MODE = 0o644
"""A report without personal data is there to be shared, also with the user of the CI's runner."""
SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file to write, and its format."""

    output_format: str
    path: Path


def report_files_option(document: Document[Any]) -> Callable[[_Command], _Command]:
    """--out-format, which the command gets as `report_files`."""

    def parsed(
        _: click.Context, __: click.Parameter, texts: Sequence[str]
    ) -> tuple[ReportFile, ...]:
        return _report_files(texts, document)

    return click.option(
        "--out-format",
        "report_files",
        multiple=True,
        metavar="FORMAT=FILE",
        callback=parsed,
        help="Also write the plan to a file in this format; repeatable.",
    )


def _report_files(texts: Sequence[str], document: Document[Any]) -> tuple[ReportFile, ...]:
    files: dict[Path, ReportFile] = {}
    for text in texts:
        output_format, _, name = text.partition("=")
        if not name:
            raise click.UsageError(f"'{text}' is not a FORMAT=FILE, such as markdown=plan.md")
        if output_format not in document.formats:
            formats = ", ".join(document.formats)
            raise click.UsageError(f"unknown format '{output_format}': use one of {formats}")
        path = Path(name)
        if path in files:
            raise click.UsageError(f"--out-format names {path} twice: give each format its file")
        files[path] = ReportFile(output_format, path)
    return tuple(files.values())


def check_report_files(files: Sequence[ReportFile], plan_file: Path | None = None) -> None:
    """Raises UsageError for a file that cannot be written, or that is the plan file."""
    from reconciler.planning.planfile.atomic_write import check_target

    for file in files:
        if file.path == plan_file:
            raise click.UsageError(f"--out-format would replace the plan file {plan_file}")
        check_target(file.path)


def print_everywhere(output: Output[Plan], plan: Plan, files: Sequence[ReportFile]) -> None:
    """Write the files of --out-format, then print the plan on stdout. Raises UsageError."""
    _write(output, plan, files)
    output.print(plan)
    _append_step_summary(output, plan)


def _write(output: Output[Plan], plan: Plan, files: Sequence[ReportFile]) -> None:
    """Write a plan to each file, completely or not at all."""
    from reconciler.atomic_files import PRIVATE_MODE, replace_file
    from reconciler.errors import UsageError

    mode = PRIVATE_MODE if output.show_personal else _SHARED_MODE
    rendered = [(file.path, output.rendered(plan, file.output_format)) for file in files]
    for path, content in rendered:
        try:
            replace_file(path, content, mode=mode)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _append_step_summary(output: Output[Plan], plan: Plan) -> None:
    """With --format github in GitHub Actions, add the plan to the summary of the step."""
    name = os.environ.get(SUMMARY_VARIABLE)
    if not name or output.output_format != "github":
        return
    from reconciler.views.plan.markdown import SUMMARY_LIMIT, markdown_page

    text = markdown_page(plan, output.plain_view(), SUMMARY_LIMIT)
    try:
        with Path(name).open("a", encoding="utf-8") as summary:
            summary.write(text)
    except OSError as error:
        print_note(f"Warning: the plan is not in the step summary {name}: {error.strerror}.")

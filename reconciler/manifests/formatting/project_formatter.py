"""Formats every YAML file of a project; each is replaced in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ManifestError, Problem, ReconcilerError
from reconciler.manifests.files import discovery
from reconciler.manifests.formatting.formatter import NotFormatted, format_file
from reconciler.manifests.masking.excerpts import with_excerpts
from reconciler.manifests.yaml.limits import FileLimits


@dataclass(frozen=True, slots=True)
class FormatResult:
    """The files that changed or would change, and the files that are not formatted."""

    changed: tuple[str, ...]
    left_alone: Mapping[str, NotFormatted]


def format_project(root: Path, *, write: bool) -> FormatResult:
    """Format the files of a project; with `write` false only report which would change.

    Raises ManifestError without a project to read, ReconcilerError if a file cannot be written.
    """
    files = discovery.find_files(root)
    if files.problems:
        raise ManifestError(files.problems)
    names = [*files.manifests, *files.environments.values(), *files.approvals]
    if files.project is not None:
        names.append(files.project)
    changed: list[str] = []
    left_alone: dict[str, NotFormatted] = {}
    for name in sorted(names):
        data = discovery.read_file(root, name, FileLimits().size_bytes)
        result = (
            NotFormatted("it cannot be read", (data,))
            if isinstance(data, Problem)
            else format_file(data, name)
        )
        if isinstance(result, NotFormatted):
            problems = tuple(with_excerpts(root, result.problems))
            left_alone[name] = NotFormatted(result.why, problems)
        elif result != data:
            changed.append(name)
            if write:
                _replace((root / name).resolve(), result)
    return FormatResult(tuple(changed), left_alone)


def _replace(path: Path, data: bytes) -> None:
    """Replace the file in one step and keep its mode."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            shutil.copymode(path, temporary)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ReconcilerError(f"{path} cannot be written: {error.strerror or error}") from error

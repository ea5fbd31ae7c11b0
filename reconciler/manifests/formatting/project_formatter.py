"""The layout of a whole project: every YAML file of it, each written in one piece."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ManifestError, Problem, ReconcilerError
from reconciler.manifests.files import discovery
from reconciler.manifests.formatting.formatter import LeftAlone, formatted
from reconciler.manifests.problems.excerpts import with_excerpts
from reconciler.manifests.yaml.reader import Limits


@dataclass(frozen=True, slots=True)
class Formatted:
    """What was, or would be, laid out anew, and what is left alone."""

    changed: tuple[str, ...]
    left_alone: Mapping[str, LeftAlone]


def format_folder(root: Path, *, write: bool) -> Formatted:
    """Lay out the files of a project; with `write` false only say which would change.

    Raises ManifestError where there is no project to read, ReconcilerError where a file cannot be
    written.
    """
    files = discovery.find(root)
    if files.problems:
        raise ManifestError(files.problems)
    names = [*files.manifests, *files.environments.values(), *files.approvals]
    if files.project is not None:
        names.append(files.project)
    changed: list[str] = []
    left_alone: dict[str, LeftAlone] = {}
    for name in sorted(names):
        data = discovery.read(root, name, Limits().size_bytes)
        result = (
            LeftAlone("it cannot be read", (data,))
            if isinstance(data, Problem)
            else formatted(data, name)
        )
        if isinstance(result, LeftAlone):
            problems = tuple(with_excerpts(root, result.problems))
            left_alone[name] = LeftAlone(result.why, problems)
        elif result != data:
            changed.append(name)
            if write:
                _replace((root / name).resolve(), result)
    return Formatted(tuple(changed), left_alone)


def _replace(path: Path, data: bytes) -> None:
    """In one piece, with the mode it has."""
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

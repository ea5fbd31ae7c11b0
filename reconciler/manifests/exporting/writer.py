"""Writes exported files into an empty or new folder: all of them or none."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.errors import ReconcilerError, UsageError
from reconciler.manifests.files.discovery import PROJECT_FILE


def write_files(files: Mapping[str, bytes], target: Path) -> None:
    """Write each file below `target`.

    Raises UsageError if `target` is a file or is not empty, ReconcilerError if it cannot be
    written; then nothing is left behind.
    """
    try:
        target = target.resolve()
        if target.exists() and not target.is_dir():
            raise UsageError(f"{target} is a file: name an empty or new folder")
        is_there = target.exists()
        if is_there and any(target.iterdir()):
            raise UsageError(f"{target} is not empty: name an empty or new folder")
        _write(files, target, is_there)
    except OSError as error:
        why = error.strerror or error
        raise ReconcilerError(f"{error.filename or target} cannot be written: {why}") from error


def _write(files: Mapping[str, bytes], target: Path, is_there: bool) -> None:
    """Write to a temporary folder, then rename. An existing folder is kept, because a shell may be
    in it."""
    aside = f".reconciler-export-{secrets.token_hex(4)}"
    if not is_there:
        target.parent.mkdir(parents=True, exist_ok=True)
    made = target / aside if is_there else target.parent / aside
    moved: list[Path] = []
    try:
        made.mkdir()
        _fill(files, made)
        if not is_there:
            made.rename(target)
            return
        # The project file goes last: without it a folder is not a project.
        for entry in sorted(made.iterdir(), key=lambda path: path.name == PROJECT_FILE):
            moved.append(target / entry.name)
            entry.rename(target / entry.name)
        made.rmdir()
    except BaseException:
        for entry in moved:
            shutil.rmtree(entry, ignore_errors=True)
            with suppress(OSError):
                entry.unlink()
        shutil.rmtree(made, ignore_errors=True)
        raise


def _fill(files: Mapping[str, bytes], folder: Path) -> None:
    folders = {folder}
    for name, data in files.items():
        path = folder / name
        if path.parent not in folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.add(path.parent)
        path.write_bytes(data)

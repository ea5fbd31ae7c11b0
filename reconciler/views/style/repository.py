"""Places in the repository, for tools that show a message beside a line of a file."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from reconciler.manifests.source import Source


@dataclass(frozen=True, slots=True)
class FilePosition:
    """A file as the repository names it, and a place in it that counts from 1."""

    file: str
    line: int
    column: int


def file_position(source: Source, folder: str) -> FilePosition:
    """The place of a source; the project is in `folder`, "" for the folder of the command."""
    file = posixpath.normpath(posixpath.join(folder, source.file))
    return FilePosition(file, max(source.line, 1), max(source.column, 1))

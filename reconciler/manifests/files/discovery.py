"""Finds the files of a project, and reads their bytes; what is in them is for others.

Any layout is fine: every `*.yaml` and `*.yml` below the folder, in capitals too, is a manifest, but
for the project file at its root and the two folders beside it. Hidden files and folders are passed
over.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from reconciler.errors import ManifestError, Problem
from reconciler.manifests.source import Source

PROJECT_FILE = "reconciler.yaml"
ENVIRONMENTS = "environments"
APPROVALS = "approvals"

_SUFFIXES = (".yaml", ".yml")
_DEPTH = 64


@dataclass(slots=True)
class ProjectFiles:
    """The files of a project by what they are for: posix paths below the folder, sorted."""

    project: str | None = None
    environments: dict[str, str] = field(default_factory=dict)
    approvals: list[str] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def is_yaml(name: str) -> bool:
    """Whether a file of this name is read; its case is no matter, so that nothing goes missing."""
    return name.lower().endswith(_SUFFIXES)


def find_files(root: Path) -> ProjectFiles:
    """The files below `root`. Raises ManifestError where there is nothing to look at."""
    if not root.exists():
        raise ManifestError([Source.of_file(str(root)).problem("no such folder")])
    if not root.is_dir():
        hint = "give the folder that holds reconciler.yaml"
        raise ManifestError(
            [Source.of_file(str(root)).problem("this is a file and not a folder", hint)]
        )
    files = ProjectFiles()
    for name in sorted(_Walk(root.resolve(), files.problems).files()):
        _sort_in(files, name)
    if not (files.project or files.manifests or files.environments or files.problems):
        hint = "give the folder that holds reconciler.yaml, or start one with `reconciler init`"
        raise ManifestError(
            [Source.of_file(str(root)).problem("no YAML files in this folder", hint)]
        )
    return files


def _sort_in(files: ProjectFiles, name: str) -> None:
    path = PurePosixPath(name)
    if name == PROJECT_FILE:
        files.project = name
    elif name.lower() in (PROJECT_FILE, "reconciler.yml"):
        files.problems.append(
            Source.of_file(name).problem("the project file is called reconciler.yaml")
        )
    elif path.parts[0] == APPROVALS and len(path.parts) > 1:
        files.approvals.append(name)
    elif path.parts[0] == ENVIRONMENTS and len(path.parts) > 1:
        _sort_in_environment(files, name, path)
    else:
        files.manifests.append(name)


def _sort_in_environment(files: ProjectFiles, name: str, path: PurePosixPath) -> None:
    if len(path.parts) > 2:
        hint = f"move it to {ENVIRONMENTS}/{path.name}"
        message = f"{ENVIRONMENTS}/ holds one file an environment, and no folders"
        files.problems.append(Source.of_file(name).problem(message, hint))
    elif path.stem in files.environments:
        message = f"the environment {path.stem} has a file already: {files.environments[path.stem]}"
        files.problems.append(Source.of_file(name).problem(message, "keep one of them"))
    else:
        files.environments[path.stem] = name


class _Walk:
    """Goes through a folder; links are followed as long as they stay inside and lead on."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self._root = root
        self._problems = problems
        self._seen: dict[str, str] = {}  # the real path of each linked thing, and of its twin

    def files(self) -> Iterator[str]:
        """The YAML files, relative to the root."""
        found = list(self._below(self._root, "", (str(self._root),)))
        real = {str(self._root / name): name for name, linked in found if not linked}
        for name, linked in found:
            if linked:
                target = str((self._root / name).resolve())
                twin = real.setdefault(target, name)
                if twin != name:
                    self._refuse(name, f"this link leads to {twin}, which is read already")
                    continue
            yield name

    def _below(
        self, folder: Path, prefix: str, trail: tuple[str, ...], *, linked: bool = False
    ) -> Iterator[tuple[str, bool]]:
        if len(trail) > _DEPTH:
            self._refuse(prefix.rstrip("/"), f"folders are nested more than {_DEPTH} deep")
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(prefix.rstrip("/") or ".", f"cannot be read: {error.strerror}")
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = prefix + entry.name
            if entry.is_symlink():
                yield from self._link(entry, name, trail)
            elif entry.is_dir():
                below = (*trail, entry.path)
                yield from self._below(Path(entry.path), f"{name}/", below, linked=linked)
            elif is_yaml(entry.name):
                if entry.is_file():
                    yield name, linked
                else:
                    self._refuse(name, "this is no regular file")

    def _link(
        self, entry: os.DirEntry[str], name: str, trail: tuple[str, ...]
    ) -> Iterator[tuple[str, bool]]:
        try:
            target = Path(entry.path).resolve(strict=True)
            is_folder = target.is_dir()
        except (OSError, RuntimeError) as error:
            if is_yaml(entry.name) or not isinstance(error, FileNotFoundError):
                loop = not isinstance(error, FileNotFoundError)
                self._refuse(name, f"this link leads {'in a circle' if loop else 'nowhere'}")
            return
        if not is_folder and not is_yaml(entry.name):
            return
        if not target.is_relative_to(self._root):
            hint = "copy what it leads to into the folder"
            self._refuse(name, "this link leads outside the folder", hint)
        elif not is_folder:
            yield name, True
        elif str(target) in trail or any(Path(one).is_relative_to(target) for one in trail):
            self._refuse(name, "this link leads back to a folder it stands in: a loop")
        else:
            yield from self._below(target, f"{name}/", (*trail, str(target)), linked=True)

    def _refuse(self, name: str, message: str, hint: str = "") -> None:
        self._problems.append(Source.of_file(name).problem(message, hint))


def read_file(root: Path, file: str, limit_bytes: int) -> bytes | Problem:
    """The bytes of a file, one more than the limit at most; or why they cannot be had."""
    path = root / file
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return Source.of_file(file).problem("this is no regular file")
        with path.open("rb") as opened:
            return opened.read(limit_bytes + 1)
    except OSError as error:
        return Source.of_file(file).problem(f"cannot be read: {error.strerror or error}")

"""Finds the files of a project, and reads their bytes.

Any layout works: every `*.yaml` and `*.yml` below the folder is a manifest, in any case, except the
project file and the folders `environments/` and `approvals/`. Hidden files and folders are skipped.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from reconciler.errors import ManifestError, Problem
from reconciler.manifests.source import Source
from reconciler.message import NO_MESSAGE, Command, Message

PROJECT_FILE = "reconciler.yaml"
ENVIRONMENTS = "environments"
APPROVALS = "approvals"

_SUFFIXES = (".yaml", ".yml")
_DEPTH = 64
_DEPTH_SEARCHED = 2
"""How many folders deep a project is searched for below a folder without one."""


@dataclass(slots=True)
class ProjectFiles:
    """The files of a project by their purpose: posix paths below the folder, sorted."""

    project: str | None = None
    environments: dict[str, str] = field(default_factory=dict)
    approvals: list[str] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def is_yaml(name: str) -> bool:
    """Whether a file of this name is read; case makes no difference, so that no file is missed."""
    return name.lower().endswith(_SUFFIXES)


def find_files(root: Path) -> ProjectFiles:
    """The files below `root`. Raises ManifestError if there is no project."""
    whole = Source.of_file(str(root))
    if not root.exists():
        raise ManifestError([whole.problem(Message.of("this folder does not exist"))])
    if not root.is_dir():
        hint = Message.of("name the folder with reconciler.yaml")
        raise ManifestError([whole.problem(Message.of("this is a file, not a folder"), hint)])
    files = ProjectFiles()
    for name in sorted(_Walk(root.resolve(), files.problems).files()):
        _sort_in(files, name)
    if not (files.project or files.manifests or files.environments or files.problems):
        hint = Message.of(
            "name the folder with reconciler.yaml, or create one with {init}",
            init=Command.of("init", "DIR"),
        )
        raise ManifestError([whole.problem(Message.of("this folder has no YAML files"), hint)])
    return files


def _sort_in(files: ProjectFiles, name: str) -> None:
    path = PurePosixPath(name)
    if name == PROJECT_FILE:
        files.project = name
    elif name.lower() in (PROJECT_FILE, "reconciler.yml"):
        message = Message.of("the project file must be named reconciler.yaml")
        hint = Message.of("rename it to reconciler.yaml")
        files.problems.append(Source.of_file(name).problem(message, hint))
    elif path.parts[0] == APPROVALS and len(path.parts) > 1:
        files.approvals.append(name)
    elif path.parts[0] == ENVIRONMENTS and len(path.parts) > 1:
        _sort_in_environment(files, name, path)
    else:
        files.manifests.append(name)


def _sort_in_environment(files: ProjectFiles, name: str, path: PurePosixPath) -> None:
    if len(path.parts) > 2:
        hint = Message.of("move it to environments/{name}", name=path.name)
        message = Message.of("environments/ has one file for each environment, and no folders")
        files.problems.append(Source.of_file(name).problem(message, hint))
    elif path.stem in files.environments:
        message = Message.of(
            "the environment {stem} already has a file: {file}",
            stem=path.stem,
            file=files.environments[path.stem],
        )
        files.problems.append(Source.of_file(name).problem(message, Message.of("keep one of them")))
    else:
        files.environments[path.stem] = name


def projects_near(root: Path) -> tuple[Path, ...]:
    """The folders with a project above a folder, nearest first, else those below it, sorted."""
    folder = root.resolve()
    above = [parent for parent in folder.parents if (parent / PROJECT_FILE).is_file()]
    return tuple(above) or tuple(sorted(_projects_below(folder, _DEPTH_SEARCHED)))


def _projects_below(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = [e for e in os.scandir(folder) if e.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if Path(entry.path, PROJECT_FILE).is_file():
            yield Path(entry.path)
        elif depth:
            yield from _projects_below(Path(entry.path), depth - 1)


class _Walk:
    """Walks a folder; follows links that stay inside and lead to something new."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self._root = root
        self._problems = problems

    def files(self) -> Iterator[str]:
        """The YAML files, relative to the root."""
        found = list(self._below(self._root, "", (str(self._root),)))
        real = {str(self._root / name): name for name, linked in found if not linked}
        for name, linked in found:
            if linked:
                target = str((self._root / name).resolve())
                other = real.setdefault(target, name)
                if other != name:
                    why = Message.of("this link leads to {other}, which is also read", other=other)
                    self._refuse(name, why)
                    continue
            yield name

    def _below(
        self, folder: Path, prefix: str, trail: tuple[str, ...], *, linked: bool = False
    ) -> Iterator[tuple[str, bool]]:
        if len(trail) > _DEPTH:
            why = Message.of("folders are nested more than {depth} deep", depth=_DEPTH)
            self._refuse(prefix.rstrip("/"), why)
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            why = Message.of("cannot be read: {error}", error=error.strerror or str(error))
            self._refuse(prefix.rstrip("/") or ".", why)
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
                    self._refuse(name, Message.of("this is not a regular file"))

    def _link(
        self, entry: os.DirEntry[str], name: str, trail: tuple[str, ...]
    ) -> Iterator[tuple[str, bool]]:
        try:
            target = Path(entry.path).resolve(strict=True)
            is_folder = target.is_dir()
        except (OSError, RuntimeError) as error:
            if is_yaml(entry.name) or not isinstance(error, FileNotFoundError):
                missing = isinstance(error, FileNotFoundError)
                target_words = "to no file" if missing else "to itself"
                self._refuse(name, Message.of("this link leads {to}", to=target_words))
            return
        if not is_folder and not is_yaml(entry.name):
            return
        if not target.is_relative_to(self._root):
            hint = Message.of("copy its target into the folder")
            self._refuse(name, Message.of("this link leads outside the folder"), hint)
        elif not is_folder:
            yield name, True
        elif str(target) in trail or any(Path(folder).is_relative_to(target) for folder in trail):
            self._refuse(name, Message.of("this link leads to a folder around it: a loop"))
        else:
            yield from self._below(target, f"{name}/", (*trail, str(target)), linked=True)

    def _refuse(self, name: str, message: Message, hint: Message = NO_MESSAGE) -> None:
        self._problems.append(Source.of_file(name).problem(message, hint))


def read_file(root: Path, file: str, limit_bytes: int) -> bytes | Problem:
    """The bytes of a file, at most one more than the limit; or the problem that prevents it."""
    path = root / file
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return Source.of_file(file).problem(Message.of("this is not a regular file"))
        with path.open("rb") as opened:
            return opened.read(limit_bytes + 1)
    except OSError as error:
        return Source.of_file(file).problem(
            Message.of("cannot be read: {error}", error=error.strerror or str(error))
        )

"""What git knows about a project's files: their commit, uncommitted changes, ignored files.

Contents are compared directly. Files that git ignores or assumes unchanged count like all others.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from reconciler.manifests.files.discovery import is_yaml

_TIMEOUT_SECONDS = 30
_NO_REPOSITORY = "not a git repository (or any"
_OF_ANOTHER = frozenset(
    {"GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"}
)
"""Variables that a hook sets for its own repository; the folder's repository may be another."""


@dataclass(frozen=True, slots=True)
class GitState:
    """`commit` is "" outside a repository; `author` is the commit's. `uncommitted` has the changed
    files below the folder, sorted."""

    commit: str = ""
    uncommitted: tuple[str, ...] = ()
    author: str = field(default="", compare=False)

    @property
    def dirty(self) -> bool:
        """Whether the plan was made from anything that is not in the commit."""
        return bool(self.uncommitted)


class GitFailed(Exception):
    """There is a repository, but git does not answer; the message is git's."""


def git_state(folder: Path, files: Collection[str]) -> GitState:
    """The state of `files`, which are paths below `folder`; empty without git or a repository.

    Files that are not read, such as saved plans, do not count. A deleted manifest does. If git does
    not answer, nothing counts as committed.
    """
    found = git_output(folder, "rev-parse", "HEAD", "--show-prefix")
    if found is None:
        return GitState()
    commit, prefix = found.split("\n")[:2]
    author = (
        git_output(folder, "log", "-1", "--no-show-signature", "--format=%an", "HEAD") or ""
    ).strip()
    read = sorted(files)
    committed, now = _committed(folder), _hashes(folder, prefix, read)
    if committed is None or now is None:
        return GitState(commit, tuple(read) or (".",), author)
    changed = {file for file in read if committed.get(file) != now[file]}
    changed.update(_gone(folder, committed))
    return GitState(commit, tuple(sorted(changed)), author)


def ignored_files(folder: Path, files: Collection[str]) -> frozenset[str]:
    """The files among `files` (paths below `folder`, without links) that git ignores; never tracked
    ones.

    Empty without git or a repository. Raises GitFailed if git cannot answer.
    """
    if not files:
        return frozenset()
    done = _run(folder, "check-ignore", "-z", "--stdin", given="\0".join(files) + "\0")
    if done is None:
        return frozenset()
    if "is in submodule" in done.stderr:  # git checks one repository at a time
        by_folder: dict[PurePosixPath, list[str]] = {}
        for file in map(PurePosixPath, files):
            by_folder.setdefault(file.parent, []).append(file.name)
        return frozenset(
            str(parent / name)
            for parent, names in by_folder.items()
            for name in _ignored_in(folder / parent, names)
        )
    return _listed_files(done)


def _ignored_in(folder: Path, names: Sequence[str]) -> frozenset[str]:
    done = _run(folder, "check-ignore", "-z", "--stdin", given="\0".join(names) + "\0")
    return frozenset() if done is None else _listed_files(done)


def _listed_files(done: _Done) -> frozenset[str]:
    """The output of `git check-ignore`. Its exit code is 0, or 1 for an empty list."""
    if done.code in (0, 1):
        return frozenset(filter(None, done.stdout.split("\0")))
    if _NO_REPOSITORY in done.stderr:
        return frozenset()
    raise GitFailed(next(iter(done.stderr.splitlines()), f"git ended with {done.code}"))


def _committed(folder: Path) -> dict[str, str] | None:
    """The object of every committed file below the folder (git-ls-tree, "OUTPUT FORMAT")."""
    output = git_output(folder, "ls-tree", "-r", "-z", "HEAD", ".")
    return None if output is None else dict(_entries(output))


def _entries(output: str) -> Iterator[tuple[str, str]]:
    for entry in output.split("\0"):
        if entry:
            details, _, path = entry.partition("\t")
            yield path, details.split()[2]


def _hashes(folder: Path, prefix: str, files: Sequence[str]) -> dict[str, str] | None:
    """The object that each file would be in a commit, with line ends and filters applied.

    `prefix` leads from the top of the repository to the folder, where git begins to search.
    """
    names = [file for file in files if "\n" not in file]
    given = "".join(f"{prefix}{name}\n" for name in names)
    output = git_output(folder, "hash-object", "--stdin-paths", given=given)
    if output is None:
        return None
    return {**dict.fromkeys(files, ""), **dict(zip(names, output.splitlines(), strict=True))}


def _gone(folder: Path, committed: Mapping[str, str]) -> Iterator[str]:
    """Committed manifests that do not exist any more: removing one is a change too."""
    for file in committed:
        if is_yaml(file) and not (folder / file).exists():
            yield file


def git_output(folder: Path, *words: str, given: str = "") -> str | None:
    """The output of one git command; None when it fails, or without git or a repository."""
    try:
        done = _run(folder, *words, given=given)
    except GitFailed:
        return None
    return done.stdout if done is not None and done.code == 0 else None


@dataclass(frozen=True, slots=True)
class _Done:
    code: int
    stdout: str
    stderr: str


def _run(folder: Path, *words: str, given: str = "") -> _Done | None:
    """Run one git command, in English; None without git. Raises GitFailed."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *words],  # noqa: S607
            input=given.encode(errors="surrogateescape"),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise GitFailed(f"git did not answer within {_TIMEOUT_SECONDS} s") from error
    except OSError:
        return None
    texts = (output.decode(errors="surrogateescape") for output in (done.stdout, done.stderr))
    return _Done(done.returncode, *texts)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    return {**kept, "LC_ALL": "C"}

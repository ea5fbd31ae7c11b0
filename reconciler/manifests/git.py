"""What git says of the files a plan was made from: their commit, and whether all are in it.

Contents are compared, and not what git thinks of the files: what it was told to ignore, or to
assume unchanged, is read like everything else.
"""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.manifests.folder import is_yaml

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class GitState:
    """`commit` is "" outside a repository; `uncommitted` are files below the folder, sorted."""

    commit: str = ""
    uncommitted: tuple[str, ...] = ()

    @property
    def dirty(self) -> bool:
        """Whether something a plan was made from is not in the commit."""
        return bool(self.uncommitted)


def git_state(folder: Path, files: Collection[str]) -> GitState:
    """The state of `files`, which are paths below `folder`; an empty one where git or a
    repository is missing.

    What is not read makes no difference: a saved plan, notes. A manifest that is gone does. Where
    git does not answer, nothing counts as committed.
    """
    found = _git(folder, "rev-parse", "HEAD", "--show-prefix")
    if found is None:
        return GitState()
    commit, prefix = found.split("\n")[:2]
    read = sorted(files)
    committed, now = _committed(folder), _hashes(folder, prefix, read)
    if committed is None or now is None:
        return GitState(commit, tuple(read) or (".",))
    changed = {file for file in read if committed.get(file) != now[file]}
    changed.update(_gone(folder, committed))
    return GitState(commit, tuple(sorted(changed)))


def _committed(folder: Path) -> dict[str, str] | None:
    """The object of every committed file below the folder (git-ls-tree, "OUTPUT FORMAT")."""
    told = _git(folder, "ls-tree", "-r", "-z", "HEAD", ".")
    return None if told is None else dict(_entries(told))


def _entries(told: str) -> Iterator[tuple[str, str]]:
    for entry in told.split("\0"):
        if entry:
            about, _, path = entry.partition("\t")
            yield path, about.split()[2]


def _hashes(folder: Path, prefix: str, files: Sequence[str]) -> dict[str, str] | None:
    """The object each file would be if it were committed as it is, line ends and filters heeded.

    `prefix` leads to the folder from the top, which is where git looks for them from.
    """
    names = [file for file in files if "\n" not in file]
    given = "".join(f"{prefix}{name}\n" for name in names)
    told = _git(folder, "hash-object", "--stdin-paths", given=given)
    if told is None:
        return None
    return {**dict.fromkeys(files, ""), **dict(zip(names, told.splitlines(), strict=True))}


def _gone(folder: Path, committed: Mapping[str, str]) -> Iterator[str]:
    """Committed manifests that are there no more: to leave one out is to say something too."""
    for file in committed:
        if is_yaml(file) and not (folder / file).exists():
            yield file


def _git(folder: Path, *words: str, given: str = "") -> str | None:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *words],  # noqa: S607
            input=given.encode(errors="surrogateescape"),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="surrogateescape") if done.returncode == 0 else None

"""What git says of the files a plan was made from: their commit, and whether all are committed."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_TIMEOUT_SECONDS = 10
_MANIFEST = ".yaml"


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

    What is not read makes no difference: a saved plan, notes. A manifest that is gone does.
    """
    found = _git(folder, "rev-parse", "HEAD", "--show-prefix")
    if found is None:
        return GitState()
    commit, prefix = [*found.splitlines(), ""][:2]
    told = _git(folder, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", ".")
    changed = {
        path.removeprefix(prefix)
        for status, path in _entries(told or "")
        if path.removeprefix(prefix) in files or ("D" in status and path.endswith(_MANIFEST))
    }
    return GitState(commit.strip(), tuple(sorted(changed)))


def _entries(told: str) -> Iterator[tuple[str, str]]:
    """Status and path, which is of the repository's root, of each entry (git-status, "-z")."""
    for entry in told.split("\0"):
        if entry:
            yield entry[:2], entry[3:]


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *words],  # noqa: S607
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="surrogateescape") if done.returncode == 0 else None

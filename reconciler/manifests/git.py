"""What git says of a folder: its commit, and whether anything in it is not committed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class GitState:
    """`commit` is "" outside a repository; `dirty` counts files that git ignores as absent."""

    commit: str = ""
    dirty: bool = False


def git_state(folder: Path) -> GitState:
    """The state of `folder`; an empty one where git or a repository is missing."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return GitState()
    changed = _git(folder, "status", "--porcelain", "--untracked-files=normal", "--", ".")
    return GitState(commit.strip(), bool(changed and changed.strip()))


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *words],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

"""Whether the history of a checkout contains other commits. It reads the local repository only.

A commit also counts as contained when HEAD's history has its changes under another commit: after a
squash, a rebase or an amended message. Patch ids decide, and only files below the folder count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from reconciler.manifests.files.git import git_output

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_MOST_COMMITS = "--max-count=500"


class Standing(StrEnum):
    """Where a commit is, seen from HEAD."""

    CONTAINED = "contained"
    """HEAD is at the commit or after it, or has the same changes."""
    DIVERGED = "diverged"
    """The repository has the commit, and HEAD's history has neither it nor its changes."""
    ABSENT = "absent"
    """The whole history is here without the commit. HEAD may still have the same changes."""
    UNKNOWN = "unknown"
    """The checkout is shallow or not a repository, or git does not answer."""


def standings(folder: Path, commits: Iterable[str]) -> dict[str, Standing]:
    """The standing of each commit."""
    wanted = list(dict.fromkeys(commits))
    answer = git_output(folder, "rev-parse", "HEAD", "--is-shallow-repository")
    if answer is None:
        return dict.fromkeys(wanted, Standing.UNKNOWN)
    head, shallow = answer.split("\n")[:2]
    found = {commit: Standing.CONTAINED for commit in wanted if commit == head}
    others = [commit for commit in wanted if commit not in found]
    if others:
        known = _known(folder, [commit for commit in others if _COMMIT.fullmatch(commit)])
        is_shallow = shallow != "false"
        for commit in others:
            found[commit] = _standing(folder, commit, known, is_shallow=is_shallow)
    return found


def _known(folder: Path, commits: list[str]) -> frozenset[str]:
    """The commits that the repository has."""
    given = "".join(f"{commit}^{{commit}}\n" for commit in commits)
    output = git_output(folder, "cat-file", "--batch-check=%(objecttype)", given=given)
    if output is None:
        return frozenset()
    kinds = output.splitlines()
    return frozenset(c for c, kind in zip(commits, kinds, strict=False) if kind == "commit")


def _standing(folder: Path, commit: str, known: frozenset[str], *, is_shallow: bool) -> Standing:
    if commit not in known:
        is_readable = _COMMIT.fullmatch(commit) is not None and not is_shallow
        return Standing.ABSENT if is_readable else Standing.UNKNOWN
    base = (git_output(folder, "merge-base", "HEAD", commit) or "").strip()
    if base == commit:
        return Standing.CONTAINED
    if base and _has_same_changes(folder, base, commit):
        return Standing.CONTAINED
    return Standing.UNKNOWN if is_shallow else Standing.DIVERGED


def _has_same_changes(folder: Path, base: str, commit: str) -> bool:
    """Whether HEAD has the changes from `base` to `commit`: as one patch, or patch by patch."""
    whole = git_output(folder, "diff", "--no-ext-diff", base, commit, "--", ".")
    if whole is None:
        return False
    if not whole:
        return True
    here = _patches(folder, f"{base}..HEAD")
    if _patch_ids(folder, whole) & here:
        return True
    there = _patches(folder, f"{base}..{commit}")
    return bool(there) and there <= here


def _patches(folder: Path, commits: str) -> frozenset[str]:
    output = git_output(
        folder, "log", "-p", "--no-ext-diff", "--no-merges", _MOST_COMMITS, commits, "--", "."
    )
    return _patch_ids(folder, output or "")


def _patch_ids(folder: Path, patches: str) -> frozenset[str]:
    output = git_output(folder, "patch-id", "--stable", given=patches) if patches else ""
    return frozenset(line.split(" ")[0] for line in (output or "").splitlines())

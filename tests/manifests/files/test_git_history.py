"""Whether a checkout contains a commit, from the local repository alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.manifests.files.git_history import Standing, standings


def _git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(repository: Path, **files: str) -> str:
    for name, text in files.items():
        path = repository / "configs" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--allow-empty", "-m", "Change")
    return _git(repository, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, on `main`."""
    where = tmp_path / "repository"
    where.mkdir()
    _git(where, "init", "--quiet", "--initial-branch=main")
    commit(where, base="kind: Status\nname: Lunch\n")
    return where


def standing(repository: Path, one: str) -> Standing:
    return standings(repository / "configs", [one])[one]


def branch(repository: Path, *changes: dict[str, str]) -> str:
    """The last commit of a side branch with these changes; `main` is checked out again."""
    _git(repository, "switch", "--quiet", "--create", "side")
    last = ""
    for change in changes:
        last = commit(repository, **change)
    _git(repository, "switch", "--quiet", "main")
    return last


def test_head_and_what_is_before_it_are_contained(repository: Path) -> None:
    first = _git(repository, "rev-parse", "HEAD")
    assert standing(repository, first) is Standing.CONTAINED
    commit(repository, more="a: 1\n")
    assert standing(repository, first) is Standing.CONTAINED


def test_a_commit_of_another_branch_has_diverged(repository: Path) -> None:
    assert standing(repository, branch(repository, {"huddle": "a: 1\n"})) is Standing.DIVERGED


def test_a_newer_commit_has_diverged(repository: Path) -> None:
    newer = commit(repository, huddle="a: 1\n")
    _git(repository, "switch", "--quiet", "--detach", "HEAD~1")
    assert standing(repository, newer) is Standing.DIVERGED


def test_a_merged_branch_is_contained(repository: Path) -> None:
    last = branch(repository, {"huddle": "a: 1\n"})
    commit(repository, other="b: 1\n")
    _git(repository, "merge", "--quiet", "--no-ff", "-m", "Merge", "side")
    assert standing(repository, last) is Standing.CONTAINED


def test_a_squashed_branch_is_contained_even_when_main_moved_on(repository: Path) -> None:
    last = branch(repository, {"huddle": "a: 1\n"}, {"huddle": "a: 2\n", "lunch": "b: 1\n"})
    commit(repository, other="b: 1\n")
    _git(repository, "merge", "--quiet", "--squash", "side")
    commit(repository)
    commit(repository, huddle="a: 3\n")
    assert standing(repository, last) is Standing.CONTAINED


def test_a_rebased_branch_is_contained(repository: Path) -> None:
    last = branch(repository, {"huddle": "a: 1\n"}, {"lunch": "b: 1\n"})
    commit(repository, other="b: 1\n")
    _git(repository, "cherry-pick", "side~1", "side")
    assert standing(repository, last) is Standing.CONTAINED


def test_an_amended_message_is_contained(repository: Path) -> None:
    """A force push that changes no content."""
    old = commit(repository, huddle="a: 1\n")
    _git(repository, "commit", "--quiet", "--amend", "-m", "Better words")
    assert standing(repository, old) is Standing.CONTAINED


def test_a_force_push_that_drops_a_commit_has_diverged(repository: Path) -> None:
    old = commit(repository, huddle="a: 1\n")
    _git(repository, "reset", "--quiet", "--hard", "HEAD~1")
    commit(repository, other="b: 1\n")
    assert standing(repository, old) is Standing.DIVERGED


def test_changes_outside_the_folder_do_not_count(repository: Path) -> None:
    _git(repository, "switch", "--quiet", "--create", "side")
    (repository / "README.md").write_text("About\n")
    last = commit(repository)
    _git(repository, "switch", "--quiet", "main")
    assert standing(repository, last) is Standing.CONTAINED


def test_a_commit_that_a_full_clone_does_not_have_is_absent(
    repository: Path, tmp_path: Path
) -> None:
    _git(tmp_path, "clone", "--quiet", str(repository), "clone")
    later = commit(repository, huddle="a: 1\n")
    assert standing(tmp_path / "clone", later) is Standing.ABSENT


@pytest.mark.parametrize("depth", ["1", "2"])
def test_a_shallow_clone_knows_only_the_commits_it_has(
    repository: Path, tmp_path: Path, depth: str
) -> None:
    first = _git(repository, "rev-parse", "HEAD")
    commit(repository, more="a: 1\n")
    head = commit(repository, more="a: 2\n")
    source = f"file://{repository}"
    _git(tmp_path, "clone", "--quiet", "--depth", depth, source, "clone")
    assert standing(tmp_path / "clone", head) is Standing.CONTAINED
    assert standing(tmp_path / "clone", first) is Standing.UNKNOWN


def test_outside_a_repository_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    assert standing(tmp_path, "1a2b3c4d5e") is Standing.UNKNOWN


def test_what_is_not_a_commit_is_unknown(repository: Path) -> None:
    assert standing(repository, "--all") is Standing.UNKNOWN

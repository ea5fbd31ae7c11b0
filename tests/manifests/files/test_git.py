"""What git knows about the files of a plan."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.manifests.files.git import GitState, git_state

_FILES = frozenset({"reconciler.yaml", "campaigns/ñandú.yaml", "mail.html"})


def _git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(params=[".", "centre/configs"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A fully committed project, at the top of a repository or in a folder."""
    root = tmp_path / str(request.param)
    root.mkdir(parents=True, exist_ok=True)
    for file in _FILES:
        (root / file).parent.mkdir(exist_ok=True)
        (root / file).write_text(f"{file}\n")
    (root / "gone.yaml").write_text("kind: Status\n")
    (root / "README.md").write_text("About\n")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "add", "--all")
    _git(tmp_path, "commit", "--quiet", "-m", "All")
    return root


def test_what_is_committed_is_clean_and_has_its_commit(folder: Path) -> None:
    assert git_state(folder, _FILES) == GitState(_git(folder, "rev-parse", "HEAD"))


def test_unread_files_do_not_count_as_uncommitted(folder: Path) -> None:
    (folder / "plan.json").write_text("{}")
    (folder / "notes").mkdir()
    (folder / "notes" / "todo.yaml").write_text("- nothing")
    (folder / "README.md").write_text("Changed\n")
    assert not git_state(folder, _FILES).dirty


@pytest.mark.parametrize("file", sorted(_FILES))
def test_a_file_that_was_edited_is_named(folder: Path, file: str) -> None:
    (folder / file).write_text("edited\n")
    assert git_state(folder, _FILES).uncommitted == (file,)
    _git(folder, "add", file)
    assert git_state(folder, _FILES).uncommitted == (file,)


def test_a_new_file_that_was_read_is_named(folder: Path) -> None:
    (folder / "campaigns" / "new one.yaml").write_text("kind: Campaign\n")
    files = _FILES | {"campaigns/new one.yaml"}
    assert git_state(folder, files).uncommitted == ("campaigns/new one.yaml",)


def test_a_deleted_manifest_is_uncommitted_even_if_unread(folder: Path) -> None:
    (folder / "gone.yaml").unlink()
    (folder / "README.md").unlink()
    assert git_state(folder, _FILES).uncommitted == ("gone.yaml",)


def test_files_that_git_overlooks_still_count_as_uncommitted(folder: Path) -> None:
    _git(folder, "update-index", "--assume-unchanged", "mail.html")
    (folder / "mail.html").write_text("edited\n")
    (folder / ".gitignore").write_text("*.local.yaml\n")
    (folder / "evil.local.yaml").write_text("kind: Status\n")
    files = _FILES | {"evil.local.yaml"}
    assert git_state(folder, files).uncommitted == ("evil.local.yaml", "mail.html")


def test_line_ends_that_git_normalises_are_not_a_change(folder: Path) -> None:
    _git(folder, "config", "core.autocrlf", "true")
    (folder / "mail.html").write_bytes(b"mail.html\r\n")
    assert not git_state(folder, _FILES).dirty


def test_where_git_does_not_answer_nothing_counts_as_committed(folder: Path) -> None:
    top = Path(_git(folder, "rev-parse", "--absolute-git-dir"))
    tree = _git(folder, "rev-parse", "HEAD^{tree}")
    (top / "objects" / tree[:2] / tree[2:]).unlink()
    assert set(git_state(folder, _FILES).uncommitted) == _FILES


@pytest.mark.parametrize("name", ["old.yml", "old.YAML"])
def test_a_deleted_manifest_is_uncommitted_whatever_its_suffix(folder: Path, name: str) -> None:
    (folder / name).write_text("kind: Status\n")
    _git(folder, "add", ".")
    _git(folder, "commit", "-m", "one more")
    (folder / name).unlink()
    assert git_state(folder, frozenset()).uncommitted == (name,)


def test_outside_a_repository_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert git_state(tmp_path, _FILES) == GitState()

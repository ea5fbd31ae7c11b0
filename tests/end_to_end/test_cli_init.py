"""`init`: a new project is valid and works on an empty sandbox."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.harness import Cli, Sandbox, Workspace


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Sandbox]:
    started = Sandbox.start(tmp_path / "sandbox", "empty")
    yield started
    started.stop()


def _init(base: Path, *words: str) -> Cli:
    cli = Cli({}, base)
    cli("init", *words).expect(0)
    return cli


def test_a_new_project_is_valid(tmp_path: Path) -> None:
    made = _init(tmp_path, "acme")("init", "other").expect(0)
    made.mentions("other/reconciler.yaml", "reconciler validate")
    Cli({}, tmp_path / "acme")("validate").expect(0).mentions("dev: valid")
    assert "project: acme" in (tmp_path / "acme" / "reconciler.yaml").read_text()
    assert ".reconciler/" in (tmp_path / "acme" / ".gitignore").read_text().splitlines()


def test_a_new_project_is_planned_and_applied_on_an_empty_sandbox(
    tmp_path: Path, empty: Sandbox
) -> None:
    _init(tmp_path, "estate")
    workspace = Workspace(tmp_path, empty)
    made = workspace.saved_plan()
    assert made["findings"] == []
    assert {change["action"] for change in made["changes"]} == {"create", "update"}
    workspace.apply().expect(0)
    workspace.expect_nothing_to_do()


@pytest.mark.parametrize("name", ["Año nuevo", "true", "007", "a: b", "x" * 200])
def test_a_folder_of_any_name_makes_a_valid_project(tmp_path: Path, name: str) -> None:
    _init(tmp_path, name)
    Cli({}, tmp_path / name)("validate").expect(0)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    _init(tmp_path / "acme", ".")("validate").expect(0)


def test_a_folder_with_files_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "notes.txt").write_text("mine")
    Cli({}, tmp_path)("init", "acme").expect(64).mentions("is not empty")
    assert [path.name for path in (tmp_path / "acme").iterdir()] == ["notes.txt"]


def test_an_approval_can_be_pasted_into_the_file_of_a_new_project(
    tmp_path: Path, empty: Sandbox
) -> None:
    _init(tmp_path, "estate")
    workspace = Workspace(tmp_path, empty)
    file = workspace.folder / "approvals" / "approvals.yaml"
    line = '- {guard: delete-in-use, address: "statuses/Lunch", reason: "merged", by: maria}\n'
    file.write_text(file.read_text() + line)
    workspace.run("validate").expect(0)
    workspace.run("plan").expect(0).mentions("unused-approval", "statuses/Lunch")


def test_git_ignores_plans_and_private_keys(tmp_path: Path) -> None:
    _init(tmp_path, "acme")
    secret = ("plan.json", "undo.json", "plan.json.sig", "key.pem", "keys/maria.pem")
    for file in (*secret, "keys/maria.pub.pem"):
        path = tmp_path / "acme" / file
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    git = ["git", "-C", str(tmp_path / "acme")]
    subprocess.run([*git, "init", "--quiet"], check=True)
    ignored = subprocess.run(
        [*git, "check-ignore", *secret, "keys/maria.pub.pem"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ignored.stdout.split() == list(secret)

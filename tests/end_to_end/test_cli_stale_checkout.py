"""Two people with two checkouts: a plan from the older one never undoes the newer in silence."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.harness import Workspace, blocking, by_action
from tests.end_to_end.test_cli_golden_plans import steady

Golden = Callable[[str, str], None]

HUDDLE = "kind: Status\nname: Huddle\n"
REASON = "agreed with Ana"


def _git(folder: Path, *words: str, author: str = "Luis") -> str:
    identity = ("-c", f"user.name={author}", "-c", "user.email=t@example.com")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _commit(folder: Path, author: str = "Luis") -> str:
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--allow-empty", "-m", "Change", author=author)
    return _git(folder, "rev-parse", "HEAD")


@pytest.fixture
def ours(settled: Workspace) -> Workspace:
    """A project in git, with the applied commit checked out."""
    (settled.folder / ".gitignore").write_text(".reconciler/\n")
    _git(settled.folder, "init", "--quiet", "--initial-branch=main")
    _commit(settled.folder)
    settled.edit("lunch.yaml", "utensils", "fork")
    _commit(settled.folder)
    settled.plan_and_apply()
    return settled


def _applied_on_a_branch(ours: Workspace, file: str, text: str) -> str:
    """Apply Ana's commit from her branch; `main` is checked out again."""
    _git(ours.folder, "switch", "--quiet", "--create", "ana")
    ours.write(file, text)
    commit = _commit(ours.folder, "Ana Pérez")
    ours.plan_and_apply()
    _git(ours.folder, "switch", "--quiet", "main")
    return commit


def test_a_stale_branch_cannot_delete_what_a_colleague_applied(
    ours: Workspace, golden: Golden
) -> None:
    commit = _applied_on_a_branch(ours, "huddle.yaml", HUDDLE)
    ours.write("retro.yaml", "kind: Status\nname: Retro\n")
    _commit(ours.folder)
    found = ours.run("plan").expect(3)
    hashes = re.compile(r"\b[0-9a-f]{10}\b|\b\d{8}T\d{4}-[0-9a-f]{4}\b")
    golden("plan-stale-branch.txt", hashes.sub("••••••••••", steady(found)))
    found.mentions("stale-checkout", commit[:10], "Ana Pérez", f"git merge {commit[:10]}")
    found.mentions("statuses/Huddle", "a run of another commit applied it", "run 20")
    assert "emoved from git" not in found.output

    plan = ours.plan("--approve", "stale-checkout:test", "--reason", REASON)
    assert not blocking(plan)
    ours.apply().expect(0)
    assert not ours.sandbox.maria.exists("statuses/Huddle")


def test_a_stale_branch_cannot_revert_a_colleague_s_edit(ours: Workspace) -> None:
    lunch = (ours.folder / "lunch.yaml").read_text()
    _applied_on_a_branch(ours, "lunch.yaml", lunch.replace("fork", "pizza"))
    found = ours.run("plan").expect(3)
    found.mentions("stale-checkout", "takes back 1 change")
    assert ("stale-checkout", "test") in blocking(ours.plan())


def test_a_stale_branch_cannot_bring_back_what_a_colleague_deleted(ours: Workspace) -> None:
    _git(ours.folder, "switch", "--quiet", "--create", "ana")
    ours.remove("lunch.yaml")
    _commit(ours.folder, "Ana Pérez")
    ours.plan_and_apply()
    _git(ours.folder, "switch", "--quiet", "main")
    assert ("stale-checkout", "test") in blocking(ours.plan())


def test_a_merged_branch_plans_as_usual(ours: Workspace) -> None:
    _applied_on_a_branch(ours, "huddle.yaml", HUDDLE)
    ours.write("retro.yaml", "kind: Status\nname: Retro\n")
    _commit(ours.folder)
    _git(ours.folder, "merge", "--quiet", "--no-edit", "ana")
    plan = ours.saved_plan()
    assert by_action(plan) == {"create": ["statuses/Retro"]}
    assert plan["findings"] == []


def test_a_squashed_branch_plans_as_usual_even_what_it_reverts(ours: Workspace) -> None:
    _applied_on_a_branch(ours, "huddle.yaml", HUDDLE)
    ours.write("retro.yaml", "kind: Status\nname: Retro\n")
    _commit(ours.folder)
    _git(ours.folder, "merge", "--quiet", "--squash", "ana")
    _commit(ours.folder)
    ours.remove("huddle.yaml")
    _commit(ours.folder)
    plan = ours.saved_plan()
    assert by_action(plan) == {"delete": ["statuses/Huddle"], "create": ["statuses/Retro"]}
    assert "stale-checkout" not in {finding["code"] for finding in plan["findings"]}
    reasons = {change["action"]: change["reason"] for change in plan["changes"]}
    assert reasons["delete"] == "removed-from-git"


def test_the_next_commit_may_delete_what_the_last_one_applied(ours: Workspace) -> None:
    ours.write("huddle.yaml", HUDDLE)
    _commit(ours.folder)
    ours.plan_and_apply()
    ours.remove("huddle.yaml")
    _commit(ours.folder)
    assert ours.saved_plan()["findings"] == []


def test_a_stale_branch_that_takes_nothing_back_is_blocked_until_it_is_merged(
    ours: Workspace,
) -> None:
    """Its manifests are older than what is applied, whatever its plan shows."""
    _applied_on_a_branch(ours, "huddle.yaml", HUDDLE)
    ours.write("huddle.yaml", HUDDLE)
    ours.write("retro.yaml", "kind: Status\nname: Retro\n")
    _git(ours.folder, "add", "--all")
    _git(ours.folder, "commit", "--quiet", "-m", "The same and more")
    ours.run("plan").expect(3).mentions("stale-checkout", "takes nothing of it back")


def test_a_clone_without_the_commit_blocks_only_what_takes_it_back(
    ours: Workspace, tmp_path: Path
) -> None:
    _git(tmp_path, "clone", "--quiet", "--single-branch", str(ours.folder), "clone")
    _applied_on_a_branch(ours, "huddle.yaml", HUDDLE)
    found = ours.run("plan", tmp_path / "clone").expect(3)
    found.mentions("stale-checkout", "not in this clone", "git fetch")

    (tmp_path / "clone" / "huddle.yaml").write_text(HUDDLE)
    (tmp_path / "clone" / "retro.yaml").write_text("kind: Status\nname: Retro\n")
    _commit(tmp_path / "clone")
    ours.run("plan", tmp_path / "clone").expect(0).mentions("takes nothing of it back")


def test_a_shallow_clone_says_that_it_cannot_tell(ours: Workspace, tmp_path: Path) -> None:
    """The checkout of a pipeline: what the last commit removes is an ordinary delete."""
    ours.write("huddle.yaml", HUDDLE)
    _commit(ours.folder)
    ours.plan_and_apply()
    source = f"file://{ours.folder}"
    _git(tmp_path, "clone", "--quiet", "--depth", "1", source, "same")
    assert "stale-checkout" not in ours.run("plan", tmp_path / "same").expect(0).output

    ours.remove("huddle.yaml")
    _commit(ours.folder)
    _git(tmp_path, "clone", "--quiet", "--depth", "1", source, "next")
    found = ours.run("plan", tmp_path / "next").expect(0)
    found.mentions("stale-checkout", "cannot tell", "git fetch --unshallow")
    assert "does not contain" not in found.output


def test_a_folder_without_git_says_that_it_cannot_tell(ours: Workspace, tmp_path: Path) -> None:
    _git(tmp_path, "clone", "--quiet", str(ours.folder), "copy")
    subprocess.run(["rm", "-rf", str(tmp_path / "copy" / ".git")], check=True)
    _applied_on_a_branch(ours, "huddle.yaml", HUDDLE)
    ours.run("plan", tmp_path / "copy").expect(0).mentions("stale-checkout", "cannot tell")


def test_the_history_of_runs_has_the_author_of_the_commit(ours: Workspace) -> None:
    runs = ours.run("history", "--format", "json").json["runs"]
    assert runs[0]["git_author"] == "Luis"

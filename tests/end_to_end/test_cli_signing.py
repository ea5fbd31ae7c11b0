"""Signed and sealed plans, `--clean`, and approved digests."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.harness import Workspace

_KEY = "correct horse battery staple"


@pytest.fixture
def keys(settled: Workspace) -> tuple[Path, Path]:
    private = settled.base / "release.pem"
    public = settled.run("sign", "--generate", private).expect(0).out.strip()
    return private, Path(public)


def _saved(workspace: Workspace) -> Path:
    workspace.edit("lunch.yaml", "utensils", "fork")
    workspace.saved_plan()
    return workspace.plan_file


def test_only_a_signed_plan_is_applied(settled: Workspace, keys: tuple[Path, Path]) -> None:
    plan = _saved(settled)
    settled.run("apply", plan, "--trust", keys[1]).expect(4).mentions("not signed")
    settled.run("sign", plan, "--key", keys[0]).expect(0).mentions("plan.json.sig")
    settled.edit("lunch.yaml", "fork", "knife")
    signed, other = plan.read_bytes(), settled.saved_plan()
    assert other["changes"]
    settled.run("apply", plan, "--trust", keys[1]).expect(4).mentions("for another plan")
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"
    plan.write_bytes(signed)
    settled.run("apply", plan, "--trust", keys[1]).expect(0)
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "fork"


def test_an_environment_that_requires_a_signature_refuses_unsigned_plans(
    settled: Workspace, keys: tuple[Path, Path]
) -> None:
    (settled.folder / "keys").mkdir()
    (settled.folder / "keys/release.pub.pem").write_bytes(keys[1].read_bytes())
    strict = "require_signature: true\ntrust: [keys/release.pub.pem]\n"
    environment = (settled.folder / "environments/test.yaml").read_text()
    settled.write("environments/test.yaml", environment + strict)
    plan = _saved(settled)
    settled.apply().expect(4).mentions("not signed")
    afresh = settled.run("apply", settled.folder, "--expect", "abc").expect(4)
    afresh.mentions("--expect makes a new plan", "reconciler sign")
    settled.run("sign", plan, "--key", keys[0]).expect(0)
    settled.apply().expect(0)


def test_trusted_keys_must_be_inside_the_project(watched: Workspace) -> None:
    environment = (watched.folder / "environments/test.yaml").read_text()
    watched.write("environments/test.yaml", environment + "trust: [../release.pub.pem]\n")
    watched.run("validate").expect(1).mentions("environments/test.yaml:2", "outside the project")


def test_a_sealed_plan_is_readable_only_with_its_key(
    settled: Workspace, keys: tuple[Path, Path]
) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    plan = settled.plan_file
    settled.run("plan", "--out", plan, RECONCILER_PLAN_KEY=_KEY).expect(0)
    assert b"statuses" not in plan.read_bytes()
    settled.run("show", plan).expect(4).mentions("RECONCILER_PLAN_KEY")
    settled.run("show", plan, RECONCILER_PLAN_KEY="another " + _KEY).expect(4)
    settled.run("show", plan, RECONCILER_PLAN_KEY=_KEY).expect(0).mentions("statuses/Lunch")
    settled.run("sign", plan, "--key", keys[0], RECONCILER_PLAN_KEY=_KEY).expect(0)
    settled.run("apply", plan, "--trust", keys[1], RECONCILER_PLAN_KEY=_KEY).expect(0)


def test_an_empty_plan_key_writes_no_plan(settled: Workspace) -> None:
    plan = settled.plan_file
    settled.run("plan", "--out", plan, RECONCILER_PLAN_KEY="").expect(64).mentions("is empty")
    assert not plan.exists()


def test_a_plan_from_outside_git_is_not_clean(settled: Workspace) -> None:
    plan = _saved(settled)
    settled.run("apply", plan, "--require-clean").expect(4)
    assert settled.sandbox.maria.get("statuses/Lunch")["icon"] == "utensils"


def test_an_unapproved_digest_shows_the_differences(settled: Workspace) -> None:
    plan = _saved(settled)
    digest = settled.saved_plan()["content_digest"]
    settled.write("extra.yaml", "kind: Status\nname: Extra\n")
    alone = settled.run("apply", settled.folder, "--expect", digest).expect(4)
    alone.mentions("1 create, 1 update", digest)
    told = settled.run("apply", settled.folder, "--expect", digest, "--against", plan).expect(4)
    told.mentions("added: create statuses/Extra")
    (settled.folder / "extra.yaml").unlink()
    settled.run("apply", settled.folder, "--expect", digest, "--against", plan).expect(0)


@pytest.mark.parametrize(
    "words",
    [
        ("sign",),
        ("sign", "plan.json"),
        ("sign", "plan.json", "--generate", "k.pem"),
        ("apply", "--resume", "--trust", "k.pem"),
        ("apply", ".", "--expect", "abc", "--trust", "k.pem"),
        ("apply", "plan.json", "--against", "plan.json"),
        ("apply", "--resume", "--require-clean"),
    ],
)
def test_contradictory_options_are_a_usage_error(
    watched: Workspace, words: tuple[str, ...]
) -> None:
    watched.run(*words).expect(64)


def test_a_saved_plan_in_the_project_does_not_make_it_unclean(settled: Workspace) -> None:
    settled.edit("lunch.yaml", "utensils", "fork")
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "Fork"]):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words],
            cwd=settled.folder,
            check=True,
        )
    plan = settled.folder / "approved.json"
    settled.run("plan", "--out", plan).expect(0)
    digest = json.loads(plan.read_text())["content_digest"]
    settled.run("apply", ".", "--expect", digest, "--require-clean").expect(0)
    settled.edit("lunch.yaml", "fork", "spoon")
    settled.run("plan", "--out", plan).expect(0).mentions("with uncommitted changes")
    settled.run("apply", plan, "--require-clean").expect(4).mentions("uncommitted files")

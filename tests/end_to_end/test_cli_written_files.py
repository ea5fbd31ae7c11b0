"""Commands write only to regular files; devices, pipes, folders and links stay unchanged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.end_to_end.harness import Workspace


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_a_plan_is_written_only_to_a_regular_file(watched: Workspace, pipe: Path) -> None:
    link = pipe.with_name("link")
    link.symlink_to("/dev/stdout")
    watched.sandbox.forget_requests()
    for target, why in (
        (pipe, "is a pipe"),
        (link, "is a symbolic link to /dev/stdout"),
        (watched.folder, "is a folder"),
    ):
        watched.run("plan", "--out", target).expect(64).mentions(str(target), why)
    assert watched.sandbox.requests().total() == 0, "refused before anything is read"
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_an_undo_is_written_only_to_a_regular_file(watched: Workspace, pipe: Path) -> None:
    run = watched.run("history", "--format", "json").json["runs"][0]["id"]
    watched.run("undo", run, "--out", pipe).expect(64).mentions("is a pipe")
    assert pipe.is_fifo()


def test_a_signature_is_written_only_to_a_regular_file(watched: Workspace) -> None:
    watched.saved_plan()
    signature, kept = watched.base / "plan.json.sig", watched.base / "kept.txt"
    key = watched.base / "key.pem"
    watched.run("sign", "--generate", key).expect(0)
    kept.write_text("kept")
    signature.symlink_to(kept)
    watched.run("sign", watched.plan_file, "--key", key).expect(64).mentions("is a symbolic link")
    assert kept.read_text() == "kept"
    signature.unlink()
    os.mkfifo(signature)
    watched.run("sign", watched.plan_file, "--key", key).expect(64).mentions("is a pipe")
    assert signature.is_fifo()


def test_a_key_overwrites_nothing(watched: Workspace, pipe: Path) -> None:
    for target in (pipe, watched.folder):
        watched.run("sign", "--generate", target).expect(64).mentions(
            "exists: keys are never overwritten"
        )
    link = pipe.with_name("link.pem")
    link.symlink_to("nothing")
    watched.run("sign", "--generate", link).expect(64).mentions(
        "exists: keys are never overwritten"
    )
    assert not pipe.with_name("nothing").exists()


def test_a_schema_is_written_only_to_a_regular_file(watched: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "schemas"
    out.mkdir()
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    (out / "plan.schema.json").symlink_to(kept)
    watched.run("schema", "--out", out).expect(64).mentions("plan.schema.json", "symbolic link")
    assert kept.read_text() == "kept"
    (out / "plan.schema.json").unlink()
    os.mkfifo(out / "plan.schema.json")
    watched.run("schema", "--out", out).expect(64).mentions("is a pipe")


def test_a_state_is_a_regular_file(watched: Workspace, pipe: Path) -> None:
    for target in (pipe, Path("/dev/null")):
        watched.run("plan", RECONCILER_STATE=str(target)).expect(1).mentions(
            str(target), "is not a regular file", "RECONCILER_STATE"
        )
    assert pipe.is_fifo()


def test_the_disk_reserve_of_a_state_is_not_written_through_a_link(
    settled: Workspace, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    settled.state.with_name("state.db-reserve").symlink_to(kept)
    settled.edit("lunch.yaml", "utensils", "fork")
    settled.plan_and_apply()
    assert kept.read_text() == "kept"

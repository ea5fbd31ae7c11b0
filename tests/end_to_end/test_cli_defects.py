"""Unexpected errors, and readers that stop early."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.project.project import Project
from tests.end_to_end.harness import Workspace

TOKEN, PASSWORD = "sandbox-t0ken", "passw0rd"
STATE = f"postgresql://ana:{PASSWORD}@db/state"


def test_an_unexpected_error_is_written_to_a_file_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defective(project: Project) -> None:
        raise KeyError(f"Bearer {TOKEN}, {STATE}, +59829001234")

    monkeypatch.setattr(Project, "permissions", defective)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("RECONCILER_TOKEN", TOKEN)
    monkeypatch.setenv("RECONCILER_STATE", STATE)

    assert run(["permissions"]) == 1
    (file,) = tmp_path.iterdir()
    said = capsys.readouterr().err
    assert "a defect in reconciler" in said
    assert str(file) in said
    assert "KeyError" in said
    assert "Traceback" not in said
    assert "+598" not in said, "the message may tell of customers"

    assert file.stat().st_mode & 0o777 == 0o600
    kept = file.read_text()
    assert "Traceback" in kept
    assert "defective" in kept
    assert TOKEN not in kept
    assert PASSWORD not in kept


def test_a_report_that_cannot_be_written_is_mentioned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defective(project: Project) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(Project, "permissions", defective)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no-such-folder"))
    assert run(["permissions"]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_a_reader_that_stops_early_is_not_an_error(watched: Workspace) -> None:
    with watched.started("schema", "manifest") as process:
        assert process.stdout is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""

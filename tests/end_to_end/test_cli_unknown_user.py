"""A process with an unknown user id, as in containers."""

from __future__ import annotations

import os
import pwd

import pytest

from reconciler.cli.main import run
from tests.end_to_end.harness import Workspace


@pytest.fixture
def nobody(settled: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Make this process run without a user name."""

    def unknown(uid: int) -> pwd.struct_passwd:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settled.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(settled.folder)
    return settled


def test_a_user_without_a_name_can_plan_approve_and_apply(
    nobody: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody.remove("blacklist.yaml")
    approve = ["--approve", "unblock:blacklist/+59829001234"]
    approve += ["--approve", "unblock:campaigns/Sales/blacklist/pest@example.com"]
    plan = str(nobody.plan_file)
    assert run(["plan", "--out", plan, *approve, "--reason", "as agreed"]) == 0, capsys.readouterr()
    assert run(["apply", plan]) == 0
    capsys.readouterr()
    assert run(["history", "--format", "json"]) == 0
    assert '"actor": "uid 54321"' in capsys.readouterr().out


def test_an_unknown_home_is_reported_without_a_traceback(
    nobody: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECONCILER_STATE", "~/state.db")
    assert run(["history"]) == 1
    assert "RECONCILER_STATE" in capsys.readouterr().err

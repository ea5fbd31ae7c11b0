from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.estate import FILES, SEED
from tests.end_to_end.harness import Sandbox, Workspace


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A platform with a directory and without configuration."""
    started = Sandbox.start(tmp_path / "sandbox", SEED)
    yield started
    started.stop()


@pytest.fixture
def workspace(tmp_path: Path, sandbox: Sandbox) -> Workspace:
    """A project with the small estate, not applied."""
    return _written(Workspace(tmp_path, sandbox))


@pytest.fixture(scope="session")
def _once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The small estate, applied once per session; later tests do not write to its platform."""
    base = tmp_path_factory.mktemp("settled")
    sandbox = Sandbox.start(base / "sandbox", SEED, "--data", base / "data")
    made = _written(Workspace(base, sandbox))
    made.plan_and_apply()
    yield made
    sandbox.stop()


@pytest.fixture
def settled(tmp_path: Path, _once: Workspace) -> Iterator[Workspace]:
    """A project with the applied small estate, and its own platform and state."""
    shutil.copytree(_once.base / "data", tmp_path / "data")
    sandbox = Sandbox.start(tmp_path / "sandbox", SEED, "--data", tmp_path / "data")
    yield _once.copy_to(tmp_path, sandbox)
    sandbox.stop()


@pytest.fixture
def watched(tmp_path: Path, _once: Workspace) -> Iterator[Workspace]:
    """The same with a platform that tests share: it checks that nothing is written to it."""
    _once.sandbox.forget_requests()
    yield _once.copy_to(tmp_path, _once.sandbox)
    assert _once.sandbox.writes() == 0


def _written(workspace: Workspace) -> Workspace:
    for file, text in FILES.items():
        workspace.write(file, text)
    return workspace

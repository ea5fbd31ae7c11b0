"""Each test of the state runs on SQLite and on a real PostgreSQL, in a database of its own.

Tests of behaviour, which take `store`, run on the simulation's store in memory as well.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reconciler.state.keys import utc
from reconciler.state.sql import clock
from reconciler.state.sql.store import Store
from tests.simulation.memory_store import MemoryState, MemoryStore


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a state may be made."""
    return _location(request, tmp_path)


def _location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        (tmp_path / "state").mkdir()
        return str(tmp_path / "state" / "state.db")
    found: Any = request.getfixturevalue("postgresql_url")
    return str(found)


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store | MemoryStore]:
    """An open, empty state."""
    if request.param == "memory":
        yield MemoryStore(MemoryState(Random(request.node.name)))
        return
    with Store.open(_location(request, tmp_path)) as opened:
        yield opened


@pytest.fixture
def sql_store(url: str) -> Iterator[Store]:
    """An open, empty state in a database, for tests of what only a database has."""
    with Store.open(url) as opened:
        yield opened


@pytest.fixture(autouse=True)
def told_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests say what time it is, to a server too."""
    monkeypatch.setattr(clock, "shared", lambda _, told: utc(told))


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder for a user whom permissions bind, and that user, even where tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="reconciler-user-"))
    is_root = os.geteuid() == 0
    if is_root:
        nobody = 65534
        os.chown(folder, nobody, nobody)
        os.seteuid(nobody)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        for inside in (folder, *folder.rglob("*")):
            if inside.is_dir():
                inside.chmod(0o700)
        shutil.rmtree(folder)

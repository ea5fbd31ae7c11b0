"""The schema's version: one query when it is current, Alembic only when it is not."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from reconciler.errors import StateError
from reconciler.state.sql.engines import for_writing
from reconciler.state.sql.errors import no_such_table

VERSION_TABLE = "reconciler_version"
VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every schema version, oldest first; the last is the current one."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x7265636F6E63
"""The key of PostgreSQL's advisory lock: one process migrates, the others wait."""


def version(engine: Engine) -> str | None:
    """The version of the schema; None before it is created."""
    try:
        with engine.connect() as connection:
            return _version(connection)
    except DBAPIError as error:
        if no_such_table(error):
            return None
        raise


def is_current(found: str | None, location: str) -> bool:
    """Whether the version is the current one. Raises StateError for a newer version."""
    if found is not None and found not in VERSIONS:
        raise StateError(
            f"the state {location} was written by a newer reconciler (schema {found}, this one "
            f"knows up to {VERSIONS[-1]}): upgrade reconciler here"
        )
    return found == VERSIONS[-1]


def migrate(engine: Engine, location: str) -> None:
    """Migrate the schema to the current version in one transaction."""
    with engine.connect().execution_options(**for_writing) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        if not is_current(_version_if_any(connection, location), location):
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    row = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").first()  # noqa: S608
    return None if row is None else str(row[0])


def _version_if_any(connection: Connection, location: str) -> str | None:
    try:
        with connection.begin_nested():
            return _version(connection)
    except DBAPIError as error:
        if not no_such_table(error):
            raise
    if connection.dialect.name == "sqlite":
        tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        if tables:
            raise StateError(
                f"the state {location} is a database of another program: name another file in "
                "RECONCILER_STATE"
            )
    return None


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, VERSIONS[-1])

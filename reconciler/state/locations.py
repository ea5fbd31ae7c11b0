"""The location of the state: RECONCILER_STATE, or a file in the project folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import StateError
from reconciler.kinds.values.credentials import without_credentials

VARIABLE = "RECONCILER_STATE"
FOLDER = ".reconciler"
"""The folder in the project folder; the only folder that is created if it is missing."""


def default_state(folder: Path, env: Mapping[str, str]) -> str:
    """The state of a project folder: RECONCILER_STATE, else a file in the folder."""
    if named := env.get(VARIABLE, "").strip():
        return named
    if env.get("CI", "").strip().lower() == "true":
        raise StateError(
            f"CI=true and {VARIABLE} is not set: a state on this runner is lost with the runner, "
            "and the next run would not know what it manages. Set "
            f"{VARIABLE}=postgresql+psycopg://user:password@host/database, or a path that is kept."
        )
    return str(folder / FOLDER / "state.db")


@dataclass(frozen=True, slots=True)
class SqliteLocation:
    """A SQLite file."""

    path: Path

    def __str__(self) -> str:
        return without_credentials(str(self.path))


@dataclass(frozen=True, slots=True)
class PostgresqlLocation:
    """A PostgreSQL database. `shown` is the URL without its password."""

    url: str
    shown: str

    def __str__(self) -> str:
        return self.shown


Location = SqliteLocation | PostgresqlLocation


def parse(url_or_path: str, given_as: str = VARIABLE) -> Location:
    """The location that a URL or a path names. Raises StateError, which names `given_as`."""
    scheme, separator, rest = url_or_path.partition("://")
    if not separator:
        return _file(url_or_path, given_as)
    if scheme == "sqlite":
        return _file(rest.removeprefix("/"), given_as)
    if scheme in ("postgresql", "postgresql+psycopg", "postgres"):
        return _server(f"postgresql+psycopg://{rest}", given_as)
    raise StateError(
        f"{given_as} has the unknown scheme {scheme}://: use a file's path or "
        "postgresql+psycopg://user:password@host/database"
    )


def _file(path: str, given_as: str) -> SqliteLocation:
    if not path or path == ":memory:":
        raise StateError(f"{given_as} does not name a file: a state must outlive the command")
    try:
        return SqliteLocation(Path(path).expanduser().absolute())
    except RuntimeError as error:
        shown = without_credentials(path)
        raise StateError(
            f"{given_as} is {shown}, and this user has no home folder: write an absolute path"
        ) from error


def _server(url: str, given_as: str) -> PostgresqlLocation:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text and the cause may contain the password, so the message has neither.
        raise StateError(
            f"{given_as} is not a valid URL: write "
            "postgresql+psycopg://user:password@host/database, with reserved characters of the "
            "password percent-encoded"
        ) from None
    if "@" in (parsed.host or ""):
        raise StateError(f"{given_as} has more than one @: write %40 for an @ in the password")
    return PostgresqlLocation(url, parsed.render_as_string(hide_password=True))

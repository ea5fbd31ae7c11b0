"""Create a SQLite state under a temporary name, and link it to its path when it is complete.

So a file at that path is never incomplete. An empty file there was lost, and is refused.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from reconciler.errors import StateError
from reconciler.state.locations import FOLDER, VARIABLE
from reconciler.state.sql import engines, schema
from reconciler.state.sql.errors import StateNotWritable

_PREFIX = ".reconciler-new-"
_COMPANIONS = ("", "-wal", "-shm", "-journal")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)


def create_if_missing(path: Path) -> bool:
    """Create the state at `path`, readable by this user only, unless `path` exists.

    Returns whether it tried. Of several processes, one creates the state and all use it. Raises
    StateError, StateNotWritable.
    """
    place = Path(os.path.realpath(path))  # the target of a dangling link
    if place.exists():
        return False
    temporary = _temporary_file(place)
    try:
        _create_tables(temporary)
        _link(temporary, place)
    finally:
        for companion in _COMPANIONS:
            with contextlib.suppress(OSError):
                temporary.with_name(f"{temporary.name}{companion}").unlink(missing_ok=True)
    return True


def _temporary_file(path: Path) -> Path:
    """A new empty file in the folder of `path`; the default folder is created if missing."""
    try:
        if path.parent.name == FOLDER:
            path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX)
    except FileNotFoundError as error:
        raise StateError(
            f"the folder {path.parent} of the state does not exist: check {VARIABLE}, or create it"
        ) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise StateError(
            f"the state {path} cannot be created, because its folder is a file: check {VARIABLE}"
        ) from error
    except OSError as error:
        raise StateNotWritable(
            f"the state {path} cannot be created ({error.strerror}): make its folder writable, or "
            f"name another place in {VARIABLE}"
        ) from error
    os.close(handle)
    return Path(name)


def _create_tables(path: Path) -> None:
    engine = engines.of_file(path)
    try:
        schema.migrate(engine, str(path))
        with engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def _link(temporary: Path, path: Path) -> None:
    """Give a file its name, unless the name exists. Some file systems have no hard links."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if not path.exists():
            temporary.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
